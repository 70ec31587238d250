"""Who pulls: managed identities of a resource, and what a user name tells."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from shared.compute.arm_ids import name_of, same
from shared.compute.reading import items, mapping, text
from shared.compute.sources import GraphReader, Json
from shared.domain.clock import utc
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Audience, CredentialExpiry, IdentityKind, PullIdentity

SYSTEM = "system-assigned identity"
ENTRA_TOKEN_USER = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - a fixed user name
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class UserIdentity(Struct, frozen=True):
    """A user-assigned identity as the resource that has it tells."""

    resource_id: str
    principal_id: str = ""
    client_id: str = ""

    def answers_to(self, reference: str) -> bool:
        """Whether a setting means this identity: services take its ARM id or its client id."""
        known = (self.client_id, self.principal_id)
        return same(self.resource_id, reference) or reference.lower() in {k.lower() for k in known}


class Identities(Struct, frozen=True):
    """The ``identity`` block of an ARM resource. Empty ``system``: there is none."""

    system: str = ""
    tenant: str = ""
    user: tuple[UserIdentity, ...] = ()

    def principals(self) -> dict[str, str]:
        """Every principal of the resource, name -> object id."""
        system = {SYSTEM: self.system} if self.system else {}
        return system | {name_of(u.resource_id): u.principal_id for u in self.user}


def identities_of(resource: Json) -> Identities:
    """Read ``identity``: principalId, tenantId, userAssignedIdentities (ARM id -> ids)."""
    block = mapping(resource, "identity")
    listed = mapping(block, "userAssignedIdentities")
    user = tuple(
        UserIdentity(
            resource_id,
            text(listed, resource_id, "principalId"),
            text(listed, resource_id, "clientId"),
        )
        for resource_id in listed
    )
    return Identities(text(block, "principalId"), text(block, "tenantId"), user)


def managed_identity(
    identities: Identities, reference: str, *, where: str, audience: Audience | None
) -> PullIdentity:
    """
    The identity that a setting names: an ARM id or a client id; empty for the system-assigned.

    One that the resource does not have is not attached, and its object id is not known.
    """
    if not reference:
        found = PullIdentity(
            kind=IdentityKind.MANAGED_IDENTITY,
            name=SYSTEM,
            principal_id=identities.system,
            attached=bool(identities.system),
            system_assigned=True,
        )
    else:
        found = _user_assigned(identities, reference)
    others = {k: v for k, v in identities.principals().items() if v and v != found.principal_id}
    return replace(
        found, tenant_id=identities.tenant, where=where, audience=audience, related=others
    )


def _user_assigned(identities: Identities, reference: str) -> PullIdentity:
    mine = next((one for one in identities.user if one.answers_to(reference)), None)
    if mine is None:
        is_id = reference.startswith("/")
        return PullIdentity(
            kind=IdentityKind.MANAGED_IDENTITY,
            name=name_of(reference),
            resource_id=reference if is_id else "",
            client_id="" if is_id else reference,
            attached=False,
        )
    return PullIdentity(
        kind=IdentityKind.MANAGED_IDENTITY,
        name=name_of(mine.resource_id),
        resource_id=mine.resource_id,
        client_id=mine.client_id,
        principal_id=mine.principal_id,
    )


def anonymous(*, where: str, related: Mapping[str, str] | None = None) -> PullIdentity:
    """A pull without any credential."""
    return PullIdentity(kind=IdentityKind.ANONYMOUS, where=where, related=dict(related or {}))


def named_user(username: str, server: str, *, where: str) -> PullIdentity:
    """
    What logs in to ACR with a user name and a password, told by the name's shape.

    The admin user bears the registry's name; a service principal its application id; anything
    else is a token. The login server may be the registry's name with a hash behind a dash.
    """
    label = server.partition(".")[0].lower()
    name = username.lower()
    if is_client_id(username):
        return PullIdentity(
            kind=IdentityKind.SERVICE_PRINCIPAL, name=username, client_id=username, where=where
        )
    is_admin = name == label or ("-" in label and name == label.rpartition("-")[0])
    kind = IdentityKind.ADMIN_USER if is_admin else IdentityKind.TOKEN
    return PullIdentity(kind=kind, name=username, where=where)


def is_client_id(username: str) -> bool:
    """Whether a user name is an application's id."""
    return bool(_GUID.fullmatch(username)) and username != ENTRA_TOKEN_USER


async def with_principal(identity: PullIdentity, graph: GraphReader) -> PullIdentity:
    """The identity with its object id, where it has a client id only and Graph tells."""
    if identity.principal_id or not identity.client_id or not identity.attached:
        return identity
    try:
        found = await graph.service_principal(identity.client_id)
        tenant = await graph.tenant()
    except CouldNotLookError:  # the object id stays unknown; CredentialExpiry says why
        return identity
    if found is None:
        return identity
    return replace(identity, principal_id=text(found, "id"), tenant_id=tenant)


async def credential_expiry(client_id: str, graph: GraphReader) -> CredentialExpiry:
    """
    When a service principal's secrets end, its application's included.

    Raises:
        CouldNotLookError: Graph did not tell.

    """
    principal = await graph.service_principal(client_id)
    tenant = await graph.tenant()
    if principal is None:
        return CredentialExpiry(exists=False, tenant=tenant)
    application = await graph.application(client_id)
    secrets = [*_secrets(principal), *_secrets(application or {})]
    ends = (text(secret, "endDateTime") for secret in secrets)
    home = text(principal, "appOwnerOrganizationId") or "another tenant"
    return CredentialExpiry(
        exists=True,
        enabled=principal.get("accountEnabled") is not False,
        expires=tuple(sorted(utc(end) for end in ends if end)),
        tenant=tenant,
        registered_in=home if application is None else "",
    )


def host_of(written: str) -> str:
    """The host that a setting means, with or without a scheme and a path."""
    return written.partition("://")[2 if "://" in written else 0].partition("/")[0].lower()


def _secrets(holder: Json) -> tuple[Json, ...]:
    return items(holder, "passwordCredentials")
