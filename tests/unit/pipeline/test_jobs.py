"""Jobs fit into a message, whatever things are called."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shared.adapters.letters import Letter
from shared.domain.pulls import Cause, CauseKind, Job, Pull, Workload
from shared.pipeline.dead_letters import on_dead_letter
from shared.pipeline.jobs import enqueue, put_back, read_job, shard
from tests.support.fakes import LONGEST_ID, START, World, pull

STANDARD = 256 * 1024
CAUSE = Cause(kind=CauseKind.ASKED, at=START)


def long(number: int) -> Pull:
    plain = pull(f"w{number}", f"team/r{number}:v1")
    name = f"{number}" + "n" * 3_000
    return replace(
        plain, workload=Workload(f"{plain.workload.id}/{name}", plain.workload.compute, name)
    )


async def test_a_hundred_pulls_with_long_names_are_more_than_one_message() -> None:
    world = World()
    pulls = [long(n) for n in range(100)]
    await enqueue(world.services, shard(pulls, CAUSE, "why"))

    messages = world.queue.take(world.settings.urgent_queue)
    assert all(len(message.body) < STANDARD for message in messages)
    assert {p for m in messages for p in read_job(m.body).pulls} == set(pulls)
    assert len({m.id for m in messages}) == len(messages) > 1


async def test_a_long_error_text_is_cut_rather_than_the_check_lost() -> None:
    world = World()
    for text in ("\x00" * 100_000, "\N{PILE OF POO}" * 100_000, '"' * 100_000):
        job = Job("id", "contoso.azurecr.io", (long(1),), CAUSE, check="c", error_text=text)
        await enqueue(world.services, [job])
        await put_back(world.services, job, job.pulls)

    for message in world.queue.take(world.settings.urgent_queue):
        assert len(message.body) < STANDARD
        assert len(read_job(message.body).error_text) > 10_000


@pytest.mark.parametrize("name", ["a/b", "a#b", "a?b", "a\\b", "a\nb", "x" * 600])
@pytest.mark.parametrize("field", ["id", "registry", "sweep", "check"])
def test_a_job_whose_names_are_no_keys_is_no_job(name: str, field: str) -> None:
    image = pull("w", "team/r:v1").image
    registry = name if field == "registry" else image.registry
    odd = replace(pull("w", "team/r:v1"), image=replace(image, registry=registry))
    job = replace(Job("id", registry, (odd,), CAUSE, sweep="s", check="c"), **{field: name})
    with pytest.raises(msgspec.DecodeError):
        read_job(msgspec.json.encode(job))


async def test_a_given_up_job_whose_names_are_no_keys_is_told_and_done_with() -> None:
    world = World()
    job = Job("id", "contoso.azurecr.io", (pull("w", "team/r:v1"),), CAUSE, sweep="a/b#?")
    given_up = Letter("m-1", msgspec.json.encode(job), "MaxDeliveryCountExceeded")
    await on_dead_letter(world.services, "urgent_queue", given_up)
    assert world.queue.take(world.settings.alerts_queue)


@pytest.mark.parametrize("message_id", ["m" * LONGEST_ID, None])
async def test_a_given_up_message_is_told_whatever_its_id(message_id: Any) -> None:
    world = World()
    for _ in range(2):  # at least once
        await on_dead_letter(world.services, "urgent_queue", Letter(message_id, b"{}", "expired"))
    assert len(world.queue.take(world.settings.alerts_queue)) == 1


async def waits_after(jobs: list[Job]) -> list[float]:
    """How long each job waits that is put back; the queue of a new world drops no twin of it."""
    world = World()
    for job in jobs:
        await put_back(world.services, job, job.pulls)
    sent = world.queue.take(world.settings.urgent_queue)
    return [(message.due - world.clock.at).total_seconds() for message in sent if message.due]


async def test_jobs_that_failed_together_do_not_come_back_together() -> None:
    pulls = (pull("w", "team/r:v1"),)
    jobs = [Job(f"job{n}", "contoso.azurecr.io", pulls, CAUSE) for n in range(40)]
    waits = await waits_after(jobs)
    assert all(15 <= wait <= 15 * 1.25 for wait in waits)
    assert len({round(wait, 1) for wait in waits}) > 10
    assert waits == await waits_after(jobs), "put back once more, after a crash"
