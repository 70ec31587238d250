"""What clean-ups will take of repositories: the plan from ARM, simulated over a whole listing."""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from msgspec.structs import replace

from shared.domain.cleanup import (
    Loss,
    LossKind,
    RefusedError,
    RepositoryContents,
    Trap,
    lint,
)
from shared.domain.cleanup.foresight import foretell
from shared.domain.facts.base import (
    CouldNotLookError,
    Evidence,
    Observation,
    Unavailable,
    attempt,
)
from shared.domain.facts.cleanup import CleanupForecast, FoundTrap, Ordered, Refusal
from shared.domain.facts.registry import ImageContent, ManifestAnswer, RegistryProfile
from shared.domain.forecast import (
    HORIZON,
    SeenPlan,
    concerns,
    of_pull,
    orders,
    refusals,
    takes_untagged,
)
from shared.domain.pulls import Pull, Registry
from shared.registry.cleanup_plans import CleanupPlans
from shared.registry.images import Images
from shared.registry.listing import Listing
from shared.registry.login_server import LoginServer
from shared.registry.repository import NotThereError, Repository

MOST_INDEXES = 200
"""Indexes of a repository that are read in order to know their children."""
TOO_MANY = f"more than {MOST_INDEXES} indexes: it is not known which untagged manifests they list"

type Forecast = CleanupForecast | Unavailable


class Foresight:
    """Foretells. A repository that no plan concerns costs no request."""

    def __init__(
        self,
        plans: CleanupPlans,
        images: Images,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read plans; list repositories with what lists images, so that both share a listing."""
        self._plans = plans
        self._images = images
        self._now = now

    async def plan_of(self, server: LoginServer) -> SeenPlan | Unavailable:
        """Read the plan of a login server's registry. It never raises."""
        try:
            return await self._plans.of(_profile(server))
        except CouldNotLookError as why:
            return Unavailable.of(CleanupForecast, str(why))

    async def of_registry(
        self, server: LoginServer, in_use: Collection[str] = ()
    ) -> CleanupForecast:
        """
        Say what is wrong with the plan itself, whatever it takes: every command is examined.

        ``in_use`` are the repositories that workloads pull from.

        Raises:
            CouldNotLookError: the plan cannot be read.

        """
        seen = await self._plans.of(_profile(server))
        found = [Ordered(task.name, one) for task in seen.active for one in task.commands]
        return CleanupForecast(
            until=self._now() + HORIZON,
            traps=_traps(found, tuple(in_use)),
            refused=tuple(Refusal(t.name, why) for t in seen.active for why in t.refused),
            unseen=seen.unseen,
        )

    async def of_all(
        self,
        server: LoginServer,
        plan: SeenPlan | Unavailable,
        names: Collection[str],
        named: Callable[[Registry | None, str], Repository],
    ) -> dict[str, Forecast]:
        """Foretell what becomes of repositories. It never raises."""

        async def of(name: str) -> Forecast:
            if isinstance(plan, Unavailable):
                return plan

            async def look() -> CleanupForecast:
                repository = named(server.registry, name)
                return await self.of(_profile(server), plan, repository, server.obstacle)

            return await attempt(CleanupForecast, look)

        return dict(zip(names, await asyncio.gather(*map(of, names)), strict=True))

    async def of(
        self, profile: RegistryProfile, seen: SeenPlan, repository: Repository, obstacle: str
    ) -> CleanupForecast:
        """
        Foretell what becomes of a whole repository.

        ``obstacle`` is why its registry cannot be asked anything, empty for nothing.

        Raises:
            CouldNotLookError: a plan concerns it, and what it holds could not be listed.

        """
        nothing = CleanupForecast(until=self._now() + HORIZON, unseen=seen.unseen)
        if not concerns(seen, repository.name):
            return nothing
        found = orders(seen, repository.name)
        known = replace(nothing, orders=found, traps=_traps(found, (repository.name,)))
        if obstacle:
            raise CouldNotLookError(obstacle)
        try:
            return await self._simulated(profile, seen, repository, known)
        except NotThereError:
            return known

    async def _simulated(
        self,
        profile: RegistryProfile,
        seen: SeenPlan,
        repository: Repository,
        known: CleanupForecast,
    ) -> CleanupForecast:
        listed = await self._images.whole(repository)
        contents, sure = await self._contents(seen, repository, listed)
        now = self._now()
        foretold = foretell(seen.plan, contents, now, HORIZON)
        losses, refused = foretold.losses, refusals(seen, foretold.refused)
        if not sure:
            losses = tuple(loss for loss in losses if loss.kind is LossKind.UNTAGGED)
            refused = (*refused, Refusal("", TOO_MANY))
        days = await self._soft_delete(profile, losses)
        return replace(
            known, until=now + HORIZON, losses=losses, refused=refused, soft_delete_days=days
        )

    async def _contents(
        self, seen: SeenPlan, repository: Repository, listed: Listing
    ) -> tuple[RepositoryContents, bool]:
        """The repository, and whether it is known what its indexes list, where that matters."""
        matters = takes_untagged(seen, repository.name)
        indexes = [one for one in listed.manifests.values() if one.is_index]
        sure = not matters or len(indexes) <= MOST_INDEXES
        children = await self._images.children(repository, indexes) if matters and sure else {}
        manifests = tuple(
            entry.in_cleanup(children.get(digest, ())) for digest, entry in listed.manifests.items()
        )
        tags = tuple(tag.in_cleanup() for tag in listed.tags.values())
        return RepositoryContents(repository.name, tags, manifests), sure

    async def _soft_delete(self, profile: RegistryProfile, losses: Collection[Loss]) -> int | None:
        """Asked only where something goes; that it cannot be read takes nothing from the rest."""
        if not losses:
            return None
        try:
            return await self._plans.soft_delete_days(profile.resource_id)
        except CouldNotLookError:
            return None


def _profile(server: LoginServer) -> RegistryProfile:
    found = (one for one in server.facts if isinstance(one, RegistryProfile))
    if profile := next(found, None):
        return profile
    raise CouldNotLookError("the registry cannot be read in Azure Resource Manager")


def for_pull(pull: Pull, whole: Forecast, observed: Collection[Observation]) -> Forecast:
    """The part of a forecast that concerns one pull, by what was observed of its image."""
    if isinstance(whole, Unavailable):
        return whole
    seen = Evidence(observed)
    answer, content = seen.get(ManifestAnswer), seen.get(ImageContent)
    children = [child.digest for child in content.children] if content else []
    digests = {pull.image.digest, pull.running, answer.digest if answer else "", *children} - {""}
    return of_pull(whole, pull.image.tag, digests, by_digest=bool(pull.image.digest))


def _traps(found: Collection[Ordered], in_use: tuple[str, ...]) -> tuple[FoundTrap, ...]:
    return tuple(
        FoundTrap(one.task, one.command, trap) for one in found for trap in _lint(one, in_use)
    )


def _lint(one: Ordered, in_use: tuple[str, ...]) -> Collection[Trap]:
    try:
        return lint(one.command, in_use, in_use)
    except RefusedError:
        return ()
