"""What one run of a purge takes from a registry."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.cleanup.dangling import dangling
from shared.domain.cleanup.filters import Filters
from shared.domain.cleanup.model import (
    Doomed,
    ManifestEntry,
    Purge,
    RefusedError,
    RegistryContents,
    TagEntry,
)
from shared.domain.cleanup.shelf import Shelf, time_of


class Taken(Struct, frozen=True):
    """What one run took from one repository."""

    tags: tuple[TagEntry, ...] = ()
    manifests: tuple[ManifestEntry, ...] = ()


def doomed(purge: Purge, contents: RegistryContents, now: datetime) -> Doomed:
    """What the purge would take if it ran now; of a ``--dry-run``, what it would list.

    Never raises. What cannot be foretold of a repository is ``refused`` with its reason, and then
    nothing of that repository is listed.
    """
    return doomed_in_turn((purge,), contents, now)


def doomed_in_turn(purges: Sequence[Purge], contents: RegistryContents, now: datetime) -> Doomed:
    """What purges take together that run one after another, each on what the former left."""
    refused: list[str] = []
    ready = [*_ready(purges, refused)]
    tags, manifests = list[str](), list[str]()
    for repository in contents.repositories:
        concerning = [(p, f) for p, f in ready if f.concern(repository.name)]
        if not concerning:
            continue
        try:
            shelf = Shelf(repository)
            taken = [take(purge, filters, shelf, now) for purge, filters in concerning]
        except RefusedError as why:
            refused.append(f"{repository.name}: {why}")
            continue
        tags += [f"{repository.name}:{tag.name}" for part in taken for tag in part.tags]
        manifests += [f"{repository.name}@{m.digest}" for part in taken for m in part.manifests]
    return Doomed(tuple(sorted(tags)), tuple(sorted(manifests)), tuple(sorted(set(refused))))


def _ready(purges: Sequence[Purge], refused: list[str]) -> Iterator[tuple[Purge, Filters]]:
    for purge in purges:
        try:
            yield purge, Filters(purge)
        except RefusedError as why:
            refused.append(str(why))


def take(purge: Purge, filters: Filters, shelf: Shelf, now: datetime) -> Taken:
    """Run the purge on one repository that it concerns, and take from the shelf what it takes.

    Raises:
        RefusedError: when that is not known; the shelf may have lost its tags then.

    """
    cutoff = cutoff_of(purge, now)
    tags = _tags(purge, filters, shelf, cutoff)
    shelf.untag(tags)
    manifests = []
    if purge.untagged or purge.untagged_only:
        manifests = dangling(purge, shelf, cutoff)
        shelf.delete(manifests)
    return Taken(tuple(tags), tuple(manifests))


def cutoff_of(purge: Purge, now: datetime) -> datetime:
    """What is older than this may go."""
    ago = purge.ago or timedelta(0)
    try:
        return now - ago
    except OverflowError:
        return now.replace(year=1) if ago > timedelta(0) else now.replace(year=9999)


def _tags(purge: Purge, filters: Filters, shelf: Shelf, cutoff: datetime) -> list[TagEntry]:
    """Old enough, matching and unlocked; then without the newest ``keep`` of those."""
    pattern = filters.tag_pattern(shelf.name)
    if pattern is None:
        return []
    if purge.tag_limits.given:
        return _counted(purge, shelf.matching(pattern), cutoff)
    candidates = shelf.older(pattern, cutoff, locked=purge.include_locked)
    return candidates[: max(0, len(candidates) - purge.keep)]


def _counted(purge: Purge, newest_first: Sequence[TagEntry], cutoff: datetime) -> list[TagEntry]:
    """What goes by ``--min-tags`` and ``--max-tags``, oldest first; locked ones have a rank too."""
    going = [
        tag
        for rank, tag in enumerate(newest_first, start=1)
        if purge.tag_limits.let_go(rank, old=purge.ago is not None and time_of(tag) < cutoff)
        and (purge.include_locked or not tag.changeable_attributes.locked)
    ]
    return going[::-1]
