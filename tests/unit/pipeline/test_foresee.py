"""Clean-ups are told in time: before the run, once for each stage, and over when it is over."""

from datetime import datetime, timedelta

import pytest

from shared.domain.cleanup import CleanupPlan, CleanupTask, Loss, LossKind, RetentionPolicy
from shared.domain.facts.base import Observation, Unavailable
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.forecast import SeenPlan
from shared.domain.images import ImageReference
from shared.domain.incidents import Transition
from shared.pipeline.foresee import foresee_clean_ups
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from tests.support.fakes import FakeRegistry, World, digest
from tests.support.stories import open_incidents, speak, work_off

COMMAND = "acr purge --filter 'team/api:.*' --ago 30d --keep 2"


def nightly(command: str = COMMAND, *, enabled: bool = True) -> SeenPlan:
    task = CleanupTask("nightly", enabled, ("0 3 * * *",), (command,))
    return SeenPlan(CleanupPlan(tasks=(task,)))


def untags(at: datetime, tag: str = "v1") -> Loss:
    return Loss(at, "nightly", COMMAND, "team/api", tag, digest(1), LossKind.UNTAGGED)


async def estate(registry: FakeRegistry | None = None) -> World:
    """Two workloads of one image, one of another; known, diagnosed, and no clean-up so far."""
    world = World(registry=registry or FakeRegistry())
    world.deploy("web", "team/api:v1")
    world.deploy("shop", "team/api:v1")
    world.deploy("other", "team/other:stable", 2)
    await sweep(world.services)
    await work_off(world)
    await look(world)
    await speak(world)
    world.channel.heard.clear()
    return world


async def look(world: World, **passes: float) -> int:
    """The watch comes by after a while, and what it asks for is done."""
    world.clock.pass_by(**(passes or {"minutes": 15}))
    await watch(world.services)
    return await work_off(world)


async def said(world: World) -> list[tuple[Transition, str]]:
    """What the channel hears of incidents."""
    await speak(world)
    heard = [(one.transition, one.headline) for one in world.channel.heard if one.incident]
    world.channel.heard.clear()
    return heard


async def test_a_new_task_is_told_without_waiting_for_the_night() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(hours=20))]
    assert await look(world) == 1, "one job, for the pulls of one repository"
    ((transition, headline),) = await said(world)
    assert transition is Transition.OPENED
    assert "the task nightly will untag team/api:v1" in headline
    (incident,) = await open_incidents(world)
    assert {hit.pull.workload.name for hit in incident.affected} == {"web", "shop"}


async def test_nothing_that_did_not_change_is_looked_at_again() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(days=5))]
    await look(world)
    assert [await look(world) for _ in range(4)] == [0, 0, 0, 0]
    assert world.registry.plans_read == 6, "one request to ARM each period"


async def test_a_loss_is_told_again_as_it_comes_nearer_and_each_stage_once() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(days=3))]
    await look(world)
    assert await said(world) == [], "days away, it waits for the nightly report"
    assert len(await open_incidents(world)) == 1

    assert await look(world, days=2, hours=1) == 1
    assert [transition for transition, _ in await said(world)] == [Transition.OPENED]
    assert await look(world) == 0
    assert await said(world) == []

    assert await look(world, hours=21) == 1
    assert [transition for transition, _ in await said(world)] == [Transition.UPDATED]
    assert await look(world) == 0
    assert await said(world) == []


async def test_when_the_danger_is_over_it_ends() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(hours=20))]
    await look(world)
    await said(world)
    world.registry.plan, world.registry.losses = nightly(enabled=False), []
    await look(world)
    assert [transition for transition, _ in await said(world)] == [Transition.RESOLVED]
    assert await open_incidents(world) == ()


async def test_once_the_run_is_over_what_it_spared_is_spared() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(hours=1))]
    await look(world)
    await said(world)
    world.registry.losses = []
    assert await look(world, minutes=60) == 0, "it may still run"
    assert await look(world, minutes=15) == 1
    assert [transition for transition, _ in await said(world)] == [Transition.RESOLVED]


