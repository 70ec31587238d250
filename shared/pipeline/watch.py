"""Every few minutes: are the tags and digests in use still what the index remembers?

Event Grid is silent about untagged and purged tags, so this is what finds them. It also
finishes what a crash left behind.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from shared.adapters.store.index import Entry, repositories
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Cause, CauseKind, Pull, Registry
from shared.pipeline.discover import discover
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.report import report_overdue
from shared.pipeline.services import Services
from shared.pipeline.settle import settle_leftovers
from shared.registry.base import TagListing

log = logging.getLogger(__name__)
HEARTBEAT = "watch"
DISCOVERY = "discovery"
AT_ONCE = 8
"""Repositories that are listed at the same time."""


async def watch(services: Services) -> int:
    """Enqueue an urgent job for everything that vanished or moved. Returns how many jobs."""
    await _discover_if_due(services)
    entries = [entry async for entry in services.store.index.everything()]
    known = {r.login_server: r for r in (await services.registry.registries()).known}
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(registry: Registry, repository: str, part: list[Entry]) -> int:
        async with limit:
            return await _repository(services, registry, repository, part)

    counts = await asyncio.gather(
        *(
            one(known[registry], repository, part)
            for (registry, repository), part in repositories(entries).items()
            if registry in known
        )
    )
    await settle_leftovers(services)
    await report_overdue(services)
    await services.store.ledger.beat(HEARTBEAT, services.now())
    return sum(counts)


async def _discover_if_due(services: Services) -> None:
    """A workload deployed since the last sweep must be in the index before its image goes."""
    beats = await services.store.ledger.beats()
    last = beats.get(DISCOVERY)
    due = timedelta(minutes=services.settings.discovery_minutes)
    if last is None or services.now() - last >= due:
        await discover(services)
        await services.store.ledger.beat(DISCOVERY, services.now())


async def _repository(
    services: Services, registry: Registry, repository: str, entries: list[Entry]
) -> int:
    try:
        listing = await services.registry.tags(registry, repository)
    except CouldNotLookError as why:
        log.warning("watch could not list %s/%s: %s", registry.login_server, repository, why)
        return 0  # nothing may be concluded from not having looked
    changed = [(entry, kind) for entry in entries if (kind := compare(entry, listing))]
    jobs = 0
    for kind in CauseKind.VANISHED, CauseKind.MOVED:
        pulls = [entry.pull for entry, found in changed if found is kind]
        jobs += await _raise(services, kind, pulls, listing)
    await services.store.index.put(_noted(entry, kind, listing) for entry, kind in changed)
    return jobs


def compare(entry: Entry, listing: TagListing) -> CauseKind | None:
    """What happened to one pull's reference, by a complete listing of its repository. Pure.

    It says when to look, not what is wrong: the job asks the registry for the manifest itself.
    """
    image = entry.pull.image
    current = (listing.tags or {}).get(image.tag, "")
    if image.digest:
        present = image.digest in {*(listing.tags or {}).values(), *listing.orphans}
        if listing.orphans_known and not present:
            return None if entry.gone else CauseKind.VANISHED
        return CauseKind.MOVED if entry.gone and present else None
    if not current:
        return None if entry.gone else CauseKind.VANISHED
    return CauseKind.MOVED if entry.gone or (entry.digest and entry.digest != current) else None


def _noted(entry: Entry, kind: CauseKind, listing: TagListing) -> Entry:
    """Noted after the job is enqueued: a crash in between only enqueues it again."""
    if kind is CauseKind.VANISHED:
        return replace(entry, gone=True)
    current = (listing.tags or {}).get(entry.pull.image.tag, entry.digest)
    return replace(entry, gone=False, digest=entry.pull.image.digest or current)


async def _raise(
    services: Services, kind: CauseKind, pulls: Sequence[Pull], listing: TagListing
) -> int:
    if not pulls:
        return 0
    tags = tuple(sorted({pull.image.tag for pull in pulls if pull.image.tag}))
    now = services.now()
    cause = Cause(kind=kind, at=now, tags=tags[:50])
    reason = f"{kind}:{listing.repository}:{now.strftime('%Y%m%dT%H%M')}"
    return await enqueue(services, shard(pulls, cause, reason))
