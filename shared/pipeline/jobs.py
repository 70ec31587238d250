"""Jobs on queues: how pulls become jobs, and how a job is put back."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched

import msgspec
from msgspec.structs import replace

from shared.adapters.queue import Outgoing
from shared.domain.pulls import LONGEST_JOB, Cause, CauseKind, Job, Pull, short_hash
from shared.pipeline.services import Services

FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=30)
SPREAD = 0.25
"""How much longer a delay may get, as a part of it."""
LARGEST = 200_000
"""Bytes of a job; Service Bus Standard takes 256 KiB with everything around it."""
_KEY = re.compile(r"[A-Za-z0-9._:-]{0,300}")
"""What names rows: Table Storage refuses some characters, for ever."""


def shard(pulls: Iterable[Pull], cause: Cause, reason: str, *, sweep: str = "") -> Iterator[Job]:
    """Jobs of one registry and at most 100 pulls each; pulls of one repository stay together.

    ``reason`` makes the ids: the same reason for the same pulls is the same job.
    """
    by_registry: dict[str, list[Pull]] = defaultdict(list)
    for pull in sorted(set(pulls), key=lambda p: (p.image, p.workload)):
        by_registry[pull.image.registry].append(pull)
    for registry, wanted in by_registry.items():
        for part in batched(wanted, LONGEST_JOB, strict=False):
            job_id = short_hash(reason, registry, *(pull.key for pull in part))
            job = Job(id=job_id, registry=registry, pulls=part, cause=cause, sweep=sweep)
            if len(msgspec.json.encode(job)) <= LARGEST or len(part) == 1:
                yield job
            else:
                half = len(part) // 2
                yield from shard(part[:half], cause, reason, sweep=sweep)
                yield from shard(part[half:], cause, reason, sweep=sweep)


async def enqueue(services: Services, jobs: Iterable[Job]) -> int:
    """Put jobs on their lane: a sweep's are bulk, all others urgent. Returns how many."""
    lanes: dict[str, list[Outgoing]] = defaultdict(list)
    for job in jobs:
        lanes[lane(services, job)].append(_message(job))
    for queue, messages in lanes.items():
        await services.queue.send(queue, messages)
    return sum(len(messages) for messages in lanes.values())


async def put_back(services: Services, job: Job, pulls: Iterable[Pull]) -> None:
    """Send a job again, later, for the pulls that are still open: back-off is the app's own."""
    delay = min(FIRST_DELAY * 2**job.attempt, LONGEST_DELAY) * (1 + _spread(job))
    again = replace(job, attempt=job.attempt + 1, pulls=tuple(pulls))
    message = replace(_message(again), due=services.now() + delay)
    await services.queue.send(lane(services, job), [message])


def _spread(job: Job) -> float:
    """From 0 to `SPREAD`, so that jobs that failed together do not come back together.

    Made of the job's name: one that is put back twice after a crash is due at the same time.
    """
    return SPREAD * (int(short_hash(job.id, str(job.attempt)), 16) % 1000) / 1000


def lane(services: Services, job: Job) -> str:
    """The queue of a job."""
    bulk = job.cause.kind is CauseKind.SWEEP
    return services.settings.bulk_queue if bulk else services.settings.urgent_queue


def read_job(body: bytes) -> Job:
    """A job from a message. Raises msgspec.DecodeError for anything else."""
    try:
        job = msgspec.json.decode(body, type=Job)
    except (UnicodeDecodeError, RecursionError) as why:  # msgspec does not make them its own
        raise msgspec.DecodeError(str(why)) from why
    about = {pull.image.registry for pull in job.pulls}
    if about != (set() if job.health else {job.registry}):
        raise msgspec.DecodeError("a job has pulls, all of its registry, or asks for its health")
    if not all(map(_KEY.fullmatch, (job.id, job.registry, job.sweep, job.check))):
        raise msgspec.DecodeError("the names of a job are letters, digits, '.', '_', ':' and '-'")
    return job


def _message(job: Job) -> Outgoing:
    """An error text that makes it too large is cut: its beginning tells the most."""
    while len(body := msgspec.json.encode(job)) > LARGEST and job.error_text:
        job = replace(job, error_text=job.error_text[: len(job.error_text) * 2 // 3])
    return Outgoing(f"{job.id}:{job.attempt}", body)
