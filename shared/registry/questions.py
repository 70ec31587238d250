"""Single questions to registries that are known: what a repository holds, its locks, its plan."""

import asyncio
from collections.abc import Collection, Mapping

from shared.domain.cleanup import Attributes, RepositoryContents
from shared.domain.facts.base import CouldNotLookError
from shared.domain.forecast import SeenPlan
from shared.domain.images import Digest, ImageReference, InvalidReferenceError, parse_reference
from shared.domain.pulls import Registry
from shared.registry import contents, listing, locking
from shared.registry.base import TagListing
from shared.registry.cleanup_plans import CleanupPlans
from shared.registry.data_plane import DataPlane
from shared.registry.management import Management
from shared.registry.repository import NotThereError, Repository
from shared.registry.tokens import Tokens


class Questions:
    """The part of `RegistryEnd` that answers one question at a time."""

    def __init__(
        self, management: Management, plane: DataPlane, tokens: Tokens, plans: CleanupPlans
    ) -> None:
        """Ask with these."""
        self._management = management
        self._plane = plane
        self._tokens = tokens
        self._plans = plans

    async def catalog(self, registry: Registry) -> tuple[str, ...]:
        """
        The names of a registry's repositories.

        Raises:
            CouldNotLookError: they could not be listed.

        """
        return await contents.repositories_of(await self._known(registry, "any"))

    async def contents(
        self, registry: Registry, repository: str, *, bodies: bool
    ) -> RepositoryContents:
        """
        A whole repository as a purge finds it; ``bodies`` where untagged manifests matter.

        Raises:
            CouldNotLookError: it could not be read completely; nothing may be concluded.

        """
        known = await self._known(registry, repository)
        return await contents.read_contents(known, bodies=bodies)

    async def tags(self, registry: Registry, repository: str) -> TagListing:
        """
        A complete listing, for `watch`.

        Raises:
            CouldNotLookError: it could not be read completely; nothing may be concluded.

        """
        return await listing.watch(await self._known(registry, repository))

    async def stamp(self, registry: Registry, repository: str) -> str:
        """
        What changes whenever a repository does: one request. Empty for no repository.

        Raises:
            CouldNotLookError: it could not be read.

        """
        try:
            return (await (await self._known(registry, repository)).own()).stamp
        except NotThereError:
            return ""

    async def present(
        self, registry: Registry, repository: str, references: Collection[str]
    ) -> Mapping[str, Digest]:
        """
        Which of some tags and digests are handed out, and their digests: a request for each.

        Raises:
            CouldNotLookError: of one of them it is not sure.

        """
        home = await self._known(registry, repository)
        found = await asyncio.gather(*map(home.held, references))
        held = zip(references, found, strict=True)
        return {reference: Digest(digest) for reference, digest in held if digest is not None}

    async def cleanup(self, registry: Registry) -> SeenPlan:
        """What takes images from a registry by itself, read from ARM. Raises CouldNotLookError."""
        directory = await self._management.directory()
        return await self._plans.of(directory.profile(registry.login_server))

    async def locks(self, registry: Registry, repository: str, reference: str) -> Attributes | None:
        """The locks of a tag or a manifest, asked for now. Raises CouldNotLookError."""
        return await locking.read(await self._known(registry, repository), reference)

    async def lock(
        self, registry: Registry, repository: str, reference: str, *, delete_enabled: bool
    ) -> None:
        """Set or take away one lock. Raises NotPermittedError and CouldNotLookError."""
        known = await self._known(registry, repository)
        profile = (await self._management.directory()).profile(registry.login_server)
        await locking.write(known, profile, reference, delete_enabled=delete_enabled)

    async def _known(self, registry: Registry, repository: str) -> Repository:
        """A repository of a registry that is known: tokens go nowhere else."""
        known = (await self._management.directory()).registry(registry.login_server)
        return self._named(known, repository)

    def _named(self, known: Registry | None, name: str) -> Repository:
        if known is None or not is_valid(ImageReference(known.login_server, name, tag="latest")):
            raise CouldNotLookError(f"{name[:200]!r} is in no registry that is known")
        return self._repository(known, name)

    def _repository(self, registry: Registry, name: str) -> Repository:
        return Repository(self._plane, self._tokens, registry.login_server, name)


def is_valid(image: ImageReference) -> bool:
    """Whether docker would ask for it: whatever else came from an event goes into no URL."""
    try:
        return parse_reference(str(image)) == image
    except InvalidReferenceError:
        return False
