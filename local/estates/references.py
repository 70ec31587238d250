"""Which values of an estate are names of something else in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.estates.base import AssignedIdentity, Resource
from local.estates.hosting import RegistryCredential, Site
from local.estates.kubernetes import Cluster
from local.estates.model import Estate


@dataclass(frozen=True)
class Reference:
    """A value at a path that must name something of a kind. Empty values point nowhere."""

    path: str
    kind: str
    value: str


def references(estate: Estate) -> Iterator[Reference]:
    """Every value that names something else."""
    yield from of_principals(estate)
    yield from of_networks(estate)
    for at, registry in enumerate(estate.registries):
        path = f"registries[{at}]"
        yield from of_resource(path, registry)
        yield Reference(f"{path}.diagnostics", "workspace", registry.diagnostics)
    for at, cluster in enumerate(estate.clusters):
        yield from of_cluster(f"clusters[{at}]", cluster)
    for at, app in enumerate(estate.web_apps):
        yield from of_site(f"webApps[{at}]", app)
        for number, slot in enumerate(app.slots):
            yield from of_site(f"webApps[{at}].slots[{number}]", slot)
    yield from of_apps(estate)
    yield from of_container_groups(estate)


def of_principals(estate: Estate) -> Iterator[Reference]:
    """Members, role assignments and deny assignments."""
    for at, identity in enumerate(estate.identities):
        yield from of_resource(f"identities[{at}]", identity)
    for at, group in enumerate(estate.groups):
        for number, member in enumerate(group.members):
            yield Reference(f"groups[{at}].members[{number}]", "identity or group", member)
    for at, given in enumerate(estate.role_assignments):
        path = f"roleAssignments[{at}]"
        yield Reference(f"{path}.principal", "identity or group", given.principal)
        yield Reference(f"{path}.role", "role", given.role)
        yield from of_scope(path, given.scope)
    for at, denied in enumerate(estate.deny_assignments):
        path = f"denyAssignments[{at}]"
        yield from of_scope(path, denied.scope)
        for number, name in enumerate(denied.principals):
            yield Reference(f"{path}.principals[{number}]", "principal", name)
        for number, name in enumerate(denied.exclude_principals):
            yield Reference(f"{path}.excludePrincipals[{number}]", "identity or group", name)


def of_scope(path: str, scope: str) -> Iterator[Reference]:
    """A scope by name; an ARM id is taken as it is."""
    if not scope.startswith("/"):
        yield Reference(f"{path}.scope", "scope", scope or "(empty)")


def of_networks(estate: Estate) -> Iterator[Reference]:
    """Networks, endpoints, zones, places, workspaces and environments."""
    yield Reference("defaults.subscription", "subscription", estate.defaults.subscription)
    for at, network in enumerate(estate.networks):
        yield from of_resource(f"networks[{at}]", network)
        for number, peer in enumerate(network.peerings):
            yield Reference(f"networks[{at}].peerings[{number}]", "network", peer)
    for at, endpoint in enumerate(estate.private_endpoints):
        yield from of_resource(f"privateEndpoints[{at}]", endpoint)
        yield Reference(f"privateEndpoints[{at}].registry", "registry", endpoint.registry)
        yield Reference(f"privateEndpoints[{at}].subnet", "subnet", endpoint.subnet)
    for at, zone in enumerate(estate.private_zones):
        yield from of_resource(f"privateZones[{at}]", zone)
        for number, link in enumerate(zone.links):
            yield Reference(f"privateZones[{at}].links[{number}]", "network", link)
    for at, place in enumerate(estate.places):
        yield Reference(f"places[{at}].network", "subnet", place.network)
        yield Reference(f"places[{at}].identity", "identity", place.identity)
    for at, environment in enumerate(estate.environments):
        yield from of_resource(f"environments[{at}]", environment)
        yield Reference(f"environments[{at}].network", "subnet", environment.network)


def of_resource(path: str, resource: Resource) -> Iterator[Reference]:
    """What every resource names."""
    yield Reference(f"{path}.subscription", "subscription", resource.subscription)


def of_identities(path: str, assigned: AssignedIdentity) -> Iterator[Reference]:
    """User-assigned identities of a resource."""
    for number, name in enumerate(assigned.user):
        yield Reference(f"{path}.identity.user[{number}]", "identity", name)


def of_credentials(path: str, credentials: list[RegistryCredential]) -> Iterator[Reference]:
    """Identities that sign in to registries; `system` names the resource's own."""
    for number, each in enumerate(credentials):
        name = "" if each.identity == "system" else each.identity
        yield Reference(f"{path}[{number}].identity", "identity", name)


def of_cluster(path: str, cluster: Cluster) -> Iterator[Reference]:
    """Identities and network of a cluster."""
    yield from of_resource(path, cluster)
    yield Reference(f"{path}.network", "subnet", cluster.network)
    yield Reference(f"{path}.kubeletIdentity", "identity", cluster.kubelet_identity)
    yield Reference(f"{path}.servicePrincipal", "identity", cluster.service_principal)
    control = "" if cluster.control_identity == "system" else cluster.control_identity
    yield Reference(f"{path}.controlIdentity", "identity", control)


def of_site(path: str, site: Site) -> Iterator[Reference]:
    """Identities and network of a web app or slot."""
    yield from of_resource(path, site)
    yield from of_identities(path, site.identity)
    yield Reference(f"{path}.network", "subnet", site.network)
    yield Reference(f"{path}.acrUserManagedIdentity", "identity", site.acr_user_managed_identity)
    for number, container in enumerate(site.containers):
        yield Reference(f"{path}.containers[{number}].identity", "identity", container.identity)


def of_apps(estate: Estate) -> Iterator[Reference]:
    """Container apps and jobs."""
    for path, app in (
        *((f"containerApps[{at}]", each) for at, each in enumerate(estate.container_apps)),
        *((f"jobs[{at}]", each) for at, each in enumerate(estate.jobs)),
    ):
        yield from of_resource(path, app)
        yield from of_identities(path, app.identity)
        yield from of_credentials(f"{path}.registries", app.registries)
        yield Reference(f"{path}.environment", "environment", app.environment)


def of_container_groups(estate: Estate) -> Iterator[Reference]:
    """Container groups."""
    for at, group in enumerate(estate.container_groups):
        path = f"containerGroups[{at}]"
        yield from of_resource(path, group)
        yield from of_identities(path, group.identity)
        yield from of_credentials(f"{path}.credentials", group.credentials)
        yield Reference(f"{path}.network", "subnet", group.network)
