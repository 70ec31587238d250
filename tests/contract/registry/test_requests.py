"""How many requests it takes, and what happens when the registry does not want them."""

import asyncio
from collections.abc import Iterator
from typing import Literal

import pytest
import stamina
from msgspec.structs import replace

from local.azure.faults import Fault
from local.azure.simulator import Simulator
from shared.adapters.http import Lane
from shared.adapters.store.index import lasting
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import (
    ImageContent,
    ManifestAnswer,
    RegistryAnswer,
    RegistryProfile,
)
from tests.contract.registry.conftest import SETTINGS, Azure, observing

CONTOSO = "contoso.azurecr.io"
MANY = [f"{CONTOSO}/many:a{number}" for number in range(10)]


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


def is_token(route: str) -> bool:
    return route.endswith("/oauth2/token")


def is_manifest(route: str) -> bool:
    return "/v2/" in route and "/manifests/" in route


def is_data(route: str) -> bool:
    return "oauth2" not in route and not route.endswith((" /v2/", " /v2"))


async def test_ten_images_of_a_repository_take_three_requests_and_one_token(azure: Azure) -> None:
    seen = azure.evidence(await azure.end.observe({azure.pull(one): None for one in MANY}))
    assert all(one[ManifestAnswer].answer.status == 200 for one in seen.values())
    assert all(one[ManifestAnswer].listed for one in seen.values())
    assert azure.asked(CONTOSO, is_data) <= 3
    assert azure.asked(CONTOSO, is_token) == 1


async def test_a_sweep_does_not_ask_for_layers(simulator: Simulator) -> None:
    async with observing(simulator, lane=Lane.BULK) as azure:
        seen = await azure.see(MANY[0])
        assert not seen[ImageContent].blobs_asked
        assert azure.asked(CONTOSO, is_data) == 2
    async with observing(simulator, lane=Lane.URGENT) as azure:
        assert (await azure.see(MANY[0]))[ImageContent].blobs_asked


async def test_what_another_process_read_of_an_index_is_not_asked_for_again(
    simulator: Simulator,
) -> None:
    images = [f"{CONTOSO}/web:v2", f"{CONTOSO}/web:v1", f"{CONTOSO}/web:built"]
    async with observing(simulator, lane=Lane.BULK) as first:
        before = first.evidence(await first.end.observe({first.pull(one): None for one in images}))
        assert first.asked(CONTOSO, is_manifest) == 2
    contents = [seen[ImageContent] for seen in before.values()]
    known = {one.digest: kept for one in contents if (kept := lasting(one))}
    simulator.cloud.world.requests.clear()
    async with observing(simulator, lane=Lane.BULK) as second:
        pulls = {second.pull(one): None for one in images}
        after = second.evidence(await second.end.observe(pulls, known))
        assert second.asked(CONTOSO, is_manifest) == 0
    assert [seen[ImageContent] for seen in after.values()] == contents


async def test_of_an_index_that_is_known_the_children_are_still_looked_for(
    simulator: Simulator,
) -> None:
    images = [f"{CONTOSO}/broken:child", f"{CONTOSO}/broken:layer"]
    async with observing(simulator, lane=Lane.BULK) as azure:
        seen = azure.evidence(await azure.end.observe({azure.pull(one): None for one in images}))
    content = seen[images[0]][ImageContent]
    known = lasting(content)
    assert known is not None
    assert {child.present for child in known.children} == {None}
    async with observing(simulator, lane=Lane.BULK) as azure:
        pulls = {azure.pull(one): None for one in images}
        again = azure.evidence(await azure.end.observe(pulls, {known.digest: known}))
    assert again[images[0]][ImageContent] == content
    assert {child.present for child in content.children} == {True, False}


async def test_one_image_asks_for_its_manifest_once(azure: Azure) -> None:
    await azure.see(MANY[0])
    assert azure.asked(CONTOSO, lambda route: "/manifests/" in route) == 1


async def test_a_thousand_observations_read_the_profile_once(azure: Azure) -> None:
    pulls = [azure.pull(f"hidden.azurecr.io/app:{number}") for number in range(1000)]
    seen = await asyncio.gather(*(azure.end.observe({pull: None}) for pull in pulls))
    assert all(RegistryProfile in map(type, next(iter(one.values()))) for one in seen)
    arm = azure.routes("management.azure.com")
    assert _often(arm) == {}
    assert azure.asked("hidden.azurecr.io") == 1


async def test_many_observations_get_their_tokens_once(azure: Azure) -> None:
    pulls = [azure.pull(MANY[number % 10]) for number in range(50)]
    await asyncio.gather(*(azure.end.observe({pull: None}) for pull in pulls))
    assert azure.asked(CONTOSO, lambda route: route.endswith(" /v2/")) == 1
    assert azure.asked(CONTOSO, lambda route: "oauth2" in route) == 2


async def test_what_was_read_is_kept_for_its_time_and_no_longer(simulator: Simulator) -> None:
    async with observing(simulator, replace(SETTINGS, cache_seconds=1.5)) as azure:
        for _ in range(5):
            await azure.see(MANY[0])
        before = dict(azure.routes("management.azure.com"))
        assert _often(before) == {}
        await asyncio.sleep(1.6)
        await azure.see(MANY[0])
        arm = azure.routes("management.azure.com")
        assert max(count for route, count in arm.items() if not route.endswith(METRICS)) == 2


