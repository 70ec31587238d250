"""What the identity of a pull may do at a registry: its roles, or its token's scope map."""

from shared.domain.facts.base import CouldNotLookError, Observation, Unavailable, attempt
from shared.domain.facts.registry import RoleAssignments, ScopedToken
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.pulls import Registry
from shared.registry.access import Access
from shared.registry.login_server import LoginServer
from shared.registry.management import Management
from shared.registry.one_image import Observations


class HeldRights:
    """Reads what an identity holds. It never raises."""

    def __init__(self, access: Access, management: Management) -> None:
        """Read with these."""
        self._access = access
        self._management = management

    async def of(self, server: LoginServer, identity: PullIdentity | None) -> Observations:
        """The rights of an identity; nothing for one that has none here by its kind."""
        if identity is None:
            return (Unavailable.of(RoleAssignments, "it is not known which identity pulls"),)
        found: list[Observation] = []
        if identity.principal_id:
            found.append(await attempt(RoleAssignments, lambda: self._roles(server, identity)))
        if identity.kind is IdentityKind.TOKEN:
            found.append(await attempt(ScopedToken, lambda: self._token(server, identity)))
        return tuple(found)

    async def _roles(self, server: LoginServer, identity: PullIdentity) -> RoleAssignments:
        return await self._access.of(_managed(server), identity)

    async def _token(self, server: LoginServer, identity: PullIdentity) -> ScopedToken:
        if not identity.name:
            raise CouldNotLookError("the token's name is not known")
        return await self._management.token(_managed(server).resource_id, identity.name)


def _managed(server: LoginServer) -> Registry:
    if server.registry is None or not server.registry.resource_id:
        raise CouldNotLookError("the registry cannot be read in Azure Resource Manager")
    return server.registry
