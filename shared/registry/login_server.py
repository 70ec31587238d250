"""What is true of a registry as a whole, whoever pulls what from it."""

import asyncio
from dataclasses import dataclass

from shared.adapters.dns import Dns
from shared.adapters.resilience import cached
from shared.domain.facts.base import CouldNotLookError, Observation, Unavailable, attempt
from shared.domain.facts.beside import KnownRegistries, RegistryLoad
from shared.domain.facts.registry import (
    LoginServerAddress,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Replications,
)
from shared.domain.images import ACR_SUFFIXES
from shared.domain.pulls import Registry
from shared.registry.answers import obstacle
from shared.registry.data_plane import DataPlane
from shared.registry.management import Directory, Management


@dataclass(frozen=True)
class LoginServer:
    """
    The facts about a login server, and why its images cannot be looked at (empty: they can).

    ``registry`` is None for one that is not known: no token may go there.
    """

    registry: Registry | None
    facts: tuple[Observation, ...]
    obstacle: str


class LoginServers:
    """Looks at login servers: name, setup, first answer, replicas, quotas."""

    def __init__(
        self, management: Management, plane: DataPlane, dns: Dns, cache_seconds: float
    ) -> None:
        """Keep a login server's first answer for so many seconds."""
        self._management = management
        self._dns = dns
        self._probe = cached(plane.probe, seconds=cache_seconds)

    async def look(self, host: str) -> LoginServer:
        """Observe one. It never raises: what cannot be read is Unavailable."""
        directory = await self._management.directory()
        registry = directory.registry(host)
        address, answer, managed = await asyncio.gather(
            attempt(LoginServerAddress, lambda: self._dns.resolve(host)),
            attempt(RegistryAnswer, lambda: self._ask(host, registry)),
            self._managed(directory, host),
        )
        facts = [address, answer, *managed]
        if registry is None and directory.profiles:
            facts.append(KnownRegistries(tuple(sorted(directory.profiles))))
        return LoginServer(registry, tuple(facts), _obstacle(registry, answer))

    async def _ask(self, host: str, registry: Registry | None) -> RegistryAnswer:
        if registry is None and not host.endswith(ACR_SUFFIXES):
            raise CouldNotLookError(f"{host} is no Azure Container Registry: it is not asked")
        return await self._probe(host)

    async def _managed(self, directory: Directory, host: str) -> tuple[Observation, ...]:
        try:
            profile = directory.profile(host)
        except CouldNotLookError as why:
            kinds = (RegistryProfile, Replications, RegistryUsages, RegistryLoad)
            return tuple(Unavailable.of(kind, str(why)) for kind in kinds)
        replications, usages, load = await asyncio.gather(
            attempt(Replications, lambda: self._management.replications(profile)),
            attempt(RegistryUsages, lambda: self._management.usages(profile.resource_id)),
            attempt(RegistryLoad, lambda: self._management.load(profile.resource_id)),
        )
        return profile, replications, usages, load


def _obstacle(registry: Registry | None, answer: RegistryAnswer | Unavailable) -> str:
    if registry is None:
        return "the registry is not known to the monitor, which sends no token there"
    if isinstance(answer, Unavailable):
        return f"not reachable from where Pullwatch runs: {answer.reason}"
    return obstacle(answer.answer)
