"""Jobs fit into a message, whatever things are called."""

from msgspec.structs import replace

from shared.domain.pulls import Cause, CauseKind, Job, Pull, Workload
from shared.pipeline.jobs import enqueue, put_back, read_job, shard
from tests.support.fakes import START, World, pull

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
