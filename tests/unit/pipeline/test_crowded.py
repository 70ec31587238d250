"""An incident that hits more pulls than it has room for ends with the last of them."""

from collections.abc import Iterable

import pytest

from shared.adapters.store import packing
from shared.adapters.tables import Value
from shared.domain.findings import Outcome
from shared.domain.incidents import Incident, Transition
from shared.domain.pulls import Cause, CauseKind, Pull
from shared.notify.words import summary
from shared.pipeline.intake import on_registry_event
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.sweep import sweep
from tests.support.fakes import World
from tests.support.stories import deleted, open_incidents, speak, work_off

PULLS = 200


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Many workloads run one image, which is lost; a row holds little."""
    made = World()
    for number in range(PULLS):
        made.deploy(f"w{number:03}", "team/api:v1")
    await sweep(made.services)
    await work_off(made)
    await speak(made)
    made.channel.heard.clear()
    made.clock.pass_by(minutes=5)
    monkeypatch.setattr("shared.adapters.store.incidents.spread", small)
    made.lose(["team/api:v1"])
    await on_registry_event(made.services, deleted("team/api", 1))
    await work_off(made)
    await speak(made)
    return made


def small(name: str, value: object) -> list[dict[str, Value]]:
    """Room for 5 kB."""
    rows = packing.spread(name, value)
    if sum(map(packing.size, rows)) > 5_000:
        raise packing.TooLargeError(name)
    return rows


async def look_again(world: World, pulls: Iterable[Pull]) -> None:
    world.clock.pass_by(minutes=5)
    cause = Cause(kind=CauseKind.PUSHED, at=world.clock())
    await enqueue(world.services, shard(pulls, cause, "again"))
    await work_off(world)


async def only(world: World) -> Incident:
    (incident,) = await open_incidents(world)
    return incident


async def test_it_is_told_that_more_are_hit_than_are_named(world: World) -> None:
    incident = await only(world)
    assert incident.crowded
    assert 0 < len(incident.affected) < PULLS
    assert world.channel.heard
    for alert in world.channel.heard:
        assert alert.outcome is Outcome.FAIL
        assert summary(alert).startswith("More than ")


async def test_it_is_over_when_everybody_recovered_and_not_before(world: World) -> None:
    incident = await only(world)
    named = {hit.pull for hit in incident.affected}
    world.channel.heard.clear()
    world.hold("team/api:v1")

    await look_again(world, named)
    rest = await only(world)
    assert {hit.pull for hit in rest.affected}.isdisjoint(named)
    await speak(world)
    assert world.channel.heard == []

    world.clock.pass_by(minutes=5)
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    assert await open_incidents(world) == ()
    told = [alert.transition for alert in world.channel.heard if alert.incident]
    assert told == [Transition.RESOLVED]
