"""What stands near a missing name, and whether soft delete still has it. Asked only then."""

import asyncio
import difflib
import heapq
from collections.abc import Iterable, Mapping

from shared.adapters.arm import Arm
from shared.adapters.resilience import cached
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import Neighbours, SoftDeleted
from shared.domain.images import Digest
from shared.domain.likeness import likeness
from shared.domain.pulls import Registry
from shared.registry.listing import collect, tags_of
from shared.registry.repository import NotThereError, Repository
from shared.registry.wire import CatalogPage, DeletedEntry, DeletedPage, TagEntry, TagPage

MOST_NAMES = 50
"""Names kept as evidence, the most similar ones."""
MOST_PAGES = 5
SOFT_DELETE_VERSION = "2023-11-01-preview"
"""The policy is in no stable api version (2025-11-01 does not have it)."""


class Surroundings:
    """Looks around where something is missing; what it reads is shared for a while."""

    def __init__(self, arm: Arm, seconds: float, fleeting: float = 0) -> None:
        """Keep a registry's catalog so long (s), tags and what was deleted only ``fleeting``."""
        self._arm = arm
        self._catalog = cached(_catalog, seconds=seconds)
        self._tags = cached(_tags, seconds=fleeting)
        self.soft_deleted = cached(self._soft_deleted, seconds=fleeting)

    async def look(
        self, repository: Repository, reference: str, *, exists: bool | None = None
    ) -> Neighbours:
        """
        Names near the missing one. What cannot be read is None in it.

        ``exists`` is False where the registry has said already that there is no such repository.
        """
        if exists is False:
            return Neighbours(repository_exists=False, repositories=await self._names(repository))
        try:
            tags = await self._tags(repository)
        except NotThereError:
            return Neighbours(repository_exists=False, repositories=await self._names(repository))
        except CouldNotLookError:
            return Neighbours(repository_exists=None, repositories=await self._names(repository))
        return Neighbours(repository_exists=True, tags=await _closest(reference, tags))

    async def _soft_deleted(
        self, registry: Registry, repository: Repository, reference: str
    ) -> SoftDeleted:
        """
        Whether it can be restored.

        Raises:
            CouldNotLookError: the policy or what is deleted could not be read.

        """
        if not registry.resource_id:
            raise CouldNotLookError("the registry's policies cannot be read")
        found = await self._arm.get(registry.resource_id, SOFT_DELETE_VERSION)
        if not _enabled(found):
            return SoftDeleted(enabled=False)
        kind, of_page = ("_manifests", _by_digest) if ":" in reference else ("_tags", _by_tag)
        try:
            deleted, complete = await collect(
                repository.deleted(kind), DeletedPage, of_page, MOST_PAGES, [reference]
            )
        except NotThereError:
            return SoftDeleted(enabled=True)
        if entry := deleted.get(reference):
            return SoftDeleted(enabled=True, found=True, digest=Digest(entry.digest))
        if not complete:
            raise CouldNotLookError("too much is soft-deleted to look through")
        return SoftDeleted(enabled=True)

    async def _names(self, repository: Repository) -> tuple[str, ...] | None:
        try:
            names = await self._catalog(
                Repository(repository.plane, repository.tokens, repository.host, "")
            )
        except CouldNotLookError:
            return None
        return await _closest(repository.name, names)


def closest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """The most similar names, the closest first."""
    matcher = difflib.SequenceMatcher(b=name, autojunk=False)

    def roughly(other: str) -> tuple[float, str]:
        matcher.set_seq1(other)
        return matcher.quick_ratio(), other

    def exactly(other: str) -> tuple[float, str]:
        return likeness(other, name), other

    # the exact measure is slow: the rough one chooses for whom it is worth it
    near = heapq.nlargest(4 * MOST_NAMES, set(names), key=roughly)
    return tuple(heapq.nlargest(MOST_NAMES, near, key=exactly))


async def _closest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Thousands of names take a while, in which everybody else's work must go on."""
    return await asyncio.to_thread(closest, name, names)


async def _tags(repository: Repository) -> dict[str, TagEntry]:
    return (await collect(repository.tags(), TagPage, tags_of, MOST_PAGES))[0]


async def _catalog(registry: Repository) -> tuple[str, ...]:
    found, _ = await collect(registry.catalog(), CatalogPage, _repositories, MOST_PAGES)
    return tuple(found)


def _repositories(page: CatalogPage) -> Mapping[str, None]:
    return dict.fromkeys(page.repositories or ())


def _by_tag(page: DeletedPage) -> Mapping[str, DeletedEntry]:
    return {entry.tag: entry for entry in page.tags or ()}


def _by_digest(page: DeletedPage) -> Mapping[str, DeletedEntry]:
    return {entry.digest: entry for entry in page.manifests or ()}


def _enabled(registry: Mapping[str, object]) -> bool:
    found: object = registry
    for key in ("properties", "policies", "softDeletePolicy", "status"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return isinstance(found, str) and found.lower() == "enabled"
