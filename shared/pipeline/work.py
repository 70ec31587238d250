"""A message of a jobs queue: what kind of job it is, and that nothing is lost."""

import logging

import msgspec

from shared.adapters.store.ledger import Note, NoteKind
from shared.domain.pulls import CauseKind
from shared.pipeline.diagnose import diagnose
from shared.pipeline.health import look_at_registry
from shared.pipeline.jobs import read_job
from shared.pipeline.on_demand import finish
from shared.pipeline.services import Services

log = logging.getLogger(__name__)


async def on_job(services: Services, body: bytes, message_id: str | None) -> None:
    """Do one job. A malformed message is recorded and done with; a fault of ours raises.

    What a person waits for, and who else a problem hits, is read of Azure as it is now: what is
    remembered may be from before the problem, or its repair.
    """
    try:
        job = read_job(body)
    except msgspec.DecodeError as why:
        await _malformed(services, body, message_id or "without an id", str(why))
        return
    if job.health:
        await look_at_registry(services, job)
        return
    if job.check:
        await finish(services.afresh(), job)
        return
    await diagnose(services.afresh() if job.cause.kind is CauseKind.RECHECK else services, job)


async def _malformed(services: Services, body: bytes, message_id: str, reason: str) -> None:
    log.warning("message %s is no job: %s", message_id, reason)
    note = Note(
        id=message_id,
        kind=NoteKind.MESSAGE_MALFORMED,
        at=services.now(),
        reason=reason[:500],
        text=body[:2_000].decode("utf-8", "replace"),
    )
    await services.store.ledger.note(note)
