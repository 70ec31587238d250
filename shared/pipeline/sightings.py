"""What resource logs tell of removals: into the index, and urgent jobs for the pulls they take.

A row comes minutes late, twice perhaps, and after an event or the watch has told of the same
removal: what is known already makes no job, and what adds who it was makes one.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.domain.pulls import Cause, CauseKind, Pull
from shared.domain.removals import Removal
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.services import Services

log = logging.getLogger(__name__)
LATE = timedelta(minutes=30)
"""How late a row may be. Most are there within 15 minutes (azure-monitor data-ingestion-time)."""
LONGEST = timedelta(days=1)
"""How far back is looked after an outage, and at first."""
AT_ONCE = 8


async def read_logs(services: Services) -> int:
    """Read what was removed since the last time. Returns how many jobs."""
    until = services.now()
    last = await services.store.watched.logs_read()
    since = max(last or until - LATE, until - LONGEST) - LATE
    registries = (await services.registry.registries()).known
    found = await services.registry.removals(registries, since, until)
    for gap in found.gaps:
        log.warning("the watch could not read %s: %s", gap.what, gap.reason)
    jobs = await take_in(services, found.removals)
    if found.watched and not found.gaps:
        await services.store.watched.read_logs(until)
    return jobs


async def take_in(services: Services, removals: Iterable[Removal]) -> int:
    """Act on removals, in any order and however often. Returns how many jobs."""
    parts: dict[tuple[str, str], list[Removal]] = defaultdict(list)
    for one in sorted(removals, key=lambda removal: (removal.at, removal.id)):
        parts[one.registry, one.repository].append(one)

    async def of_repository(part: list[Removal]) -> int:
        return await _of_repository(services, part)

    return sum(await each(parts.values(), of_repository, at_once=AT_ONCE))


async def _of_repository(services: Services, removals: list[Removal]) -> int:
    """Removals of one repository, oldest first: the latest that took a pull is what counts."""
    index = services.store.index
    entries = await index.of_repository(removals[0].registry, removals[0].repository)
    taken = {entry: one for one in removals for entry in entries if entry.taken_by(one)}
    fresh = {entry: one for entry, one in taken.items() if is_news(entry, one)}
    by_key = {entry.pull.key: one for entry, one in fresh.items()}
    await index.revise(fresh, lambda entry: remember(entry, by_key[entry.pull.key]))
    pulls: dict[Removal, list[Pull]] = defaultdict(list)
    for entry, one in fresh.items():
        pulls[one].append(entry.pull)
    jobs = [job for one, own in pulls.items() for job in shard(own, cause_of(one), f"log:{one.id}")]
    return await enqueue(services, jobs)


def is_news(entry: Entry, removal: Removal) -> bool:
    """Whether a removal says more of a pull than is known: that it happened, or who it was. Pure.

    One from before the image was last seen is over: it has been pushed again since.
    """
    if entry.resolved and removal.at <= entry.resolved:
        return False
    known = entry.removal
    return known is None or known.at < removal.at - SAME or _tells_more(known, removal)


SAME = timedelta(seconds=5)
"""By how much the times may differ that an event and a log row give to one removal."""


def _tells_more(known: Removal, removal: Removal) -> bool:
    return bool(removal.actor and not known.actor) or bool(removal.address and not known.address)


def remember(entry: Entry, removal: Removal) -> Entry:
    """The entry with what is now known of the removal. Pure; twice is once."""
    return replace(entry, removal=removal) if is_news(entry, removal) else entry


def cause_of(removal: Removal) -> Cause:
    """The cause of a job that a removal makes."""
    return Cause(
        kind=CauseKind.DELETED,
        at=removal.at,
        event_id=removal.id,
        digest=removal.digest,
        tags=(removal.tag,) if removal.tag else (),
        actor=removal.actor,
        user_agent=removal.user_agent,
        address=removal.address,
        way=removal.kind,
    )
