"""A whole repository as a purge finds it: both listings, and the bodies that no listing tells.

Requests: a page of 1,000 of each listing; with ``bodies`` one more for each index whose children no
listing tells, and for each untagged OCI manifest that may be a referrer.
"""

import asyncio
from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.cleanup import Attributes, ManifestEntry, RepositoryContents, TagEntry
from shared.domain.clock import utc
from shared.domain.facts.base import CouldNotLookError
from shared.registry.listing import collect
from shared.registry.repository import NotThereError, Repository
from shared.registry.wire import INDEXES, CatalogPage, Descriptor, Entry, Locks, ManifestPage

MOST_PAGES = 500
MOST_BODIES = 1_000
"""Manifests of one repository that are read; more are not worth their requests."""

_MAY_REFER = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.artifact.manifest.v1+json",
    }
)


class DatedTag(Struct, frozen=True, rename="camel"):
    """A tag in ``_tags``, with its time."""

    name: str
    digest: str = ""
    last_update_time: str | None = None
    changeable_attributes: Locks | None = None


class DatedTagPage(Struct, frozen=True):
    """A page of ``/acr/v1/{repository}/_tags``."""

    tags: tuple[DatedTag, ...] | None = None


class Body(Struct, frozen=True):
    """What a manifest refers to: an index's children, a referrer's subject."""

    manifests: tuple[Descriptor, ...] | None = None
    subject: Descriptor | None = None


async def read_contents(repository: Repository, *, bodies: bool) -> RepositoryContents:
    """
    Read everything that a purge looks at; ``bodies`` where it deletes untagged manifests.

    A repository that is not there is empty.

    Raises:
        CouldNotLookError: it could not be read to its end; nothing may be concluded.

    """
    try:
        (manifests, all_manifests), (tags, all_tags) = await asyncio.gather(
            collect(repository.manifests(), ManifestPage, _manifests_of, MOST_PAGES),
            collect(repository.tags(), DatedTagPage, _tags_of, MOST_PAGES),
        )
    except NotThereError:
        return RepositoryContents(repository.name)
    if not all_manifests or not all_tags:
        raise CouldNotLookError(f"{repository.name} has more than {MOST_PAGES} pages")
    entries = [_manifest(entry) for entry in manifests.values()]
    if bodies:
        entries = await _with_bodies(repository, entries, {tag.digest for tag in tags.values()})
    return RepositoryContents(repository.name, tuple(map(_tag, tags.values())), tuple(entries))


async def repositories_of(registry: Repository) -> tuple[str, ...]:
    """
    The names of all repositories of the registry that this one is in.

    Raises:
        CouldNotLookError: the catalog could not be read to its end.

    """
    names, complete = await collect(registry.catalog(), CatalogPage, _names_of, MOST_PAGES)
    if not complete:
        raise CouldNotLookError(f"the catalog has more than {MOST_PAGES} pages")
    return tuple(names)


async def _with_bodies(
    repository: Repository, entries: list[ManifestEntry], tagged: Collection[str]
) -> list[ManifestEntry]:
    """Indexes first: what they list is no referrer, and need not be read."""
    indexes = [one for one in entries if one.media_type in INDEXES and not one.references]
    known = {one.digest: one for one in entries} | await _read(repository, indexes)
    children = {child for one in known.values() for child in one.references}
    loose = [
        one
        for one in known.values()
        if one.media_type in _MAY_REFER
        and not one.tags
        and one.digest not in tagged
        and one.digest not in children
    ]
    return [*(known | await _read(repository, loose)).values()]


async def _read(
    repository: Repository, entries: Collection[ManifestEntry]
) -> dict[str, ManifestEntry]:
    if len(entries) > MOST_BODIES:
        raise CouldNotLookError(
            f"{repository.name} has more than {MOST_BODIES} manifests that would have to be read"
        )
    found = await asyncio.gather(*(_with_body(repository, entry) for entry in entries))
    return {entry.digest: entry for entry in found}


async def _with_body(repository: Repository, entry: ManifestEntry) -> ManifestEntry:
    reply = await repository.manifest(entry.digest)
    if reply.gone:
        return entry
    body = reply.read(Body)
    return replace(
        entry,
        references=tuple(child.digest for child in body.manifests or ()) or entry.references,
        subject=body.subject.digest if body.subject else "",
    )


def _manifest(entry: Entry) -> ManifestEntry:
    listed = entry.references or () if entry.is_index else ()
    state = entry.state()
    return ManifestEntry(
        digest=entry.digest,
        media_type=entry.media_type or "",
        last_update_time=state.updated,
        tags=tuple(entry.tags or ()),
        references=tuple(child.digest for child in listed),
        changeable_attributes=Attributes(state.delete_enabled, state.write_enabled),
    )


def _tag(tag: DatedTag) -> TagEntry:
    locks = tag.changeable_attributes or Locks()
    try:
        at = utc(tag.last_update_time or "")
    except (ValueError, OverflowError):
        at = None
    open_to = Attributes(locks.delete_enabled is not False, locks.write_enabled is not False)
    return TagEntry(tag.name, tag.digest, at, open_to)


def _manifests_of(page: ManifestPage) -> Mapping[str, Entry]:
    return {entry.digest: entry for entry in page.manifests or ()}


def _tags_of(page: DatedTagPage) -> Mapping[str, DatedTag]:
    return {tag.name: tag for tag in page.tags or ()}


def _names_of(page: CatalogPage) -> Mapping[str, None]:
    return dict.fromkeys(page.repositories or ())
