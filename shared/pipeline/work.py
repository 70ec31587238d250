"""A message of a jobs queue: what kind of job it is, and that nothing is lost."""

import logging
from dataclasses import replace

import msgspec

from shared.adapters.store.ledger import Note, NoteKind
from shared.domain.pulls import CauseKind, Job
from shared.pipeline.diagnose import diagnose
from shared.pipeline.health import look_at_registry
from shared.pipeline.jobs import read_job
from shared.pipeline.on_demand import finish
from shared.pipeline.services import Services

log = logging.getLogger(__name__)


async def on_job(services: Services, body: bytes, message_id: str | None) -> None:
    """Do one job. A malformed message is recorded and done with; a fault of ours raises."""
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
    await diagnose(_services_for(services, job), job)


def _services_for(services: Services, job: Job) -> Services:
    """What is remembered may be from before what made us look, or from before its repair.

    Who else a problem hits is read of Azure as it is now. So is a registry whose clean-ups changed:
    its plan is not asked for again until it changes once more.
    """
    match job.cause.kind:
        case CauseKind.RECHECK:
            return services.afresh()
        case CauseKind.FORESEEN:
            return replace(services, registry=services.afresh().registry)
        case _:
            return services


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
