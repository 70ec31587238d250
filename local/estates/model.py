"""An estate: a described Azure, as read from YAML by `local.estates.load`."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from local.estates.base import Described, Resource
from local.estates.hosting import (
    AppEnvironment,
    ContainerApp,
    ContainerGroup,
    ContainerJob,
    WebApp,
)
from local.estates.identity import (
    DenyAssignment,
    Group,
    Identity,
    RoleAssignment,
    RoleDefinition,
)
from local.estates.kubernetes import Cluster
from local.estates.network import Network, Place, PrivateEndpoint, PrivateZone
from local.estates.registry import Registry


class Subscription(Described, kw_only=True):
    """An Azure subscription. `management_groups` are its ancestors, nearest first."""

    name: str
    id: str = ""
    tenant: str = ""
    """Tenant id; the estate's own unless given. Another one shows through Azure Lighthouse."""
    management_groups: list[str] = []
    state: str = "Enabled"


class Defaults(Described, kw_only=True):
    """What a resource takes over when it says nothing."""

    subscription: str = ""
    """The first one unless given."""
    resource_group: str = "main"
    location: str = "westeurope"


class Workspace(Resource, kw_only=True):
    """A Log Analytics workspace."""

    TYPE: ClassVar[str] = "Microsoft.OperationalInsights/workspaces"

    customer_id: str = ""


class Estate(Described, kw_only=True):
    """Everything the simulator knows at its start."""

    tenant: str = ""
    """Tenant id."""
    domain: str = "contoso.onmicrosoft.com"
    subscriptions: Annotated[list[Subscription], msgspec.Meta(min_length=1)]
    defaults: Defaults = msgspec.field(default_factory=Defaults)
    places: list[Place] = []
    identities: list[Identity] = []
    groups: list[Group] = []
    roles: list[RoleDefinition] = []
    """Custom roles; loading adds the built-in ones."""
    role_assignments: list[RoleAssignment] = []
    deny_assignments: list[DenyAssignment] = []
    networks: list[Network] = []
    private_endpoints: list[PrivateEndpoint] = []
    private_zones: list[PrivateZone] = []
    workspaces: list[Workspace] = []
    registries: list[Registry] = []
    clusters: list[Cluster] = []
    web_apps: list[WebApp] = []
    environments: list[AppEnvironment] = []
    container_apps: list[ContainerApp] = []
    jobs: list[ContainerJob] = []
    container_groups: list[ContainerGroup] = []

    def resources(self) -> Iterator[Resource]:
        """Everything with an ARM id, slots and user-assigned identities included."""
        yield from (each for each in self.identities if each.kind == "managedIdentity")
        for group in (
            self.networks,
            self.private_endpoints,
            self.private_zones,
            self.workspaces,
            self.registries,
            self.clusters,
            self.environments,
            self.container_apps,
            self.jobs,
            self.container_groups,
        ):
            yield from group
        for app in self.web_apps:
            yield app
            yield from app.slots
