"""Facts that every platform observes the same way."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from shared.adapters.arm import NotFoundError
from shared.adapters.http import Http
from shared.compute.egress import EgressReader
from shared.compute.identity import credential_expiry, with_principal
from shared.compute.inventory import Inventory
from shared.compute.kubernetes.clusters import Clusters
from shared.compute.private_path import PrivatePathReader
from shared.compute.reading import text
from shared.compute.sources import ArmReader, GraphReader, TokenSource
from shared.domain.facts.base import CouldNotLookError, Observation, Unavailable, attempt
from shared.domain.facts.workload import CredentialExpiry, IdentityKind, PullIdentity
from shared.settings import Settings

IDENTITY_API = "2023-01-31"

type Observations = tuple[Observation, ...]


class Surroundings:
    """What the platforms share: where resources are, how networks lie, what clusters hold."""

    def __init__(
        self,
        arm: ArmReader,
        http: Http,
        credentials: TokenSource,
        graph: GraphReader,
        settings: Settings,
    ) -> None:
        """What clusters and Resource Graph tell is remembered for ``settings.cache_seconds``."""
        self.arm = arm
        self.graph = graph
        self.inventory = Inventory(self.arm, settings.cache_seconds)
        self.clusters = Clusters(self.arm, http, credentials, settings)
        self.egress = EgressReader(self.arm, self.inventory)
        self.private_path = PrivatePathReader(self.arm, self.inventory)

    async def identity(self, read: Callable[[], Awaitable[PullIdentity]]) -> Observations:
        """Who pulls, and for a service principal when its secrets end."""
        seen = await attempt(PullIdentity, read)
        if isinstance(seen, Unavailable):
            return seen, Unavailable.of(CredentialExpiry, seen.reason)
        identity = await self._checked(await with_principal(seen, self.graph))
        if identity.kind is not IdentityKind.SERVICE_PRINCIPAL:
            return (identity,)
        expiry = await attempt(
            CredentialExpiry, lambda: credential_expiry(identity.client_id, self.graph)
        )
        return identity, expiry

    async def _checked(self, identity: PullIdentity) -> PullIdentity:
        """A resource goes on naming a managed identity that was deleted, so ARM is asked for it."""
        if "/userassignedidentities/" not in identity.resource_id.lower():
            return identity
        try:
            found = await self.arm.get(identity.resource_id, IDENTITY_API)
        except NotFoundError:
            return replace(identity, deleted=True)
        except CouldNotLookError:  # whether it exists stays open; most that are named do
            return identity
        tenant = identity.tenant_id or text(found, "properties", "tenantId")
        return replace(identity, tenant_id=tenant)


async def together(*reads: Awaitable[Observations]) -> Observations:
    """What several reads observe, at the same time."""
    return tuple(seen for observed in await asyncio.gather(*reads) for seen in observed)


async def one(read: Awaitable[Observation]) -> Observations:
    """A single observation as several."""
    return (await read,)
