"""On-demand checks over HTTP."""

import asyncio
from collections.abc import Mapping

import pytest

from shared.domain.facts.base import Observation
from shared.domain.facts.workload import PullIdentity
from shared.domain.findings import Outcome
from shared.domain.pulls import Pull
from shared.registry.base import NOTHING_KNOWN, Contents
from shared.settings import Settings
from tests.support.fakes import LOGIN_SERVER, FakeRegistry, World
from tests.support.http import call, read
from tests.support.stories import work_off

IMAGE = f"{LOGIN_SERVER}/shop/api:v1"


async def test_a_question_is_answered_with_its_diagnoses(world: World) -> None:
    world.deploy("api", "shop/api:v1")

    answer = await call("ask_check", {"image": IMAGE})

    assert answer.status_code == 200
    [diagnosis] = read(answer)["diagnoses"]
    assert diagnosis["outcome"] == Outcome.PASS
    assert read(answer)["image"] == IMAGE


async def test_a_missing_image_is_a_fail_with_its_cause(world: World) -> None:
    world.deploy("api", "shop/api:v1")
    world.lose(["shop/api:v1"])

    [diagnosis] = read(await call("ask_check", {"image": IMAGE}))["diagnoses"]

    assert diagnosis["outcome"] == Outcome.FAIL
    assert diagnosis["root"]["code"] == "EXISTENCE_TAG_MISSING"


async def test_an_answer_can_be_read_again(world: World) -> None:
    world.hold("shop/api:v1")
    first = read(await call("ask_check", {"image": IMAGE}))

    again = await call("read_check", id=first["id"])

    assert again.status_code == 200
    assert read(again) == first


class SlowRegistry(FakeRegistry):
    """A registry that takes longer than anybody waits, until it is told to hurry."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = True

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        if self.slow:
            await asyncio.Event().wait()
        return await super().observe(pulls, known)


async def test_over_budget_the_answer_follows(world: World) -> None:
    world.registry = slow = SlowRegistry()
    world.settings = Settings(service_bus="x", tables="x", check_budget_seconds=0.05)
    world.hold("shop/api:v1")

    later = await call("ask_check", {"image": IMAGE})

    assert later.status_code == 202
    place = later.headers["Location"]
    check = place.rpartition("/")[2]
    assert place == f"/api/checks/{check}"
    assert int(later.headers["Retry-After"]) > 0
    assert read(later)["diagnoses"] is None
    assert (await call("read_check", id=check)).status_code == 202

    slow.slow = False
    await work_off(world)

    done = await call("read_check", id=check)
    assert done.status_code == 200
    assert read(done)["diagnoses"][0]["outcome"] == Outcome.PASS


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["image", "accepted"]),
        ({"image": 7}, ["$.image", "int"]),
        ({"image": ""}, ["`image`", "`registry`"]),
        ({"image": IMAGE, "registry": "contoso"}, ["one of"]),
        ({"registry": "contoso", "error": "x"}, ["`error`"]),
        ({"registry": "https://contoso"}, ["registry =", "login server"]),
        ({"registry": "contoso", "repository": "A"}, ["repository = 'A'", "lower-case"]),
        ({"registry": "contoso", "repository": "a:v1"}, ["repository = 'a:v1'"]),
        ({"image": IMAGE, "repository": "a"}, ["`repository`"]),
        ({"image": "contoso.azurecr.io/Shop:v1"}, ["image =", "'Shop'", "lower-case"]),
        ({"image": IMAGE, "tag": "v1"}, ["tag"]),
        ({"image": IMAGE, "workload": "/subscriptions/s"}, ["workload =", "ARM id"]),
        ({"image": IMAGE, "error": "x" * 100_001}, ["$.error", "100000"]),
        ([], ["object"]),
    ],
)
async def test_a_bad_question_is_told_what_is_wrong_with_it(body: object, named: list[str]) -> None:
    answer = await call("ask_check", body)
    assert answer.status_code == 400
    assert all(text in read(answer)["error"] for text in named), read(answer)["error"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b'{"image": "\xff"}', b"null"])
async def test_what_is_no_json_is_a_bad_question(raw: bytes) -> None:
    answer = await call("ask_check", raw=raw)
    assert answer.status_code == 400
    assert read(answer)["error"]


@pytest.mark.usefixtures("world")
async def test_an_empty_body_is_a_bad_question() -> None:
    answer = await call("ask_check", raw=b"")
    assert answer.status_code in {400, 415}


@pytest.mark.usefixtures("world")
async def test_a_body_that_is_too_long_is_refused() -> None:
    answer = await call("ask_check", {"image": IMAGE, "error": "x" * 262_144})
    assert answer.status_code == 413
    assert "262144" in read(answer)["error"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/jsonp"])
async def test_only_json_is_a_question(media: str) -> None:
    answer = await call("ask_check", {"image": IMAGE}, media=media)
    assert answer.status_code == 415
    assert media in read(answer)["error"]


async def test_json_with_a_charset_is_json(world: World) -> None:
    world.hold("shop/api:v1")
    answer = await call("ask_check", {"image": IMAGE}, media="Application/JSON; charset=utf-8")
    assert answer.status_code == 200


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "check", ["", "1", "f" * 33, "F" * 32, "../health", "a' or '1' eq '1", "\u0660" * 32]
)
async def test_what_is_no_id_finds_nothing(check: str) -> None:
    answer = await call("read_check", id=check)
    assert answer.status_code == 404
    assert "32 hex digits" in read(answer)["error"]


@pytest.mark.usefixtures("world")
async def test_an_id_that_nobody_got_finds_nothing() -> None:
    answer = await call("read_check", id="0" * 32)
    assert answer.status_code == 404
    assert "no such check" in read(answer)["error"]


@pytest.mark.usefixtures("world")
async def test_a_registry_alone_is_asked_about() -> None:
    answer = await call("ask_check", body={"registry": "contoso"})
    assert answer.status_code == 200
    told = read(answer)
    assert (told["registry"], told["diagnoses"]) == ("contoso.azurecr.io", None)
    health = told["health"]
    assert health["place"] == "where Pullwatch runs"
    steps = {step["step"]: step["outcome"] for step in health["steps"]}
    assert steps["refresh_token"] == Outcome.PASS
    assert steps["repository_permission"] == Outcome.SKIPPED
    assert read(await call("read_check", id=told["id"])) == told


async def test_a_registry_that_refuses_the_login_is_told_by_the_codes_of_az(world: World) -> None:
    world.registry.status = 401
    told = read(await call("ask_check", body={"registry": "contoso", "repository": "team/api"}))
    codes = [step["code"] for step in told["health"]["steps"] if step["code"]]
    assert codes == ["CONNECTIVITY_REFRESH_TOKEN_ERROR"]
    assert told["health"]["outcome"] == Outcome.FAIL
