"""The registries' management plane, through azure-mgmt-containerregistry over `Arm`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from azure.core.exceptions import DeserializationError
from azure.mgmt.containerregistry import models
from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
from azure.mgmt.core.tools import parse_resource_id
from msgspec.structs import replace

from shared.adapters.arm import SUBSCRIPTIONS_VERSION, Arm, NotFoundError
from shared.adapters.credentials import Credentials
from shared.adapters.resilience import cached
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import RegistryLoad
from shared.domain.facts.registry import (
    RegistryProfile,
    RegistryUsages,
    Replications,
    ScopedToken,
    Sku,
)
from shared.domain.pulls import Registry
from shared.registry import load, profile
from shared.registry.base import Registries
from shared.settings import Settings

AREA = "Microsoft.ContainerRegistry/registries"


@dataclass(frozen=True)
class Directory:
    """The registries in scope by login server, and what could not be looked at."""

    profiles: Mapping[str, RegistryProfile]
    listed: frozenset[str]
    gaps: tuple[Gap, ...] = ()

    def registry(self, host: str) -> Registry | None:
        """The registry that is known under a login server: it may be sent tokens."""
        if found := self.profiles.get(host):
            return Registry(found.login_server, found.resource_id)
        return Registry(host, "") if host in self.listed else None

    @property
    def registries(self) -> Registries:
        """Those that are known, and what could not be looked at."""
        known = sorted(self.profiles.keys() | self.listed)
        unread = [Gap(host, "no such registry could be read") for host in sorted(self.listed)]
        return Registries(
            tuple(one for host in known if (one := self.registry(host))),
            (*self.gaps, *(gap for gap in unread if gap.what not in self.profiles)),
        )

    def profile(self, host: str) -> RegistryProfile:
        """
        The profile of a login server.

        Raises:
            CouldNotLookError: no registry of that name could be read.

        """
        if found := self.profiles.get(host):
            return found
        unread = "; ".join(f"{gap.what}: {gap.reason}" for gap in self.gaps[:3])
        tail = f" (not read: {unread})" if unread else ""
        raise CouldNotLookError(
            f"no registry with the login server {host} in the subscriptions that can be read{tail}"
        )


class Management:
    """Reads of registries. One listing of a subscription gives the profiles of all in it."""

    def __init__(self, settings: Settings, arm: Arm, credentials: Credentials) -> None:
        """Cache what is read for ``settings.cache_seconds``."""
        self._arm = arm
        self._credentials = credentials
        self._wanted = frozenset(host.lower() for host in settings.registries)
        self._clients: dict[str, ContainerRegistryManagementClient] = {}
        seconds = settings.cache_seconds
        self.directory = cached(self._directory, seconds=seconds)
        self.replications = cached(self._replications, seconds=seconds)
        self.usages = cached(self._usages, seconds=seconds)
        self.token = cached(self._token, seconds=seconds)

    async def _directory(self) -> Directory:
        """Read every registry in scope; what cannot be read is a gap, never an exception."""
        try:
            subscriptions = await self._arm.subscriptions()
        except CouldNotLookError as why:
            return Directory({}, self._wanted, (Gap("subscriptions", str(why)),))
        listings = await asyncio.gather(*map(self._profiles, subscriptions))
        found = [one for profiles, _ in listings for one in profiles]
        wanted = self._wanted or {one.login_server for one in found}
        return Directory(
            {one.login_server: one for one in found if one.login_server in wanted},
            self._wanted,
            tuple(gap for _, gaps in listings for gap in gaps),
        )

    async def _profiles(self, subscription: str) -> tuple[list[RegistryProfile], list[Gap]]:
        where = f"/subscriptions/{subscription}"

        async def read() -> list[models.Registry]:
            return [one async for one in self._client(subscription).registries.list()]

        tenant = await self._tenant(where)
        try:
            found = await self._arm.call(f"reading the registries of {where}", read, AREA)
        except CouldNotLookError as why:
            return [], [Gap(where, str(why))]
        profiles, gaps = list[RegistryProfile](), list[Gap]()
        for one in found:
            try:
                profiles.append(replace(profile.profile(one), tenant_id=tenant))
            except (ValueError, TypeError, DeserializationError) as why:
                gaps.append(Gap(one.id or where, f"not understood: {why}"))
        return profiles, gaps

    async def _tenant(self, subscription: str) -> str:
        """The tenant of a subscription; empty where it cannot be read."""
        try:
            listed = await self._arm.list("/subscriptions", SUBSCRIPTIONS_VERSION)
        except CouldNotLookError:
            return ""
        own = (one for one in listed if one.get("id") == subscription)
        return next((str(one.get("tenantId") or "") for one in own), "")

    async def _replications(self, home: RegistryProfile) -> Replications:
        """Read the geo-replicas; only Premium registries have others than the home region."""
        if home.sku is not Sku.PREMIUM:
            return profile.replications(home, ())
        client, group, name = self._of(home.resource_id)

        async def read() -> list[models.Replication]:
            return [one async for one in client.replications.list(group, name)]

        what = f"reading the replications of {home.resource_id}"
        found = await self._arm.call(what, read, AREA)
        return profile.replications(home, found)

    async def _usages(self, resource_id: str) -> RegistryUsages:
        client, group, name = self._of(resource_id)
        return profile.usages(
            await self._arm.call(
                f"reading the usages of {resource_id}",
                lambda: client.registries.list_usages(group, name),
                AREA,
            )
        )

    async def load(self, resource_id: str) -> RegistryLoad:
        """How much is pulled and stored. Raises CouldNotLookError."""
        return await load.read(self._arm, resource_id, datetime.now(UTC))

    async def _token(self, resource_id: str, token: str) -> ScopedToken:
        """Read a non-Entra token; one that is not there is a fact."""
        client, group, registry = self._of(resource_id)
        try:
            found = await self._arm.call(
                f"reading the token {token[:100]} of {resource_id}",
                lambda: client.tokens.get(group, registry, token),
                AREA,
            )
        except NotFoundError:
            return ScopedToken(name=token, exists=False, enabled=False, scope_map="", actions=())
        map_id = (found.properties.scope_map_id if found.properties else "") or ""
        scope_map = await self._arm.call(
            f"reading {map_id}",
            lambda: client.scope_maps.get(group, registry, map_id.rpartition("/")[2]),
            AREA,
        )
        return profile.scoped_token(found, scope_map)

    def _of(self, resource_id: str) -> tuple[ContainerRegistryManagementClient, str, str]:
        parts = parse_resource_id(resource_id)
        try:
            client = self._client(str(parts["subscription"]))
            return client, str(parts["resource_group"]), str(parts["name"])
        except KeyError as why:
            raise CouldNotLookError(f"{resource_id!r} is no registry's id") from why

    def _client(self, subscription: str) -> ContainerRegistryManagementClient:
        if subscription not in self._clients:
            self._clients[subscription] = ContainerRegistryManagementClient(
                self._credentials,
                subscription,
                self._arm.endpoint,
                credential_scopes=[self._arm.endpoint + "/.default"],
                policies=self._arm.policies(),
                transport=self._arm.transport(),
            )
        return self._clients[subscription]
