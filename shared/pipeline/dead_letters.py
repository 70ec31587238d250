"""What was given up: recorded, counted for its sweep, and told to an operator."""

import logging

import msgspec

from shared.adapters.letters import Letter
from shared.adapters.store.ledger import Note, NoteKind
from shared.adapters.store.requested import Requested
from shared.adapters.store.sweeps import JobDone
from shared.domain.alerts import Announcement, Topic
from shared.domain.pulls import Job, short_hash
from shared.domain.reports import Tally
from shared.pipeline import signals
from shared.pipeline.jobs import read_job
from shared.pipeline.report import report_if_done
from shared.pipeline.services import Services
from shared.pipeline.settle import announce

log = logging.getLogger(__name__)


async def on_dead_letter(services: Services, setting: str, letter: Letter) -> None:
    """A message of a dead-letter sub-queue. It is never put back by itself: a person decides.

    ``setting`` is the field of the settings that names the queue.
    """
    queue = str(getattr(services.settings, setting))
    body, message_id, reason = letter.body, letter.id, letter.reason
    log.error("given up on %s: message %s (%s)", queue, message_id, reason)
    signals.dead_letter(queue, message_id)
    note = Note(
        id=f"{queue}:{message_id}",
        kind=NoteKind.MESSAGE_GIVEN_UP,
        at=services.now(),
        reason=f"{queue}: {reason}"[:500],
        text=body[:2_000].decode("utf-8", "replace"),
    )
    await services.store.ledger.note(note)
    job = _job(body)
    if job:
        await _end(services, job, reason or "given up")
    if queue != services.settings.alerts_queue or not _is_operator_notice(body):
        await _tell_operator(services, queue, letter, job)


async def _end(services: Services, job: Job, reason: str) -> None:
    """Whoever waits for the job, a sweep or a person, hears that it will not come back."""
    if job.sweep:
        given_up = JobDone(job.id, Tally(job.registry, {}), reason, attempt=job.attempt)
        await services.store.sweeps.done(job.sweep, given_up)
        await report_if_done(services, job.sweep)
    if job.check:
        await _end_check(services, job, reason)


async def _end_check(services: Services, job: Job, reason: str) -> None:
    known = await services.store.requested.get(job.check)
    if known and known.over:
        return  # it was answered before its message was given up
    failed = Requested(
        id=job.check,
        asked=job.cause.at,
        image=str(job.pulls[0].image),
        failed=reason or "given up",
    )
    await services.store.requested.put(failed)


async def _tell_operator(services: Services, queue: str, letter: Letter, job: Job | None) -> None:
    what = _what(job) if job else "a message"
    why = letter.reason or "no reason"
    announcement = Announcement(
        id=_id(queue, letter),
        channel="",
        topic=Topic.OPERATOR,
        about=queue,
        at=services.now(),
        notice=f"Queue {queue} gave up on {what} (message {letter.id}): {why}.",
    )
    await announce(services, announcement)


def _id(queue: str, letter: Letter) -> str:
    """A stranger's message may have a long id, or none; the id of ours has to fit a message."""
    body = letter.body.decode("utf-8", "replace")
    return f"operator:{short_hash(queue, str(letter.id), body)}"


def _what(job: Job) -> str:
    if job.health:
        return f"a look at the registry {job.registry}"
    return f"{len(job.pulls)} pulls of {job.registry}"


def _job(body: bytes) -> Job | None:
    try:
        return read_job(body)
    except msgspec.DecodeError:
        return None


def _is_operator_notice(body: bytes) -> bool:
    """A notice that could not be delivered must not make another notice, for ever."""
    try:
        return msgspec.json.decode(body, type=Announcement).topic is Topic.OPERATOR
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
