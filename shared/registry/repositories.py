"""The repositories of known registries: what the watch, clean-ups and lost images ask of them."""

import asyncio
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from shared.adapters.resilience import cached
from shared.domain.cleanup import RepositoryContents
from shared.domain.facts.base import CouldNotLookError, Observation, attempt
from shared.domain.facts.beside import TaskRuns
from shared.domain.facts.registry import SoftDeleted
from shared.domain.images import Digest, ImageReference, InvalidReferenceError, parse_reference
from shared.domain.pulls import Pull, Registry
from shared.registry import contents, elsewhere, listing
from shared.registry.base import TagListing
from shared.registry.data_plane import DataPlane
from shared.registry.images import Observations
from shared.registry.management import Management
from shared.registry.neighbours import Surroundings
from shared.registry.repository import NotThereError, Repository
from shared.registry.runs import Runs
from shared.registry.tokens import Tokens


class Repositories:
    """One part of `RegistryObserver`: it asks one repository of a registry that is known."""

    def __init__(
        self,
        plane: DataPlane,
        tokens: Tokens,
        management: Management,
        runs: Runs,
        around: Surroundings,
    ) -> None:
        """Ask over this data plane, with these tokens, of the registries in this directory."""
        self._plane, self._tokens, self._management = plane, tokens, management
        self._runs, self._around = runs, around
        self._elsewhere = cached(elsewhere.look, seconds=0)

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

    async def elsewhere(self, pull: Pull, digest: Digest) -> tuple[Observation, ...]:
        """What of a missing image is left, here or in another known registry, and what ran."""
        wanted = replace(pull.image, tag="", digest=digest)
        directory = await self._management.directory()
        home = directory.registry(pull.image.registry)
        if home is None or not is_name(wanted):
            return ()
        others = [one for one in directory.registries.known if one != home]
        name = pull.image.repository
        here = self._repository(home, name)
        left, deleted, runs = await asyncio.gather(
            self._elsewhere(here, tuple(self._repository(other, name) for other in others), digest),
            attempt(SoftDeleted, lambda: self._around.soft_deleted(home, here, digest)),
            attempt(TaskRuns, lambda: self._runs.of(home.resource_id)),
        )
        more: Observations = (runs,) if home.resource_id else ()
        if isinstance(deleted, SoftDeleted) and deleted.found:
            more = (deleted, *more)  # by its digest; by its tag it may not be listed any more
        return (*left, *more)

    async def _known(self, registry: Registry, repository: str) -> Repository:
        """A repository of a registry that is known: tokens go nowhere else."""
        known = (await self._management.directory()).registry(registry.login_server)
        return self._named(known, repository)

    def _named(self, known: Registry | None, name: str) -> Repository:
        if known is None or not is_name(ImageReference(known.login_server, name, tag="latest")):
            raise CouldNotLookError(f"{name[:200]!r} is in no registry that is known")
        return self._repository(known, name)

    def _repository(self, registry: Registry, name: str) -> Repository:
        return Repository(self._plane, self._tokens, registry.login_server, name)


def is_name(image: ImageReference) -> bool:
    """Whether docker would ask for it: whatever else came from an event goes into no URL."""
    try:
        return parse_reference(str(image)) == image
    except InvalidReferenceError:
        return False