async def test_a_listing_is_kept_for_sweeps_only(simulator: Simulator) -> None:
    async with observing(simulator, lane=Lane.BULK) as azure:
        pulls = {azure.pull(one): None for one in MANY}
        await azure.end.observe(pulls)
        once = azure.asked(CONTOSO, is_data)
        await azure.end.observe(pulls)
        assert azure.asked(CONTOSO, is_data) == once
    async with observing(simulator, lane=Lane.URGENT) as azure:
        await azure.end.observe(pulls)
        await azure.end.observe(pulls)
        assert azure.asked(CONTOSO, is_data) == 3 * once


async def test_a_short_throttling_is_waited_for(azure: Azure) -> None:
    azure.world.faults.wire.append(
        Fault(CONTOSO, "status", path="/v2/many/*", status=429, retry_after=1, times=1)
    )
    assert (await azure.see(MANY[0]))[ManifestAnswer].answer.status == 200


async def test_a_long_throttling_is_evidence_and_not_waited_for(azure: Azure) -> None:
    azure.world.faults.wire.append(
        Fault(CONTOSO, "status", path="/v2/many/*", status=429, retry_after=900)
    )
    seen = await azure.see(MANY[0])
    answer = seen[ManifestAnswer].answer
    assert (answer.status, answer.retry_after) == (429, 900)
    assert "429" in seen.gaps["ImageContent"]
    assert azure.asked(CONTOSO, lambda route: "/manifests/" in route) <= 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_failing_registry_is_evidence_and_nothing_is_missing(
    azure: Azure, status: int
) -> None:
    azure.world.faults.wire.append(Fault(CONTOSO, "status", path="/v2/many/*", status=status))
    seen = await azure.see(MANY[0])
    assert seen[ManifestAnswer].answer.status == status
    assert "Neighbours" not in seen.gaps


@pytest.mark.parametrize("trouble", ["garbage", "hang-up"])
async def test_what_is_no_answer_says_nothing_of_the_image(
    azure: Azure, trouble: Literal["garbage", "hang-up"]
) -> None:
    azure.world.faults.wire.append(Fault(CONTOSO, trouble, path="/v2/many/*"))
    seen = await azure.see(MANY[0])
    assert seen.get(ManifestAnswer) is None
    assert "ManifestAnswer" in seen.gaps


async def test_a_listing_that_fails_is_replaced_by_questions(azure: Azure) -> None:
    azure.world.faults.wire.append(Fault(CONTOSO, "status", path="/acr/*", status=500))
    seen = azure.evidence(await azure.end.observe({azure.pull(one): None for one in MANY[:3]}))
    for one in seen.values():
        assert one[ManifestAnswer].answer.status == 200
        assert "500" in one.gaps["ManifestState"]


async def test_an_incomplete_listing_concludes_nothing(azure: Azure) -> None:
    (registry,) = [
        one for one in (await azure.end.registries()).known if one.login_server == CONTOSO
    ]
    azure.world.faults.wire.append(Fault(CONTOSO, "garbage", path="/acr/*"))
    with pytest.raises(CouldNotLookError):
        await azure.end.tags(registry, "many")


async def test_a_dead_registry_is_left_alone_after_some_failures(simulator: Simulator) -> None:
    settings = replace(SETTINGS, breaker_failures=4, cache_seconds=0)
    async with observing(simulator, settings) as azure:
        azure.world.faults.wire.append(Fault(CONTOSO, "status", status=503))
        first = await azure.see(MANY[0])
        assert first[RegistryAnswer].answer.status == 503
        for image in MANY[1:]:
            seen = await azure.see(image)
        assert "failed 4 times in a row" in seen.gaps["RegistryAnswer"]
        assert "not reachable" in seen.gaps["ManifestAnswer"]
        azure.world.faults.clear()


@pytest.mark.parametrize(
    ("trouble", "reach"), [("refused", "no connection"), ("timeout", "timed out")]
)
async def test_no_way_through_the_proxy(
    azure: Azure, trouble: Literal["refused", "timeout"], reach: str
) -> None:
    azure.world.faults.unreachable[CONTOSO] = trouble
    seen = await azure.see(MANY[0])
    assert seen[RegistryAnswer].answer.reach.value == reach
    assert reach in seen.gaps["ManifestAnswer"]


async def test_an_arm_that_is_down_costs_what_only_arm_knows(azure: Azure) -> None:
    azure.world.faults.wire.append(Fault("management.azure.com", "status", status=503))
    found = await azure.end.registries()
    assert found.known == ()
    assert "503" in found.gaps[0].reason
    seen = await azure.see(MANY[0])
    assert "503" in seen.gaps["RegistryProfile"]
    assert seen[RegistryAnswer].challenged


METRICS = "metrics (list)"


def _often(routes: dict[str, int]) -> dict[str, int]:
    """Routes that were asked more than once; two figures come by the route of metrics."""
    return {r: n for r, n in routes.items() if n > (2 if r.endswith(METRICS) else 1)}
