"""Pulls that are no longer deployed: what was stored of them goes, and their problems end."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shared.adapters.store.diagnoses import Stored
from shared.adapters.store.index import Entry
from shared.domain.changes import StatusChange
from shared.domain.findings import Outcome
from shared.domain.pulls import Cause, CauseKind, short_hash
from shared.pipeline.services import Services
from shared.pipeline.settle import settle


async def retire_all(services: Services, ended: Collection[Entry], at: datetime) -> None:
    """Forget pulls, and whatever else is stored of pulls that are not in the index any more.

    A job that was under way while its pull was retired may have stored its diagnosis since.
    """
    stored = {(one.registry, one.key) async for one in services.store.diagnoses.briefs()}
    kept = {entry.pull.key async for entry in services.store.index.everything()}
    gone = {(entry.pull.image.registry, entry.pull.key) for entry in ended}
    gone |= {(registry, key) for registry, key in stored if key not in kept}
    for registry, key in sorted(gone):
        await retire(services, registry, key, at)
    await services.store.index.remove(ended)
    for registry in sorted({registry for registry, _ in gone}):
        await settle(services, registry)


async def retire(services: Services, registry: str, key: str, at: datetime) -> None:
    """A workload is gone or uses another image now: its problems end."""
    await services.store.diagnoses.retire(registry, key, lambda stored: _ended(stored, at))


def _ended(stored: Stored, at: datetime) -> StatusChange:
    """It ends after its last diagnosis, which may have been made since the discovery began."""
    found = stored.diagnosis
    at = max(at, found.at + timedelta(microseconds=1))
    return StatusChange(
        id=short_hash("ended", found.pull.key, at.isoformat()),
        pull=found.pull,
        at=at,
        before=found.outcome,
        after=Outcome.SKIPPED,
        closed=stored.standing,
        cause=Cause(kind=CauseKind.SWEEP, at=at),
    )
