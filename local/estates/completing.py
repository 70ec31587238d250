"""Fills in what an estate leaves out: ids, addresses, credentials, the short forms."""

from collections.abc import Iterator
from copy import deepcopy
from ipaddress import IPv4Network

from local.estates.base import Resource
from local.estates.completing_workloads import complete_workloads
from local.estates.hosting import AppWorkload, ContainerGroup
from local.estates.identity import Identity, stable_guid
from local.estates.model import Estate
from local.estates.network import PrivateEndpoint
from local.estates.registry import Registry, ScopeMap, Task
from local.estates.roles import BUILT_IN
from local.estates.scopes import arm_id, scopes

RESERVED_ADDRESSES = 4
"""Azure keeps the first four addresses of a subnet."""

ALL = ("content/read", "content/write", "content/delete", "metadata/read", "metadata/write")
BUILT_IN_MAPS = {
    "_repositories_pull": ("content/read",),
    "_repositories_pull_metadata_read": ("content/read", "metadata/read"),
    "_repositories_push": ("content/read", "content/write"),
    "_repositories_push_metadata_write": (*ALL[:2], *ALL[3:]),
    "_repositories_admin": ALL,
}


def complete(estate: Estate) -> None:
    """Complete an estate in place, so that readers never meet an empty id or name."""
    complete_subscriptions(estate)
    complete_resources(estate)
    complete_identities(estate)
    for registry in estate.registries:
        complete_registry(registry)
    complete_network(estate)
    complete_workloads(estate)
    complete_rights(estate)


def complete_subscriptions(estate: Estate) -> None:
    """Tenant and subscription ids."""
    estate.tenant = estate.tenant or stable_guid("tenant", estate.domain)
    for subscription in estate.subscriptions:
        subscription.id = subscription.id or stable_guid("subscription", subscription.name)
        subscription.tenant = subscription.tenant or estate.tenant
    estate.defaults.subscription = estate.defaults.subscription or estate.subscriptions[0].name


def complete_resources(estate: Estate) -> None:
    """Where each resource is, and its ARM id."""
    subscriptions = {each.name: each for each in estate.subscriptions}
    for resource in [*estate.resources(), *estate.identities]:
        place(resource, estate)
        resource.id = resource.id or arm_id(subscriptions[resource.subscription], resource)
    for app in estate.web_apps:
        for slot in app.slots:
            slot.subscription, slot.resource_group = app.subscription, app.resource_group
            slot.location = app.location
            slot.id = f"{app.id}/slots/{slot.name}"
    for workspace in estate.workspaces:
        workspace.customer_id = workspace.customer_id or stable_guid("workspace", workspace.id)


def place(resource: Resource, estate: Estate) -> None:
    """Subscription, resource group and region."""
    defaults = estate.defaults
    resource.subscription = resource.subscription or defaults.subscription
    resource.resource_group = resource.resource_group or defaults.resource_group
    resource.location = resource.location or defaults.location


def complete_identities(estate: Estate) -> None:
    """System-assigned identities, and the ids and secrets of all principals."""
    estate.identities += [
        Identity(
            name=name,
            kind="systemAssigned",
            id=owner.id,
            subscription=owner.subscription,
            resource_group=owner.resource_group,
            location=owner.location,
        )
        for name, owner in system_identities(estate)
    ]
    for identity in estate.identities:
        identity.client_id = identity.client_id or stable_guid("client", identity.name)
        identity.object_id = identity.object_id or stable_guid("object", identity.name)
        identity.tenant = identity.tenant or estate.tenant
        identity.display_name = identity.display_name or identity.name
        for secret in identity.secrets:
            secret.value = secret.value or f"{identity.name}~{secret.name}"
            secret.key_id = secret.key_id or stable_guid("secret", identity.name, secret.name)
    for group in estate.groups:
        group.object_id = group.object_id or stable_guid("group", group.name)


def system_identities(estate: Estate) -> Iterator[tuple[str, Resource]]:
    """Names of system-assigned identities with the resources that own them."""
    for app in estate.web_apps:
        if app.identity.system:
            yield app.name, app
        yield from ((f"{app.name}/{each.name}", each) for each in app.slots if each.identity.system)
    workloads: list[AppWorkload | ContainerGroup] = [
        *estate.container_apps,
        *estate.jobs,
        *estate.container_groups,
    ]
    yield from ((each.name, each) for each in workloads if each.identity.system)
    yield from ((each.name, each) for each in estate.clusters if each.control_identity == "system")


def complete_registry(registry: Registry) -> None:
    """Login server, passwords, tasks and the names of images."""
    registry.login_server = registry.login_server or f"{registry.name.lower()}.azurecr.io"
    registry.admin_passwords = registry.admin_passwords or [
        f"{registry.name}-admin-{number}" for number in (1, 2)
    ]
    registry.scope_maps += [
        ScopeMap(name=name, actions=[f"repositories/*/{each}" for each in rights], built_in=True)
        for name, rights in BUILT_IN_MAPS.items()
    ]
    for token in registry.tokens:
        for number, password in enumerate(token.passwords, start=1):
            password.value = password.value or f"{token.name}-password-{number}"
    for task in registry.tasks:
        if not (task.file or task.dockerfile):
            task.yaml = task.yaml or task_file(task)
    for repository in registry.repositories:
        for number, image in enumerate(repository.images):
            image.name = image.name or (image.tags[0] if image.tags else f"untagged-{number}")


def task_file(task: Task) -> str:
    """The file of a task that runs one command."""
    return f"version: v1.1.0\nsteps:\n  - cmd: {task.command}\n    timeout: 3600\n"


def complete_network(estate: Estate) -> None:
    """Addresses of private endpoints."""
    registries = {each.name: each for each in estate.registries}
    taken: dict[str, int] = {}
    for endpoint in estate.private_endpoints:
        registry = registries[endpoint.registry]
        registry.data_endpoint_enabled = True
        give_addresses(estate, endpoint, registry, taken)


def data_endpoints(registry: Registry) -> list[str]:
    """Host names of the data endpoints: one for each region that holds the registry."""
    regions = [registry.location, *(each.location for each in registry.replications)]
    return [f"{registry.login_server.split('.')[0]}.{each}.data.azurecr.io" for each in regions]


def give_addresses(
    estate: Estate, endpoint: PrivateEndpoint, registry: Registry, taken: dict[str, int]
) -> None:
    """The next free addresses of the subnet: the data endpoints' first, as Azure does."""
    network, _, subnet = endpoint.subnet.partition("/")
    prefix = next(
        each.prefix
        for vnet in estate.networks
        for each in vnet.subnets
        if (vnet.name, each.name) == (network, subnet)
    )
    for host in (*data_endpoints(registry), registry.login_server):
        if host not in endpoint.addresses:
            number = taken.get(endpoint.subnet, RESERVED_ADDRESSES)
            endpoint.addresses[host] = str(IPv4Network(prefix)[number])
            taken[endpoint.subnet] = number + 1


def complete_rights(estate: Estate) -> None:
    """Role ids, and scopes as ARM ids."""
    for role in estate.roles:
        role.id = role.id or stable_guid("role", role.name)
    estate.roles += deepcopy(BUILT_IN)
    known = dict(scopes(estate))
    for given in estate.role_assignments:
        given.id = given.id or stable_guid("assignment", given.principal, given.role, given.scope)
        given.scope = known.get(given.scope, given.scope)
    for denied in estate.deny_assignments:
        denied.id = denied.id or stable_guid("deny", denied.name)
        denied.scope = known.get(denied.scope, denied.scope)
