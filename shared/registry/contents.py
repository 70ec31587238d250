"""A whole repository as a purge finds it: both listings, and the bodies that no listing tells.

Requests: a page of 1,000 of each listing; with ``bodies`` one more for each index whose children no
listing tells, and for each untagged OCI manifest that may be a referrer.
"""

import asyncio
from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from shared.domain.cleanup import ManifestEntry, RepositoryContents
from shared.domain.facts.base import CouldNotLookError
from shared.registry.listing import collect, manifests_of, tags_of
from shared.registry.repository import NotThereError, Repository
from shared.registry.wire import INDEXES, CatalogPage, Descriptor, Entry, ManifestPage, TagPage

MOST_PAGES = 500
MOST_BODIES = 1_000
"""Manifests of one repository that are read; more are not worth their requests."""

_MAY_REFER = frozenset(
    {
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.artifact.manifest.v1+json",
    }
)


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
            collect(repository.manifests(), ManifestPage, manifests_of, MOST_PAGES),
            collect(repository.tags(), TagPage, tags_of, MOST_PAGES),
        )
    except NotThereError:
        return RepositoryContents(repository.name)
    if not all_manifests or not all_tags:
        raise CouldNotLookError(f"{repository.name} has more than {MOST_PAGES} pages")
    entries = [_manifest(entry) for entry in manifests.values()]
    if bodies:
        entries = await _with_bodies(repository, entries, {tag.digest for tag in tags.values()})
    in_cleanup = tuple(tag.in_cleanup() for tag in tags.values())
    return RepositoryContents(repository.name, in_cleanup, tuple(entries))


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
    return entry.in_cleanup(child.digest for child in listed)


def _names_of(page: CatalogPage) -> Mapping[str, None]:
    return dict.fromkeys(page.repositories or ())
