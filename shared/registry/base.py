"""What the registry end of a pull is."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from shared.domain.cleanup import Attributes, RepositoryContents
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError, Observation
from shared.domain.facts.registry import ImageContent
from shared.domain.facts.workload import PullIdentity
from shared.domain.forecast import SeenPlan
from shared.domain.images import Digest
from shared.domain.pulls import Pull, Registry
from shared.domain.removals import Removal

type Contents = Mapping[Digest, ImageContent]
"""What indexes consist of, by their digest."""
NOTHING_KNOWN: Contents = MappingProxyType({})


class Registries(Struct, frozen=True):
    """The registries that the monitor can read, and what it could not look at."""

    known: tuple[Registry, ...]
    gaps: tuple[Gap, ...] = ()


class TagListing(Struct, frozen=True):
    """Every tag of a repository and the digest it points to, or None for no such repository.

    ``orphans`` are digests that exist without a tag; they mean something only where
    ``orphans_known`` says that manifests were listed, not tags alone. ``pages`` is what it took.
    """

    repository: str
    tags: dict[str, Digest] | None
    orphans: tuple[Digest, ...] = ()
    orphans_known: bool = False
    pages: int = 1


class Removed(Struct, frozen=True):
    """What resource logs tell of removals.

    ``watched`` are the login servers that send their logs somewhere; ``gaps`` what could not be
    read of them.
    """

    removals: tuple[Removal, ...] = ()
    gaps: tuple[Gap, ...] = ()
    watched: frozenset[str] = frozenset()


class NotPermittedError(CouldNotLookError):
    """The app's identity lacks a right; ``commands`` grant it."""

    def __init__(self, message: str, commands: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.commands = commands


class RegistryEnd(Protocol):
    """The pulled end. All methods count as few requests as they can: ACR and ARM throttle."""

    async def registries(self) -> Registries:
        """Every registry in scope (settings REGISTRIES and SUBSCRIPTIONS)."""

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        """The registry end of each pull. One listing serves the pulls of one repository.

        What is ``known`` is not asked for again: what a digest consists of never changes.
        What a registry answers is a fact; what cannot be read is `Unavailable`.
        """

    async def health(
        self, host: str, repository: str, in_use: Collection[str] = ()
    ) -> tuple[Observation, ...]:
        """A registry as such, with the monitor's own login, for a repository if one is named.

        ``in_use`` are the repositories that workloads pull from: a purge of those is examined.
        """

    async def cleanup(self, registry: Registry) -> SeenPlan:
        """What takes images from a registry by itself: one request to ARM.

        Raises:
            CouldNotLookError: it could not be read; that is not "nothing".

        """

    async def locks(self, registry: Registry, repository: str, reference: str) -> Attributes | None:
        """The locks of a tag or a manifest, asked for now; None for one that is not there.

        Raises:
            CouldNotLookError: it could not be read.

        """

    async def lock(
        self, registry: Registry, repository: str, reference: str, *, delete_enabled: bool
    ) -> None:
        """Let nobody delete a tag or a manifest, or let them again. Nothing else of it changes.

        Raises:
            NotPermittedError: the app may not, and what would let it.
            CouldNotLookError: it was not done.

        """

    async def catalog(self, registry: Registry) -> tuple[str, ...]:
        """The names of a registry's repositories.

        Raises:
            CouldNotLookError: they could not be listed.

        """

    async def contents(
        self, registry: Registry, repository: str, *, bodies: bool
    ) -> RepositoryContents:
        """A whole repository as a purge finds it; ``bodies`` where untagged manifests matter.

        Raises:
            CouldNotLookError: it could not be read completely; nothing may be concluded.

        """

    async def tags(self, registry: Registry, repository: str) -> TagListing:
        """A complete listing, for `watch`.

        Raises:
            CouldNotLookError: it could not be read completely; nothing may be concluded.

        """

    async def stamp(self, registry: Registry, repository: str) -> str:
        """What changes whenever a repository does, for one request; empty for no repository.

        Raises:
            CouldNotLookError: it could not be read.

        """

    async def present(
        self, registry: Registry, repository: str, references: Collection[str]
    ) -> Mapping[str, Digest]:
        """Which of some tags and digests are handed out, and the digests: a request for each.

        Raises:
            CouldNotLookError: of one of them it is not sure.

        """

    async def elsewhere(
        self, pull: Pull, digest: Digest, *, restorable: bool = False
    ) -> tuple[Observation, ...]:
        """What of a missing image is left, here by its digest or in another known registry.

        Where it is ``restorable`` from soft delete already, that is not asked for again.
        """

    async def removals(
        self, registries: Iterable[Registry], since: datetime, until: datetime
    ) -> Removed:
        """What resource logs tell of removals. What cannot be read is a gap."""