async def test_after_the_run_the_prediction_gives_way_to_what_is_missing() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(hours=1))]
    await look(world)
    await said(world)
    world.lose(["team/api:v1"])
    world.registry.losses = []
    await look(world, minutes=70)
    codes = {one.finding.code for one in await open_incidents(world)}
    assert codes == {"EXISTENCE_TAG_MISSING"}
    (told,) = await said(world)
    assert told[0] is Transition.OPENED, "that it came true is no good news"
    assert "There is no tag v1" in told[1]


async def test_a_moved_run_is_told_with_its_new_time() -> None:
    world = await estate()
    world.registry.plan = nightly()
    first = world.clock.at + timedelta(hours=20)
    world.registry.losses = [untags(first)]
    await look(world)
    await said(world)
    world.registry.plan = nightly(COMMAND + " --dry-run=false")
    world.registry.losses = [untags(first + timedelta(hours=1))]
    await look(world)
    (incident,) = await open_incidents(world)
    assert incident.finding.details["at"] == (first + timedelta(hours=1)).isoformat()


async def test_what_is_newly_deployed_where_a_task_purges_is_looked_at() -> None:
    world = await estate()
    world.registry.plan = nightly()
    await look(world)
    world.deploy("late", "team/api:v9", 9)
    world.deploy("elsewhere", "team/else:v1", 8)
    world.registry.losses = [untags(world.clock.at + timedelta(hours=20), "v9")]
    await look(world)
    await look(world)
    ((_, headline),) = await said(world)
    assert "team/api:v9" in headline


async def test_a_plan_that_cannot_be_read_is_not_no_plan() -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.registry.losses = [untags(world.clock.at + timedelta(hours=20))]
    await look(world)
    await said(world)
    world.registry.blind = "403"
    await look(world)
    await sweep(world.services)
    await work_off(world)
    assert len(await open_incidents(world)) == 1
    assert all(transition is not Transition.RESOLVED for transition, _ in await said(world))


class Clouded(FakeRegistry):
    """A registry whose plan is read, and of which nothing can be foretold."""

    clouded = False

    def _facts(self, image: ImageReference) -> tuple[Observation, ...]:
        seen = super()._facts(image)
        if not self.clouded:
            return seen
        clear = [one for one in seen if not isinstance(one, CleanupForecast)]
        return (*clear, Unavailable.of(CleanupForecast, "429"))


async def test_what_cannot_be_foretold_is_not_asked_for_every_few_minutes() -> None:
    registry = Clouded()
    world = await estate(registry)
    registry.plan = nightly()
    registry.losses = [untags(world.clock.at + timedelta(hours=1))]
    await look(world)
    registry.clouded = True
    jobs = [await look(world, minutes=5) for _ in range(12 * 6)]
    assert 8 <= sum(jobs) <= 13, "twice an hour"
    registry.clouded, registry.losses = False, []
    await look(world, minutes=30)
    assert await open_incidents(world) == (), "it is seen as soon as it can be"


async def test_a_retention_policy_concerns_every_pull() -> None:
    world = await estate()
    world.registry.plan = SeenPlan(CleanupPlan(retention=RetentionPolicy(7)))
    assert await look(world) == 1
    assert world.registry.plans_read == 2


async def test_a_crash_after_the_jobs_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await estate()
    world.registry.plan = nightly()
    world.clock.pass_by(minutes=20)
    services = world.services

    async def dies(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("shared.adapters.store.plans.Plans.put", dies)
    with pytest.raises(ConnectionError):
        await foresee_clean_ups(services, await services.store.index.listed())
    monkeypatch.undo()
    world.clock.pass_by(minutes=5)
    assert await foresee_clean_ups(services, await services.store.index.listed()) == 1
