"""The HTTP surface: keys, answers and refusals in form, and a page that nobody can write into."""

from typing import Any

import pytest

from shared.domain.findings import Outcome
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CRANE = "harbour.azurecr.io/deck/crane:1.0"
KEYED = (
    ("GET", "/"),
    ("POST", "/api/checks"),
    ("GET", f"/api/checks/{'0' * 32}"),
    ("GET", "/api/registries"),
    ("GET", "/api/reports/latest"),
    ("GET", "/api/health"),
)


@pytest.mark.parametrize(("method", "path"), KEYED)
async def test_without_a_key_nothing_is_told(live: Live, method: str, path: str) -> None:
    for key in ("", "wrong", live.stack.keys.system_keys["eventgrid_extension"]):
        answer = await live.call(method, path, key=key)
        assert (answer.status, answer.text) == (401, "")


async def test_the_admin_api_wants_the_master_key(live: Live) -> None:
    answer = await live.call("POST", "/admin/functions/sweep", json={"input": ""})
    assert answer.status == 401


async def test_health_knows_settings_store_timers_and_channels(live: Live) -> None:
    await live.watched()
    health = await live.health()
    assert health["ok"] is True
    assert (health["settings"], health["store"]) == ([], "reachable")
    assert {beat["name"]: beat["pulse"] for beat in health["heartbeats"]} == {
        "watch": "on time",
        "sweep": "on time",
    }
    assert sorted(health["channels"]) == ["mail", "teams", "webhook"]


async def test_a_check_of_a_deployed_image_is_answered_at_once(live: Live) -> None:
    answer = await live.call("POST", "/api/checks", json={"image": CRANE})
    assert answer.status == 200
    (diagnosis,) = answer.body["diagnoses"]
    assert diagnosis["outcome"] == Outcome.PASS
    assert diagnosis["pull"]["workload"]["name"].endswith("crane")
    assert "existence.manifest" in diagnosis["ruled_out"]


async def test_a_check_of_what_nobody_deployed_looks_and_alerts_nobody(
    live: Live, before: int
) -> None:
    answer = await live.call("POST", "/api/checks", json={"image": "harbour.azurecr.io/no/such:1"})
    assert answer.status == 200
    (diagnosis,) = answer.body["diagnoses"]
    assert diagnosis["root"]["code"] == "EXISTENCE_REPOSITORY_MISSING"
    await live.idle()
    assert await live.newest() == before


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "image"),
        ({"image": 7}, "image"),
        ({"image": None}, "image"),
        ({"image": ""}, "image"),
        ({"image": CRANE, "error": ["text"]}, "error"),
        ({"image": CRANE, "workload": {}}, "workload"),
        ({"image": CRANE, "workload": "not a workload"}, "workload"),
        ({"image": CRANE, "workload": "x" * 2_001}, "workload"),
        ({"image": CRANE, "error": "x" * 100_001}, "error"),
        ({"image": CRANE, "platform": "linux/amd64"}, "platform"),
        ({"image": "x" * 2_001}, "image"),
        ({"image": "harbour.azurecr.io/../../admin:1"}, "image"),
        ({"image": "harbour.azurecr.io/deck/crane:1.0\r\nHost: evil"}, "image"),
        ({"image": "harbour.azurecr.io/<script>alert(1)</script>:1"}, "image"),
        ({"image": "harbour.azurecr.io@evil.example/deck/crane:1.0"}, "image"),
        ({"image": "harbour.azurecr.io:99999999/deck/crane:1.0"}, "image"),
        ([], "object"),
        ("text", "object"),
    ],
)
async def test_a_question_that_is_none_is_refused_and_the_field_named(
    live: Live, body: Any, named: str
) -> None:
    answer = await live.call("POST", "/api/checks", json=body)
    assert answer.status == 400, answer.text
    assert named in answer.body["error"]
    assert len(answer.text) < 2_000, "what was sent is not sent back whole"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"image": "a"} {"image": "b"}'])
async def test_what_is_no_json_is_refused(live: Live, data: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await live.call("POST", "/api/checks", data=data, headers=headers)
    assert answer.status == 400, answer.text
    assert "accepted" in answer.body["error"]


async def test_another_content_type_is_refused(live: Live) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp"):
        headers = {"Content-Type": media}
        answer = await live.call("POST", "/api/checks", data=b'{"image": "a"}', headers=headers)
        assert answer.status == 415
        assert "Content-Type" in answer.body["error"]


async def test_an_oversized_body_is_refused(live: Live) -> None:
    answer = await live.call("POST", "/api/checks", json={"image": CRANE, "error": "x" * 400_000})
    assert answer.status == 413
    assert "262144" in answer.body["error"]


@pytest.mark.parametrize(
    "check", ["0" * 32, "nonsense", "..%2F..%2Fsecrets", "'%20or%20''%20eq%20'"]
)
async def test_a_check_that_nobody_asked_for_is_not_found(live: Live, check: str) -> None:
    answer = await live.call("GET", f"/api/checks/{check}")
    assert answer.status == 404
    assert "error" in answer.body


async def test_what_takes_longer_is_answered_later(live: Live) -> None:
    await live.do("fault", host="slow.azurecr.io", trouble="slow", seconds=4, times=1)
    answer = await live.call("POST", "/api/checks", json={"image": "slow.azurecr.io/net:1.0"})
    assert answer.status == 202, answer
    assert answer.body["diagnoses"] is None
    assert int(answer.headers["Retry-After"]) > 0
    location = answer.headers["Location"]
    assert (await live.call("GET", location)).body["id"] == answer.body["id"]
    (diagnosis,) = await live.followed(location)
    assert diagnosis["outcome"] == Outcome.PASS
    assert str(diagnosis["pull"]["image"]["registry"]) == "slow.azurecr.io"


async def test_the_dashboard_shows_an_incident_whom_it_hits_and_who_caused_it(
    live: Live, before: int
) -> None:
    await live.do("delete", image="harbour/deck/crane:1.0", by="skipper")
    await live.card("FAIL", "deck/crane", after=before)
    page = await live.call("GET", "/")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for shown in ("There is no tag 1.0", "dock/yard/deployment/crane", "skipper", "az acr "):
        assert shown in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
