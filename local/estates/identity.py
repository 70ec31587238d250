"""Who asks: tenants' principals, and what they may do."""

import uuid
from datetime import timedelta
from typing import ClassVar, Literal

import msgspec

from local.estates.base import Age, Described, Lasting, Resource

IdentityKind = Literal["user", "servicePrincipal", "managedIdentity", "systemAssigned"]


class Secret(Described, kw_only=True):
    """A client secret of a service principal."""

    value: str = ""
    """Made from the principal's name unless given."""
    name: str = "default"
    created: Age = timedelta(days=300)
    expires: Lasting = timedelta(days=365)
    key_id: str = ""


class Identity(Resource, kw_only=True):
    """A user, service principal or managed identity of Microsoft Entra ID.

    System-assigned identities are not written down: a resource with `identity.system` makes one
    that bears its name (`app/slot` for a slot).
    """

    TYPE: ClassVar[str] = "Microsoft.ManagedIdentity/userAssignedIdentities"

    kind: IdentityKind = "managedIdentity"
    display_name: str = ""
    client_id: str = ""
    object_id: str = ""
    tenant: str = ""
    """Tenant id; the estate's own unless given."""
    registered_in: str = ""
    """Tenant id of the application of a service principal, when it is not the principal's own."""
    enabled: bool = True
    deleted: bool = False
    """A managed identity that is gone from ARM, while resources go on naming it."""
    secrets: list[Secret] = []
    graph_permissions: list[str] = []
    """Application permissions of Microsoft Graph, such as `Application.Read.All`."""

    @property
    def principal_type(self) -> str:
        """As in ARM's `principalType`."""
        return "User" if self.kind == "user" else "ServicePrincipal"


class Group(Described, kw_only=True):
    """A security group. Members are names of identities or of other groups."""

    name: str
    object_id: str = ""
    members: list[str] = []


class RoleDefinition(Described, kw_only=True):
    """A role: what its holders may do. Custom ones are written in the estate."""

    name: str
    id: str = ""
    """GUID."""
    description: str = ""
    actions: list[str] = []
    not_actions: list[str] = []
    data_actions: list[str] = []
    not_data_actions: list[str] = []
    assignable_scopes: list[str] = msgspec.field(default_factory=lambda: ["/"])
    built_in: bool = False


class RoleAssignment(Described, kw_only=True):
    """Gives a principal a role at a scope and below it."""

    principal: str
    """Name of an identity or group."""
    role: str
    """Name of a built-in or custom role."""
    scope: str
    """An ARM id, or `kind/name` with kind managementGroup, subscription, resourceGroup, registry,
    cluster, webApp ...; loading turns it into the ARM id."""
    condition: str | None = None
    created: Age = timedelta(days=200)
    id: str = ""
    """GUID."""


class DenyAssignment(Described, kw_only=True):
    """Takes actions away from principals at a scope, whatever their roles."""

    name: str
    principals: list[str]
    """Names, or `everyone`."""
    exclude_principals: list[str] = []
    scope: str
    actions: list[str] = []
    not_actions: list[str] = []
    data_actions: list[str] = []
    not_data_actions: list[str] = []
    do_not_apply_to_child_scopes: bool = False
    id: str = ""


EVERYONE = "everyone"
NAMESPACE = uuid.UUID("5b0cf2a4-4a2f-5d6e-9a51-7c1f6d0f3a10")


def stable_guid(*parts: str) -> str:
    """A GUID that is always the same for the same parts."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts).lower()))
