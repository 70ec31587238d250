"""Listings of a repository: one answer for many images, where it is worth its pages."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from shared.domain.facts.base import CouldNotLookError
from shared.domain.images import Digest
from shared.registry.answers import Reply
from shared.registry.base import TagListing
from shared.registry.repository import NotThereError, Repository, next_page
from shared.registry.wire import Entry, ManifestPage, TagEntry, TagPage

MOST_PAGES = 20
"""Pages that are read to answer for images; longer listings are not worth it."""
MOST_PAGES_TO_WATCH = 500
MOST_PAGES_TO_FORESEE = 50
"""Pages of 1,000: what ``--keep`` spares depends on every tag."""


@dataclass(frozen=True)
class Listing:
    """Manifests by digest and tags by name; ``complete`` where nothing was left unread."""

    manifests: Mapping[str, Entry] = field(default_factory=dict)
    tags: Mapping[str, TagEntry] = field(default_factory=dict)
    complete: bool = True

    def find(self, reference: str) -> Entry | None:
        """
        The manifest of a tag or digest, where the listing may stand in for a request.

        None for whatever is not plainly pullable, locked or quarantined: that must be asked for.
        """
        digest = reference
        if ":" not in reference:
            tag = self.tags.get(reference)
            if tag is None or not tag.readable:
                return None
            digest = tag.digest
        entry = self.manifests.get(digest)
        if entry is None or not entry.readable or not entry.media_type:
            return None
        return entry


async def read(repository: Repository, most: int, *, tags: bool) -> Listing:
    """
    List at most so many pages of manifests, and of tags too where tags are looked for.

    Raises:
        CouldNotLookError: a page could not be read.

    """
    manifests = collect(repository.manifests(), ManifestPage, manifests_of, most)
    if not tags:
        found, complete = await manifests
        return Listing(found, complete=complete)
    named = collect(repository.tags(), TagPage, tags_of, most)
    (found, complete), (names, all_named) = await asyncio.gather(manifests, named)
    return Listing(found, names, complete and all_named)


async def watch(repository: Repository) -> TagListing:
    """
    List all of a repository.

    Raises:
        CouldNotLookError: it could not be read to its end.

    """
    pages = 0

    def counted(page: ManifestPage) -> Mapping[str, Entry]:
        nonlocal pages
        pages += 1
        return manifests_of(page)

    try:
        manifests, complete = await collect(
            repository.manifests(), ManifestPage, counted, MOST_PAGES_TO_WATCH
        )
    except NotThereError:
        return TagListing(repository.name, None, orphans_known=True)
    if not complete:
        raise CouldNotLookError(
            f"{repository.host}/{repository.name} has more than {MOST_PAGES_TO_WATCH} pages"
        )
    tags = {tag: Digest(one.digest) for one in manifests.values() for tag in one.tags or ()}
    orphans = tuple(Digest(one.digest) for one in manifests.values() if not one.tags)
    return TagListing(repository.name, tags, orphans, orphans_known=True, pages=pages)


async def collect[T, V](
    pages: AsyncGenerator[Reply],
    shape: type[T],
    items_of: Callable[[T], Mapping[str, V]],
    most: int,
    wanted: Collection[str] | None = None,
) -> tuple[dict[str, V], bool]:
    """
    Read at most so many pages, or until all that is wanted was found; whether that was all of it.

    Raises:
        NotThereError: the registry says that there is no such thing.
        CouldNotLookError: a page could not be read.

    """
    found: dict[str, V] = {}
    count = 0
    async with aclosing(pages):
        async for page in pages:
            found.update(items_of(page.read(shape)))
            count += 1
            if count >= most or (wanted is not None and found.keys() >= set(wanted)):
                return found, not next_page(page)
    return found, True


def manifests_of(page: ManifestPage) -> Mapping[str, Entry]:
    """The manifests of a page by digest."""
    return {entry.digest: entry for entry in page.manifests or ()}


def tags_of(page: TagPage) -> Mapping[str, TagEntry]:
    """The tags of a page by name."""
    return {entry.name: entry for entry in page.tags or ()}
