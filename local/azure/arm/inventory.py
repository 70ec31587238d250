"""All resources of the world, by id and by type."""

from collections.abc import Iterator

from local.azure.arm.render import (
    clusters,
    container_apps,
    container_instances,
    identities,
    network,
    registries,
    web,
)
from local.azure.arm.render.common import Entry
from local.azure.world import World

_PROVIDERS = (
    registries,
    clusters,
    web,
    container_apps,
    container_instances,
    network,
    identities,
)

TYPES = frozenset(
    {
        "microsoft.containerregistry/registries",
        "microsoft.containerregistry/registries/replications",
        "microsoft.containerregistry/registries/privateendpointconnections",
        "microsoft.containerregistry/registries/tokens",
        "microsoft.containerregistry/registries/scopemaps",
        "microsoft.containerregistry/registries/cacherules",
        "microsoft.containerregistry/registries/credentialsets",
        "microsoft.containerregistry/registries/tasks",
        "microsoft.containerregistry/registries/runs",
        "microsoft.containerregistry/registries/webhooks",
        "microsoft.containerregistry/registries/connectedregistries",
        "microsoft.containerservice/managedclusters",
        "microsoft.containerservice/managedclusters/agentpools",
        "microsoft.web/sites",
        "microsoft.web/sites/config",
        "microsoft.web/sites/sitecontainers",
        "microsoft.web/sites/slots",
        "microsoft.web/sites/slots/config",
        "microsoft.web/sites/slots/sitecontainers",
        "microsoft.app/managedenvironments",
        "microsoft.app/containerapps",
        "microsoft.app/containerapps/revisions",
        "microsoft.app/jobs",
        "microsoft.containerinstance/containergroups",
        "microsoft.network/virtualnetworks",
        "microsoft.network/virtualnetworks/subnets",
        "microsoft.network/virtualnetworks/virtualnetworkpeerings",
        "microsoft.network/privateendpoints",
        "microsoft.network/privateendpoints/privatednszonegroups",
        "microsoft.network/privatednszones",
        "microsoft.network/privatednszones/virtualnetworklinks",
        "microsoft.network/privatednszones/a",
        "microsoft.network/publicipaddresses",
        "microsoft.network/natgateways",
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.operationalinsights/workspaces",
    }
)
"""What is simulated: of these an empty list means that there are none."""


def entries(world: World) -> Iterator[Entry]:
    """Every resource that ARM knows."""
    for provider in _PROVIDERS:
        yield from provider.entries(world)


def find(world: World, arm_id: str) -> Entry | None:
    """The resource of this id, upper or lower case."""
    wanted = arm_id.rstrip("/").lower()
    return next((entry for entry in entries(world) if entry.id.lower() == wanted), None)


def below(world: World, scope: str, kind: str) -> list[Entry]:
    """Resources of a type below a subscription, a resource group or a parent resource."""
    prefix, wanted = scope.rstrip("/").lower() + "/", kind.lower()
    return [
        entry
        for entry in entries(world)
        if entry.type.lower() == wanted and entry.id.lower().startswith(prefix)
    ]
