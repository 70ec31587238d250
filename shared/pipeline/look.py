"""One repository, as the watch looks at it: with one request where nothing changed.

A repository of one page is listed. One of more pages is asked for its counts first, and listed
only where they changed or are trusted no longer; where few references are in use, those are asked
for instead of all its pages.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.store.index import Entry
from shared.adapters.store.watched import Watched
from shared.domain.facts.base import CouldNotLookError
from shared.domain.images import Digest
from shared.domain.pulls import Cause, CauseKind, Pull, Registry, short_hash
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.services import Services
from shared.pipeline.sightings import cause_of
from shared.registry.base import TagListing

log = logging.getLogger(__name__)
MOST_ASKED = 50
"""References that are asked for one by one, because a listing does not show them."""


class Seen(Struct, frozen=True):
    """What was seen of a repository; ``whole`` if all of it was listed."""

    listing: TagListing
    stamp: str
    whole: bool


async def look_at(
    services: Services, registry: Registry, entries: Sequence[Entry], last: Watched
) -> tuple[int, Watched]:
    """Enqueue urgent jobs for what vanished or moved. Returns how many, and what was seen."""
    now = services.now()
    try:
        seen = await _look(services, registry, entries, last)
        if seen is None:
            return 0, replace(last, trouble="", since=None, told=False)
        found = await _compare(services, registry, entries, seen)
    except CouldNotLookError as why:
        log.warning("watch could not look at %s: %s", last.name, why)
        return 0, replace(last, trouble=str(why)[:300], since=last.since or now)
    jobs = 0
    for kind in CauseKind.VANISHED, CauseKind.MOVED:
        hit = [entry for change, entry in found if change is kind]
        jobs += await _raise(services, kind, hit, seen.listing)
    return jobs, _after(last, entries, seen, now, quiet=not jobs)


def _after(
    last: Watched, entries: Iterable[Entry], seen: Seen, now: datetime, *, quiet: bool
) -> Watched:
    """What to remember. What is looked at by a job is looked at again: jobs may fail."""
    pages = seen.listing.pages if seen.whole else last.pages
    large = pages > 1
    return Watched(
        registry=last.registry,
        repository=last.repository,
        stamp=seen.stamp if large and quiet else "",
        entries=fingerprint(entries) if large and quiet else "",
        pages=pages if large else 0,
        listed=(now if seen.whole else last.listed) if large else None,
    )


async def _look(
    services: Services, registry: Registry, entries: Sequence[Entry], last: Watched
) -> Seen | None:
    """None where nothing changed since all was well. Raises CouldNotLookError."""
    ask, repository = services.registry, last.repository
    trust = timedelta(minutes=services.settings.watch_list_minutes)
    stamp = ""
    if last.pages > 1 and trust:
        stamp = await ask.stamp(registry, repository)
        if last.listed and services.now() - last.listed < trust:
            if stamp and stamp == last.stamp and fingerprint(entries) == last.entries:
                return None
            wanted = references(entries)
            if len(wanted) <= last.pages:
                held = await ask.present(registry, repository, wanted)
                return Seen(_with(TagListing(repository, None), held), stamp, whole=False)
    return Seen(await ask.tags(registry, repository), stamp, whole=True)


async def _compare(
    services: Services, registry: Registry, entries: Sequence[Entry], seen: Seen
) -> list[tuple[CauseKind | None, Entry]]:
    """What happened to each pull. What a listing does not show may only be hidden (listEnabled)."""
    listing = seen.listing
    wanted = {
        one for entry in entries if _vanished(entry, listing) for one in unseen(entry, listing)
    }
    if seen.whole and listing.tags is not None and 0 < len(wanted) <= MOST_ASKED:
        held = await services.registry.present(registry, listing.repository, wanted)
        listing = _with(listing, held)
    return [(compare(entry, listing), entry) for entry in entries]


def _with(listing: TagListing, held: Mapping[str, Digest]) -> TagListing:
    """A listing with what was asked for one by one."""
    tags = {name: digest for name, digest in held.items() if ":" not in name}
    digests = tuple(Digest(name) for name in held if ":" in name)
    return TagListing(
        listing.repository,
        (listing.tags or {}) | tags,
        (*listing.orphans, *digests),
        orphans_known=True,
        pages=listing.pages,
    )


def references(entries: Iterable[Entry]) -> set[str]:
    """Every tag and digest that pulls need, the children of indexes included."""
    return {one for entry in entries for one in (entry.pull.image.reference, *_children(entry))}


def fingerprint(entries: Iterable[Entry]) -> str:
    """What changes when the index knows something else of a repository's pulls."""
    known = sorted(
        f"{entry.pull.key} {entry.digest} {entry.gone} {sorted(entry.lost)}" for entry in entries
    )
    return short_hash(*known)


def unseen(entry: Entry, listing: TagListing) -> set[str]:
    """What a pull needs and a listing does not show."""
    return {entry.pull.image.reference, *_children(entry)} - _shown(listing)


def compare(entry: Entry, listing: TagListing) -> CauseKind | None:
    """What happened to one pull's reference, by a complete listing of its repository. Pure.

    It says when to look, not what is wrong: the job asks the registry for the manifest itself,
    and what it sees goes into the index. Until then this says the same again.
    """
    if _vanished(entry, listing):
        return CauseKind.VANISHED
    shown, image = _shown(listing), entry.pull.image
    if image.reference not in shown:
        return None
    current = image.digest or (listing.tags or {}).get(image.tag)
    moved = bool(entry.digest and current and entry.digest != current) and not image.digest
    found_again = any(digest in shown for digest in entry.lost)
    return CauseKind.MOVED if entry.gone or moved or found_again else None


def _vanished(entry: Entry, listing: TagListing) -> bool:
    """Whether the reference, or a child of its index, is not shown any more."""
    shown, image = _shown(listing), entry.pull.image
    if image.digest and not listing.orphans_known:
        return False
    if image.reference not in shown:
        return not entry.gone
    same = entry.digest in {image.digest, (listing.tags or {}).get(image.tag)}
    lost = set(_children(entry)) - shown - set(entry.lost)
    return listing.orphans_known and same and bool(lost)


def _shown(listing: TagListing) -> set[str]:
    return {*(listing.tags or {}), *(listing.tags or {}).values(), *listing.orphans}


def _children(entry: Entry) -> tuple[Digest, ...]:
    return tuple(one.digest for one in entry.content.children) if entry.content else ()


async def _raise(
    services: Services, kind: CauseKind, hit: Collection[Entry], listing: TagListing
) -> int:
    """Enqueue jobs; what somebody is known to have removed is caused by that removal."""
    if not hit:
        return 0
    now = services.now()
    tags = tuple(sorted({entry.pull.image.tag for entry in hit if entry.pull.image.tag}))
    plain = Cause(kind=kind, at=now, tags=tags[:50])
    causes: dict[Cause, list[Pull]] = defaultdict(list)
    for entry in hit:
        told = entry.removal if kind is CauseKind.VANISHED and is_recent(entry) else None
        causes[cause_of(told) if told else plain].append(entry.pull)
    reason = f"{kind}:{listing.repository}:{now.strftime('%Y%m%dT%H%M')}"
    jobs = [job for cause, pulls in causes.items() for job in shard(pulls, cause, reason)]
    return await enqueue(services, jobs)


def is_recent(entry: Entry) -> bool:
    """Whether the removal that is known came after the image was last seen."""
    removal, resolved = entry.removal, entry.resolved
    return removal is not None and (resolved is None or removal.at > resolved)
