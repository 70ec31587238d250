"""What was given up: recorded, counted for its sweep, and told to an operator."""

import logging

import msgspec

from shared.adapters.letters import Letter
from shared.adapters.store.ledger import Note, NoteKind
from shared.adapters.store.requested import Requested
from shared.adapters.store.sweeps import JobDone
from shared.domain.alerts import Announcement, Topic
from shared.domain.pulls import Job
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
        await _tell_operator(services, queue, message_id, reason, job)


async def _end(services: Services, job: Job, reason: str) -> None:
    """Whoever waits for the job, a sweep or a person, hears that it will not come back."""
    if job.sweep:
        given_up = JobDone(job.id, Tally(job.registry, {}), reason, attempt=job.attempt)
        await services.store.sweeps.done(job.sweep, given_up)
        await report_if_done(services, job.sweep)
    if job.check:
        failed = Requested(
            id=job.check,
            asked=job.cause.at,
            image=str(job.pulls[0].image),
            failed=reason or "given up",
        )
        await services.store.requested.put(failed)


async def _tell_operator(
    services: Services, queue: str, message_id: str, reason: str, job: Job | None
) -> None:
    what = f"{len(job.pulls)} pulls of {job.registry}" if job else "a message"
    announcement = Announcement(
        id=f"operator:{queue}:{message_id}",
        channel="",
        topic=Topic.OPERATOR,
        about=queue,
        at=services.now(),
        notice=f"Queue {queue} gave up on {what} (message {message_id}): {reason or 'no reason'}.",
    )
    await announce(services, announcement)


def _job(body: bytes) -> Job | None:
    try:
        return read_job(body)
    except msgspec.DecodeError:
        return None


def _is_operator_notice(body: bytes) -> bool:
    """A notice that could not be delivered must not make another notice, for ever."""
    try:
        return msgspec.json.decode(body, type=Announcement).topic is Topic.OPERATOR
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
