"""What channels hear of incidents: nothing twice, nothing never, no end without a beginning."""

import dataclasses
from contextlib import suppress

import msgspec
import pytest

from shared.adapters.store.ledger import Delivery
from shared.domain.changes import OpenProblem, StatusChange
from shared.domain.incidents import Incident, Transition, take_in
from shared.domain.pulls import Cause, CauseKind
from shared.notify.base import DeliveryError
from shared.pipeline import settle as settling
from shared.pipeline.announce import on_alert
from shared.pipeline.discover import discover
from shared.pipeline.intake import on_registry_event
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from shared.pipeline.work import on_job
from tests.support.fakes import World, pull
from tests.support.stories import deleted, open_incidents, pushed, speak, work_off


async def estate(*names: str) -> World:
    world = World()
    for name in names or ("api",):
        world.deploy(name, f"team/{name}:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    return world


async def shared_image(*names: str) -> World:
    """Several workloads run one image."""
    world = World()
    for name in names:
        world.deploy(name, "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    return world


async def test_an_incident_that_ends_while_it_is_held_back_is_not_told_at_all() -> None:
    world = await estate()
    world.settings = msgspec.structs.replace(world.settings, alert_hold_seconds=60)
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    world.hold("team/api:v1")
    await on_registry_event(world.services, pushed("team/api:v1", 1))
    await work_off(world)

    await speak(world, past_delays=False)
    world.clock.pass_by(minutes=2)
    await speak(world)

    assert await open_incidents(world) == ()
    assert world.channel.heard == []


async def test_a_channel_that_never_heard_the_beginning_does_not_hear_the_end() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    world.channel.fails = [DeliveryError("503")]
    (opened,) = world.queue.take(world.settings.alerts_queue)
    await on_alert(world.services, opened.body, opened.id)
    world.hold("team/api:v1")
    await on_registry_event(world.services, pushed("team/api:v1", 1))
    await work_off(world)

    await speak(world)

    assert world.channel.heard == []


async def test_the_second_try_of_an_alert_that_is_cut_off_is_marked_as_well() -> None:
    world = await estate()
    ledger = world.services.store.ledger
    assert await ledger.claim("a") is Delivery.NEW
    await ledger.not_delivered("a")
    assert await ledger.claim("a") is Delivery.NEW

    assert await ledger.claim("a") is Delivery.INTERRUPTED


async def test_a_pull_that_is_hit_after_another_recovered_is_told() -> None:
    world = await shared_image("one", "two")
    services = world.services
    world.lose(["team/api:v1"])
    await on_registry_event(services, deleted("team/api", 1))
    await work_off(world)
    await speak(world)
    world.platform.pulls = world.platform.pulls[:1]
    for _ in range(2):
        world.clock.pass_by(hours=1)
        await sweep(services)
        await work_off(world)
    (incident,) = await open_incidents(world)
    assert len(incident.affected) == 1

    world.deploy("three", "team/api:v1")
    world.lose(["team/api:v1"])
    world.clock.pass_by(hours=1)
    await settle_again(world)

    told = [a for a in world.channel.heard if a.incident]
    assert [a.transition for a in told] == [Transition.OPENED, Transition.UPDATED]
    assert told[-1].incident is not None
    names = {hit.pull.workload.name for hit in told[-1].incident.affected}
    assert names == {"one", "three"}


async def settle_again(world: World) -> None:
    await discover(world.services)
    await watch(world.services)
    await work_off(world)
    await speak(world)


async def test_one_incident_that_cannot_be_settled_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await estate("api", "web")
    services = world.services
    world.lose(["team/api:v1", "team/web:v1"])
    broken = list[str]()

    def fails(incident: Incident | None, change: StatusChange, item: OpenProblem) -> Incident:
        broken[:] = broken or [item.incident]
        if item.incident == broken[0]:
            raise RuntimeError
        return take_in(incident, change, item)

    with monkeypatch.context() as patched:
        patched.setattr(settling, "take_in", fails)
        await on_registry_event(services, deleted("team/api", 1))
        await on_registry_event(services, deleted("team/web", 1, "e-2"))
        for job in world.queue.take(world.settings.urgent_queue):
            with suppress(RuntimeError):
                await on_job(services, job.body, job.id)
    assert len(await open_incidents(world)) == 1

    await settling.settle_leftovers(services)
    assert len(await open_incidents(world)) == 2


async def grow(world: World, *, aloud: bool) -> None:
    """Somebody rolls out more and more of what cannot be pulled, for twenty minutes."""
    world.lose(["team/api:v1"])
    for number in range(40):
        one = pull(f"w{number}", "team/api:v1")
        world.platform.pulls.append(one)
        await discover(world.services)
        cause = Cause(kind=CauseKind.VANISHED, at=world.clock())
        await enqueue(world.services, shard([one], cause, f"{number}"))
        await work_off(world)
        if aloud:
            await speak(world, past_delays=False)
        world.clock.pass_by(seconds=30)


async def test_an_incident_that_grows_without_a_pause_is_told_while_it_grows() -> None:
    world = await shared_image("first")

    await grow(world, aloud=True)

    told = [len(alert.incident.affected) for alert in world.channel.heard if alert.incident]
    assert 5 < len(told) < 25, "about one a minute, each with everybody until then"
    assert told == sorted(set(told))
    await speak(world)
    last = world.channel.heard[-1].incident
    assert last is not None
    assert len(last.affected) == 41


async def test_updates_that_come_late_together_are_told_as_one() -> None:
    world = await shared_image("first")

    await grow(world, aloud=False)
    world.clock.pass_by(minutes=5)
    await speak(world)

    told = [alert.transition for alert in world.channel.heard]
    assert told == [Transition.OPENED, Transition.UPDATED]


async def test_an_alert_for_a_channel_that_was_switched_off_is_noted() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    (alert,) = world.queue.take(world.settings.alerts_queue)
    without = dataclasses.replace(world.services, channels=())

    await on_alert(without, alert.body, alert.id)

    (note,) = [note async for note in without.store.ledger.notes()]
    assert (note.kind, "'fake' is not configured" in note.reason) == ("delivery-failed", True)
