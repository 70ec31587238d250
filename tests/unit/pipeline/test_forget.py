"""Tables do not grow for ever, and nothing is forgotten that somebody still needs."""

from datetime import datetime, timedelta

import pytest

from shared.adapters.store.ledger import Delivery, Note, NoteKind
from shared.adapters.store.requested import Requested
from shared.domain.incidents import Transition
from shared.pipeline.intake import on_registry_event
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import FakeClock, World
from tests.support.memory_tables import MemoryTables
from tests.support.stories import deleted, pushed, speak, work_off


def world() -> World:
    clock = FakeClock()
    return World(clock=clock, tables=MemoryTables(clock))


async def rows(world: World, name: str) -> int:
    return len([row async for row in world.tables.table(name).partitions("")])


async def night(world: World) -> None:
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.clock.pass_by(days=1)


async def test_a_year_of_nights_takes_no_more_room_than_a_month_but_for_reports() -> None:
    made = world()
    made.deploy("api", "team/api:v1")
    for number in range(40):
        await night(made)
        note = Note(id=str(made.clock.at), kind=NoteKind.EVENT_IGNORED, at=made.clock.at, reason="")
        await made.services.store.ledger.note(note)
        await made.services.store.requested.put(Requested(id=str(number), asked=made.clock.at))
    counts = await rows(made, "sweeps"), await rows(made, "requested"), await rows(made, "ledger")
    assert counts[1] <= 8

    for _ in range(10):
        await night(made)

    assert await rows(made, "sweeps") == counts[0] + 10
    assert await rows(made, "requested") == 0


async def test_an_open_incident_is_never_forgotten_and_its_end_is_told() -> None:
    made = world()
    made.deploy("api", "team/api:v1")
    await night(made)
    made.lose(["team/api:v1"])
    await on_registry_event(made.services, deleted("team/api", 1))
    await work_off(made)
    await speak(made)
    made.clock.pass_by(days=390)
    await night(made)

    made.hold("team/api:v1")
    await on_registry_event(made.services, pushed("team/api:v1", 1))
    await work_off(made)
    await speak(made)

    told = [alert.transition for alert in made.channel.heard if alert.incident]
    assert told == [Transition.OPENED, Transition.RESOLVED]


async def test_an_incident_that_was_forgotten_is_told_when_it_comes_back() -> None:
    made = world()
    made.deploy("api", "team/api:v1")
    await night(made)
    for _ in range(2):
        made.lose(["team/api:v1"])
        await watch(made.services)
        await work_off(made)
        await speak(made)
        made.hold("team/api:v1")
        made.clock.pass_by(minutes=5)
        await watch(made.services)
        await work_off(made)
        await speak(made)
        made.clock.pass_by(days=440)
        made.queue.seen.clear()
        await night(made)
    told = [alert.transition for alert in made.channel.heard if alert.incident]
    assert told == [Transition.OPENED, Transition.RESOLVED] * 2
    assert await rows(made, "incidents") == 0


async def test_a_store_that_cannot_forget_does_not_end_the_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = world()
    made.deploy("api", "team/api:v1")

    async def fails(prefix: str, before: datetime) -> int:
        raise OSError(prefix, before)

    made.tables.table("ledger")
    monkeypatch.setattr(made.tables.tables["ledger"], "forget", fails)
    await night(made)
    assert any(alert.report for alert in made.channel.heard)


async def test_what_was_delivered_lately_is_known() -> None:
    made = world()
    ledger = made.services.store.ledger
    await ledger.claim("a")
    await ledger.delivered("a")
    long_ago = made.clock.at - timedelta(days=1)
    await ledger.forget(notes=long_ago, alerts=long_ago)
    assert await ledger.claim("a") is Delivery.DELIVERED
