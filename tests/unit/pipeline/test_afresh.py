"""What is remembered of Azure is never told as what is true now."""

import dataclasses
from datetime import timedelta

import msgspec
import pytest

from shared.domain.cleanup import Loss, LossKind
from shared.domain.facts.base import Observation
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.findings import Outcome
from shared.domain.pulls import Cause, CauseKind, Job, Pull
from shared.pipeline.on_demand import Question, ask
from shared.pipeline.services import Services
from shared.pipeline.sweep import sweep
from shared.pipeline.work import on_job
from tests.support.fakes import REGISTRY, FakePlatform, FakeRegistry, World, digest
from tests.support.stories import speak, work_off

ONE = Question(image=f"{REGISTRY.login_server}/team/api:v1")
BROKEN, WELL = IdentityKind.ADMIN_USER, IdentityKind.ANONYMOUS


class Remembering(FakePlatform):
    """A platform that goes on telling who pulled some time ago."""

    def __init__(self, now: FakePlatform, before: IdentityKind) -> None:
        super().__init__()
        self.now, self.before = now, before

    async def observe(self, pull: Pull) -> tuple[Observation, ...]:
        seen = await self.now.observe(pull)
        return (PullIdentity(kind=self.before), *seen[1:])


async def estate() -> tuple[World, Pull]:
    world = World()
    pull = world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.clock.pass_by(minutes=5)
    return world, pull


def remembering(world: World, before: IdentityKind) -> Services:
    """The services of a lane that read Azure some seconds ago."""
    platform = Remembering(world.platform, before)
    return dataclasses.replace(world.services, platforms=(platform,))


def job(world: World, pull: Pull, kind: CauseKind) -> bytes:
    cause = Cause(kind=kind, at=world.clock())
    made = Job(id=f"{kind}", registry=pull.image.registry, pulls=(pull,), cause=cause)
    return msgspec.json.encode(made)


async def outcome(world: World, pull: Pull) -> Outcome:
    stored = await world.services.store.diagnoses.of_pull(pull)
    assert stored is not None
    return stored.diagnosis.outcome


async def test_an_event_does_not_undo_what_a_check_saw_after_a_repair() -> None:
    world, pull = await estate()
    world.platform.identity = WELL
    await ask(world.services.afresh(), ONE, "a" * 32)
    assert await outcome(world, pull) is Outcome.PASS
    world.clock.pass_by(seconds=10)

    await on_job(remembering(world, BROKEN), job(world, pull, CauseKind.PUSHED), "m")

    assert await outcome(world, pull) is Outcome.PASS


async def test_an_event_hides_no_deletion_although_it_remembers_what_is_older() -> None:
    world, pull = await estate()
    await ask(world.services.afresh(), ONE, "a" * 32)
    world.clock.pass_by(seconds=10)
    world.lose(["team/api:v1"])

    await on_job(remembering(world, WELL), job(world, pull, CauseKind.VANISHED), "m")

    assert await outcome(world, pull) is Outcome.FAIL


@pytest.mark.parametrize(
    ("kind", "seen"),
    [(CauseKind.RECHECK, Outcome.FAIL), (CauseKind.FORESEEN, Outcome.PASS)],
)
async def test_others_are_looked_at_as_they_are_now(kind: CauseKind, seen: Outcome) -> None:
    """A problem that was just found at one pull began after what the lane remembers."""
    world, pull = await estate()
    world.platform.identity = BROKEN

    await on_job(remembering(world, WELL), job(world, pull, kind), "m")

    assert await outcome(world, pull) is seen


async def test_what_follows_from_a_new_plan_is_not_told_by_the_one_before() -> None:
    """The plan that changed is not told to have changed again."""
    world, pull = await estate()
    before = FakeRegistry()
    before.tagged = world.registry.tagged
    at = world.clock.at + timedelta(hours=20)
    lost = Loss(at, "nightly", "acr purge", "team/api", "v1", digest(1), LossKind.UNTAGGED)
    world.registry.losses = [lost]
    services = dataclasses.replace(world.services, registry=before)

    await on_job(services, job(world, pull, CauseKind.FORESEEN), "m")

    entry = await world.services.store.index.of_pull(pull)
    assert entry is not None
    assert entry.foreseen is not None
    assert entry.foreseen.at == at


async def test_a_diagnosis_says_how_old_what_it_rests_on_may_be() -> None:
    world, pull = await estate()
    await on_job(world.services, job(world, pull, CauseKind.FORESEEN), "m")
    stored = await world.services.store.diagnoses.of_pull(pull)
    assert stored is not None
    assert stored.diagnosis.as_of == stored.diagnosis.at - world.services.age

    found = await ask(world.services.afresh(), ONE, "a" * 32)
    assert found.diagnoses
    assert found.diagnoses[0].as_of == found.diagnoses[0].at
