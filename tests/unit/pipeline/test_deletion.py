"""A deployed image disappears: with an event, without one, twice, and out of order."""

from shared.domain.findings import Outcome
from shared.domain.incidents import Transition
from shared.domain.pulls import CauseKind
from shared.pipeline.intake import on_registry_event
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import World
from tests.support.stories import deleted, open_incidents, pushed, speak, work_off


async def estate() -> World:
    """Two workloads on one tag, one on another; swept and reported."""
    world = World()
    world.deploy("api", "team/api:v1", seed=1)
    world.deploy("worker", "team/api:v1", seed=1)
    world.deploy("web", "team/web:v1", seed=2)
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    return world


async def test_a_deleted_manifest_is_announced_once_with_everyone_it_hits() -> None:
    world = await estate()
    world.lose(["team/api:v1"])

    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    await speak(world)

    (alert,) = world.channel.heard
    assert alert.transition is Transition.OPENED
    assert alert.outcome is Outcome.FAIL
    assert alert.incident is not None
    assert {hit.pull.workload.name for hit in alert.incident.affected} == {"api", "worker"}
    assert alert.incident.cause.kind is CauseKind.DELETED
    assert alert.incident.cause.actor == "mallory@contoso.com"
    assert alert.incident.cause.tags == ("v1",)


async def test_the_same_event_again_changes_nothing() -> None:
    world = await estate()
    world.lose(["team/api:v1"])

    for _ in range(3):
        await on_registry_event(world.services, deleted("team/api", 1))
        world.queue.seen.clear()  # the window of duplicate detection has passed
        await work_off(world)
        await speak(world)

    assert len(world.channel.heard) == 1
    assert len(await open_incidents(world)) == 1


async def test_an_untagged_image_is_found_by_the_watch_alone() -> None:
    world = await estate()
    world.lose(["team/api:v1"])

    await watch(world.services)
    await work_off(world)
    await speak(world)

    (alert,) = world.channel.heard
    assert alert.incident is not None
    assert alert.incident.cause.kind is CauseKind.VANISHED


async def test_the_watch_raises_a_vanished_tag_once_not_every_period() -> None:
    world = await estate()
    world.lose(["team/api:v1"])

    jobs = []
    for _ in range(3):
        jobs.append(await watch(world.services))
        await work_off(world)
        world.clock.pass_by(minutes=5)

    assert jobs == [1, 0, 0]


async def test_a_pushed_tag_resolves_the_incident_and_says_so() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    await speak(world)

    world.clock.pass_by(minutes=10)
    world.hold("team/api:v1", seed=9)
    await on_registry_event(world.services, pushed("team/api:v1", 9))
    await work_off(world)
    await speak(world)

    assert [a.transition for a in world.channel.heard] == [Transition.OPENED, Transition.RESOLVED]
    assert await open_incidents(world) == ()
    over = world.channel.heard[-1].incident
    assert over is not None
    assert {hit.pull.workload.name for hit in over.hit} == {"api", "worker"}


async def test_a_late_delete_event_of_an_image_that_was_pushed_again_alarms_nobody() -> None:
    world = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world, past_delays=True)
    await speak(world)

    assert world.channel.heard == []


async def test_a_registry_that_cannot_be_reached_is_never_a_missing_image() -> None:
    world = await estate()
    world.registry.blind = "not reachable from where Pullwatch runs"

    await watch(world.services)
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world, past_delays=True)
    await speak(world)

    assert world.channel.heard == []
    stored = [s async for s in world.services.store.diagnoses.everything()]
    api = [s for s in stored if s.diagnosis.pull.image.repository == "team/api"]
    assert {s.diagnosis.outcome for s in api} == {Outcome.UNKNOWN}


async def test_an_incident_stays_open_while_nobody_can_look() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    world.registry.blind = "throttled"
    world.clock.pass_by(hours=1)

    await sweep(world.services)
    await work_off(world)

    assert len(await open_incidents(world)) == 1


async def test_a_workload_that_is_gone_resolves_its_incident() -> None:
    world = await estate()
    world.lose(["team/web:v1"])
    await watch(world.services)
    await work_off(world)
    assert len(await open_incidents(world)) == 1

    world.platform.pulls = [p for p in world.platform.pulls if p.workload.name != "web"]
    for _ in range(2):
        world.clock.pass_by(hours=1)
        await watch(world.services)

    assert await open_incidents(world) == ()


async def test_a_replica_that_still_has_the_image_does_not_make_it_forgotten_who_deleted_it() -> (
    None
):
    world = World()
    api = world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)  # looks too early: the image is still there

    world.lose(["team/api:v1"])
    await work_off(world, past_delays=True)

    entry = await world.services.store.index.of_pull(api)
    assert entry is not None
    assert entry.removal
    assert entry.removal.actor == "mallory@contoso.com"
