"""What is found at one pull is looked for at those that share what is at fault."""

import msgspec

from shared.domain.facts.workload import IdentityKind
from shared.domain.pulls import LONGEST_JOB, CauseKind, Job
from shared.pipeline.on_demand import Question, ask
from shared.pipeline.sweep import sweep
from tests.support.fakes import REGISTRY, World
from tests.support.stories import open_incidents, speak, work_off

ONE = Question(image=f"{REGISTRY.login_server}/team/api:v1")


async def estate(workloads: int = 3) -> World:
    """Healthy pulls of several repositories; then the registry's admin user is switched off."""
    world = World()
    world.deploy("api", "team/api:v1")
    for number in range(workloads - 1):
        world.deploy(f"other-{number}", f"team/other-{number}:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.clock.pass_by(minutes=5)
    world.platform.identity = IdentityKind.ADMIN_USER
    return world


def jobs(world: World) -> list[Job]:
    waiting = world.queue.take(world.settings.urgent_queue)
    return [msgspec.json.decode(message.body, type=Job) for message in waiting]


async def test_an_on_demand_check_of_one_pull_finds_everyone_whom_the_problem_hits() -> None:
    world = await estate()
    await ask(world.services, ONE, "a" * 32)
    await work_off(world)
    await speak(world)
    (incident,) = await open_incidents(world)
    assert incident.finding.code == "CREDENTIALS_ADMIN_DISABLED"
    names = {hit.pull.workload.name for hit in incident.affected}
    assert names == {"api", "other-0", "other-1"}
    alert = world.channel.heard[-1]
    assert alert.incident
    assert {hit.pull.workload.name for hit in alert.incident.affected} == names


async def test_the_others_are_looked_at_once() -> None:
    world = await estate()
    await ask(world.services, ONE, "a" * 32)
    (job,) = jobs(world)
    assert job.cause.kind is CauseKind.RECHECK
    assert {pull.workload.name for pull in job.pulls} == {"other-0", "other-1"}
    await ask(world.services, ONE, "b" * 32)
    assert jobs(world) == []


async def test_what_a_recheck_finds_spreads_no_further() -> None:
    world = await estate()
    await ask(world.services, ONE, "a" * 32)
    assert await work_off(world) == 1


async def test_no_more_than_one_job_follows() -> None:
    world = await estate(workloads=LONGEST_JOB + 20)
    await ask(world.services, ONE, "a" * 32)
    (job,) = jobs(world)
    assert len(job.pulls) == LONGEST_JOB


async def test_a_sweep_looks_at_everyone_anyway() -> None:
    world = await estate()
    await sweep(world.services)
    await work_off(world)
    assert len(await open_incidents(world)) == 1
    assert jobs(world) == []


async def test_a_problem_of_one_image_concerns_nobody_else() -> None:
    world = await estate()
    world.platform.identity = IdentityKind.ANONYMOUS
    world.lose(["team/api:v1"])
    await ask(world.services, ONE, "a" * 32)
    assert len(await open_incidents(world)) == 1
    assert jobs(world) == []
