"""Every few minutes: are the tags and digests in use still what the index remembers?

Event Grid is silent about untagged and purged tags, so this is what finds them. It also
finishes what a crash left behind.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry, repositories
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Cause, CauseKind, Pull, Registry
from shared.pipeline.discover import discover
from shared.pipeline.foresee import look_ahead
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
    """Enqueue an urgent job for everything that vanished or moved. Returns how many jobs.

    A step that fails holds up no other. Its error is raised at the end, and no heartbeat is left:
    that the watch is half blind must be seen.
    """
    steps = _compare, settle_leftovers, report_overdue, look_ahead, _discover_if_due
    failures: list[Exception] = []
    jobs = 0
    for step in steps:
        try:
            jobs += await step(services) or 0
        except Exception as error:
            log.exception("a step of the watch failed: %s", step.__name__)
            failures.append(error)
    for failure in failures:
        raise failure
    await services.store.ledger.beat(HEARTBEAT, services.now())
    return jobs


async def _compare(services: Services) -> int:
    entries = [entry async for entry in services.store.index.everything()]
    known = await _known(services, entries)
    failures: list[Exception] = []

    async def one(part: list[Entry]) -> int:
        image = part[0].pull.image
        try:
            return await _repository(services, known[image.registry], image.repository, part)
        except Exception as error:
            log.exception("watch of %s/%s failed", image.registry, image.repository)
            failures.append(error)
            return 0

    parts = repositories(entries)
    counts = await each(
        (part for (registry, _), part in parts.items() if registry in known), one, at_once=AT_ONCE
    )
    for failure in failures:
        raise failure
    return sum(counts)


async def _known(services: Services, entries: Sequence[Entry]) -> dict[str, Registry]:
    """The registries that may be asked, by login server. What is in use but not known is told."""
    found = await services.registry.registries()
    known = {registry.login_server: registry for registry in found.known}
    unknown = sorted({entry.pull.image.registry for entry in entries} - known.keys())
    if unknown:
        why = "; ".join(f"{gap.what}: {gap.reason}" for gap in found.gaps[:5]) or "not in scope"
        log.warning("watch cannot look at %s (%s)", ", ".join(unknown[:20]), why)
        if not known:
            raise CouldNotLookError(f"no registry in use can be looked at: {why}")
    return known


async def _discover_if_due(services: Services) -> None:
    """A workload deployed since the last sweep must be in the index before its image goes.

    It comes last: clusters that do not answer can take minutes.
    """
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
    found = [(compare(entry, listing), entry.pull) for entry in entries]
    jobs = 0
    for kind in CauseKind.VANISHED, CauseKind.MOVED:
        pulls = [pull for change, pull in found if change is kind]
        jobs += await _raise(services, kind, pulls, listing)
    return jobs


def compare(entry: Entry, listing: TagListing) -> CauseKind | None:
    """What happened to one pull's reference, by a complete listing of its repository. Pure.

    It says when to look, not what is wrong: the job asks the registry for the manifest itself,
    and what it sees goes into the index. Until then this says the same again.
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
