"""What resource logs tell: who it was, once, however late, often and in whatever order."""

import itertools
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from shared.domain.images import Digest
from shared.domain.incidents import Incident, Transition
from shared.domain.removals import Removal, RemovalKind
from shared.domain.words import origin
from shared.pipeline.intake import on_registry_event
from shared.pipeline.sightings import read_logs, take_in
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import LOGIN_SERVER, World, digest
from tests.support.stories import deleted, open_incidents, speak, work_off


async def estate(*names: str) -> World:
    world = World()
    for name in names or ("api",):
        world.deploy(name, "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    return world


def row(at: datetime, **changes: object) -> Removal:
    """Skipper removed the tag, as the log tells it."""
    told = Removal(
        id="c1",
        kind=RemovalKind.UNTAGGED,
        at=at,
        registry=LOGIN_SERVER,
        repository="team/api",
        tag="v1",
        digest=digest(1),
        actor="skipper",
        address="203.0.113.10",
        user_agent="Azure-SDK-For-Go/0.0.0 acrapi/1.0",
    )
    return replace(told, **changes)


async def only(world: World) -> Incident:
    (incident,) = await open_incidents(world)
    return incident


async def test_the_log_tells_of_an_untag_before_the_watch_compares() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    world.registry.logged.append(row(world.clock.at))
    assert await watch(world.services) == 2, "one of the log, one of comparing: either may fail"
    await work_off(world)
    incident = await only(world)
    assert origin(incident.cause) == (
        "skipper removed the tag from 203.0.113.10 with "
        "acr purge (acr-cli) (Azure-SDK-For-Go/0.0.0 acrapi/1.0); it carried v1"
    )
    assert "It was untagged on" in incident.finding.explanation
    await speak(world)
    assert [a.transition for a in world.channel.heard] == [Transition.OPENED]


async def test_whichever_job_comes_first_the_cause_is_the_removal() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    world.registry.logged.append(row(world.clock.at))
    await watch(world.services)
    queue = world.settings.urgent_queue
    world.queue.sent[queue].reverse()
    await work_off(world)
    assert (await only(world)).cause.actor == "skipper"


async def test_a_row_that_comes_late_adds_who_it_was_in_one_update() -> None:
    world = await estate("api", "worker", "batch")
    world.lose(["team/api:v1"])
    at = world.clock.at
    await watch(world.services)
    await work_off(world)
    await speak(world)
    assert "skipper" not in (await only(world)).finding.explanation

    world.registry.logged.append(row(at))
    for _ in range(4):
        world.clock.pass_by(minutes=5)
        await watch(world.services)
        await work_off(world, past_delays=True)
        await speak(world)

    incident = await only(world)
    assert "skipper" in incident.finding.explanation
    assert incident.cause.actor == "skipper"
    assert [a.transition for a in world.channel.heard] == [Transition.OPENED, Transition.UPDATED]


async def test_a_row_after_the_event_of_the_same_deletion_is_no_second_alarm() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    await speak(world)
    entry = (await world.services.store.index.of_repository(LOGIN_SERVER, "team/api"))[0]
    assert entry.removal
    told = row(entry.removal.at + timedelta(seconds=1), kind=RemovalKind.DELETED, tag="")
    for _ in range(3):
        await take_in(world.services, [told])
        await work_off(world, past_delays=True)
        await speak(world)
    assert [a.transition for a in world.channel.heard] == [Transition.OPENED]
    assert "203.0.113.10" in (await only(world)).finding.explanation, "what is new is taken in"


async def test_what_is_known_makes_no_job_again() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    told = row(world.clock.at)
    assert await take_in(world.services, [told, told]) == 1
    assert await take_in(world.services, [told]) == 0
    assert await take_in(world.services, [replace(told, id="again")]) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_rows_in_any_order_leave_the_latest(order: tuple[int, ...]) -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    at = world.clock.at
    rows = [row(at + timedelta(minutes=n), id=f"c{n}", actor=f"a{n}") for n in range(3)]
    for number in order:
        await take_in(world.services, [rows[number]])
    (entry,) = await world.services.store.index.of_repository(LOGIN_SERVER, "team/api")
    assert entry.removal
    assert entry.removal.actor == "a2"


async def test_a_row_from_before_the_image_was_seen_again_is_over() -> None:
    world = await estate()
    told = row(world.clock.at - timedelta(minutes=20))
    assert await take_in(world.services, [told]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": "v2"},
        {"repository": "team/other"},
        {"registry": "other.azurecr.io"},
        {"kind": RemovalKind.DELETED, "tag": "", "digest": digest(9)},
        {"kind": RemovalKind.UNTAGGED, "tag": "", "digest": digest(1)},
    ],
)
async def test_what_takes_nothing_that_is_deployed_makes_no_job(
    changes: dict[str, object],
) -> None:
    world = await estate()
    assert await take_in(world.services, [row(world.clock.at, **changes)]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": RemovalKind.DELETED, "tag": "", "digest": digest(1)},
        {"kind": RemovalKind.EXPIRED, "tag": "", "digest": digest(1)},
        {"kind": RemovalKind.DELETED, "tag": "v1", "digest": Digest("")},
        {"kind": RemovalKind.DELETED, "tag": "", "digest": Digest("")},
    ],
)
async def test_what_takes_it_by_tag_digest_or_with_the_repository_makes_one(
    changes: dict[str, object],
) -> None:
    world = await estate()
    assert await take_in(world.services, [row(world.clock.at, **changes)]) == 1


async def test_logs_are_read_from_where_they_were_read_with_an_overlap() -> None:
    world = await estate()
    world.registry.logged.append(row(world.clock.at, repository="nobody"))
    await read_logs(world.services)
    first = await world.services.store.watched.logs_read()
    assert first
    world.clock.pass_by(hours=5)
    world.registry.logged.append(row(first - timedelta(minutes=20), actor="late"))
    world.registry.logged.append(row(world.clock.at - timedelta(hours=3)))
    assert await read_logs(world.services) == 1, "an outage of hours misses nothing"
    entry = (await world.services.store.index.of_repository(LOGIN_SERVER, "team/api"))[0]
    assert entry.removal
