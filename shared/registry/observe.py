"""The registry end of a pull: `RegistryObserver` is the `RegistryEnd` that the app uses."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.dns import Dns
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.adapters.logs import Logs
from shared.adapters.resilience import cached
from shared.domain.capacity import LIMITS, near
from shared.domain.facts.base import CouldNotLookError, Fact, Observation, Unavailable, attempt
from shared.domain.facts.beside import (
    CacheRule,
    Encryption,
    EndpointNames,
    PullsByIdentity,
    RegistryLoad,
    TaskRuns,
    TokenAnswers,
)
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.registry import (
    RegistryProfile,
    SoftDeleted,
)
from shared.domain.facts.workload import PullIdentity
from shared.domain.images import Digest
from shared.domain.pulls import Pull, Registry
from shared.registry import health, pullers
from shared.registry.access import Access
from shared.registry.base import NOTHING_KNOWN, Contents, Registries, Removed
from shared.registry.cache_rules import CacheRules
from shared.registry.cleanup_plans import CleanupPlans
from shared.registry.data_plane import DataPlane
from shared.registry.elsewhere import ElsewhereLooker
from shared.registry.foresight import Foresight, for_pull
from shared.registry.held_rights import HeldRights
from shared.registry.images import Images
from shared.registry.images_in_use import ImagesInUse
from shared.registry.login_server import LoginServer, LoginServers
from shared.registry.management import Management
from shared.registry.neighbours import Surroundings
from shared.registry.one_image import Observations
from shared.registry.questions import Questions, is_valid
from shared.registry.removals import ResourceLogs
from shared.registry.repository import Repository
from shared.registry.runs import Runs
from shared.registry.tokens import Tokens
from shared.settings import Settings


class RegistryObserver(Questions):
    """
    Looks at registries from the monitor's place in the network. One for each lane.

    Profiles, rights and first answers are kept for ``settings.cache_seconds``; listings too, but
    on the bulk lane only: urgent work asks whether something is still there, and must not get
    the answer from before it was deleted. It also asks for config and layers, which a sweep over
    thousands of images cannot afford.
    """

    def __init__(  # noqa: PLR0917 - the parts, wired once in bootstrap
        self,
        settings: Settings,
        http: Http,
        arm: Arm,
        credentials: Credentials,
        graph: Graph,
        dns: Dns,
        logs: Logs,
        *,
        once: bool = False,
    ) -> None:
        """
        Wire the parts; nothing is opened or asked yet, so no event loop is needed.

        One that serves ``once``, for one check, reads nothing twice, not even what may vanish.
        """
        seconds = settings.cache_seconds
        fleeting = seconds if once else 0
        plane = DataPlane(settings, http)
        super().__init__(
            Management(settings, arm, credentials),
            plane,
            Tokens(plane, credentials, seconds),
            CleanupPlans(arm),
        )
        self._login_servers = LoginServers(self._management, plane, dns, seconds)
        self._arm, self._dns, self._logs = arm, dns, logs
        self._held = HeldRights(Access(arm, graph), self._management)
        self._cache_rules = CacheRules(arm)
        self._runs = Runs(arm)
        self._resource_logs = ResourceLogs(arm, logs)
        self._around = around = Surroundings(arm, seconds, fleeting)
        sweeps = http.lane is Lane.BULK
        self._images = Images(around, seconds, thorough=0) if sweeps else Images(around, fleeting)
        self._elsewhere = cached(ElsewhereLooker(self._images.kept).look, seconds=0)
        self._in_use = ImagesInUse(self._images, self._repository)
        self._foresight = Foresight(self._plans, self._images)

    async def registries(self) -> Registries:
        """Every registry in scope (settings REGISTRIES and SUBSCRIPTIONS)."""
        return (await self._management.directory()).registries

    async def elsewhere(
        self, pull: Pull, digest: Digest, *, restorable: bool = False
    ) -> tuple[Observation, ...]:
        """What of a missing image is left, here or in another known registry, and what ran."""
        wanted = replace(pull.image, tag="", digest=digest)
        directory = await self._management.directory()
        home = directory.registry(pull.image.registry)
        if home is None or not is_valid(wanted):
            return ()
        others = [one for one in directory.registries.known if one != home]
        name = pull.image.repository
        here = self._repository(home, name)
        left, deleted, runs = await asyncio.gather(
            self._elsewhere(here, tuple(self._repository(other, name) for other in others), digest),
            self._restorable(home, here, digest, known=restorable),
            attempt(TaskRuns, lambda: self._runs.of(home.resource_id)),
        )
        more: Observations = (runs,) if home.resource_id else ()
        if isinstance(deleted, SoftDeleted) and deleted.found:
            more = (deleted, *more)  # by its digest; by its tag it may not be listed any more
        return (*left, *more)

    async def _restorable(
        self, home: Registry, here: Repository, digest: Digest, *, known: bool
    ) -> SoftDeleted | Unavailable | None:
        if known:
            return None
        return await attempt(SoftDeleted, lambda: self._around.soft_deleted(home, here, digest))

    async def removals(
        self, registries: Iterable[Registry], since: datetime, until: datetime
    ) -> Removed:
        """What resource logs tell of removals. What cannot be read is a gap."""
        return await self._resource_logs.removals(registries, since, until)

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        """The registry end of each pull. One listing serves the pulls of one repository."""
        self._images.remember(known)
        hosts: dict[str, list[Pull]] = defaultdict(list)
        for pull in pulls:
            hosts[pull.image.registry].append(pull)
        observed = await asyncio.gather(
            *(self._host(host, {pull: pulls[pull] for pull in own}) for host, own in hosts.items())
        )
        return {pull: facts for found in observed for pull, facts in found.items()}

    async def health(
        self, host: str, repository: str, in_use: Collection[str] = ()
    ) -> tuple[Observation, ...]:
        """A registry as such, with the monitor's own login, for a repository if one is named."""
        server = await self._login_servers.look(host)
        profile = next((one for one in server.facts if isinstance(one, RegistryProfile)), None)
        known = server.registry
        if known is None:
            reason = "the registry is not known to the monitor, which sends no token there"
            return *server.facts, Unavailable.of(TokenAnswers, reason)
        found: list[Observation] = [
            await attempt(TokenAnswers, lambda: health.login(self._tokens, host, repository)),
            await attempt(CleanupForecast, lambda: self._foresight.of_registry(server, in_use)),
        ]
        if profile:
            found.append(
                await attempt(Encryption, lambda: health.encryption(self._arm, profile.resource_id))
            )
        if profile and profile.private_endpoints:
            found.append(
                await attempt(
                    EndpointNames, lambda: health.endpoint_names(self._arm, self._dns, profile)
                )
            )
        return *server.facts, *await self._pullers(server), *found

    async def _pullers(self, server: LoginServer) -> Observations:
        """Who pulls how much: asked only where it decides who is near a limit."""
        load, profile = _first(server.facts, RegistryLoad), _first(server.facts, RegistryProfile)
        limits = LIMITS.get(profile.sku) if profile else None
        busy = load.busiest_minute if load else None
        known = server.registry
        if known is None or limits is None or not busy or not near(busy, limits.reads_of_identity):
            return ()
        at = datetime.now(UTC)
        read = partial(pullers.read, self._resource_logs, self._logs, known, at)
        return (await attempt(PullsByIdentity, read),)

    async def _host(
        self, host: str, pulls: Mapping[Pull, PullIdentity | None]
    ) -> dict[Pull, tuple[Observation, ...]]:
        server = await self._login_servers.look(host)
        plan = await self._foresight.plan_of(server)
        repositories = {pull.image.repository for pull in pulls}
        found, rights, rules, forecasts, busy = await asyncio.gather(
            self._in_use.of_all(server, {pull.image for pull in pulls}, plan),
            asyncio.gather(*(self._held.of(server, identity) for identity in pulls.values())),
            self._rules(server, repositories),
            self._foresight.of_all(server, plan, repositories, self._named),
            self._pullers(server),
        )
        images = await asyncio.gather(
            *(self._in_use.with_running(server, pull, found[pull.image]) for pull in pulls)
        )
        return {
            pull: (
                *server.facts,
                *busy,
                *image,
                *held,
                *rules[pull.image.repository],
                for_pull(pull, forecasts[pull.image.repository], image),
            )
            for pull, image, held in zip(pulls, images, rights, strict=True)
        }

    async def _rules(
        self, server: LoginServer, repositories: Collection[str]
    ) -> dict[str, Observations]:
        """The artifact cache rule of each repository that has one."""
        if server.registry is None or not server.registry.resource_id:
            return dict.fromkeys(repositories, ())
        resource_id = server.registry.resource_id

        async def rule(repository: str) -> Observations:
            try:
                found = await self._cache_rules.covering(resource_id, repository)
            except CouldNotLookError as why:
                return (Unavailable.of(CacheRule, str(why)),)
            return (found,) if found else ()

        return dict(zip(repositories, await asyncio.gather(*map(rule, repositories)), strict=True))


def _first[F: Fact](facts: Observations, kind: type[F]) -> F | None:
    return next((one for one in facts if isinstance(one, kind)), None)
