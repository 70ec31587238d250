"""
A managed cluster as ARM tells (Microsoft.ContainerService/managedClusters, ``properties``).

Node pools are read from the cluster itself: the monitor's role on a cluster does not let it
list nodes.
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from shared.compute.arm_ids import name_of, parent_of
from shared.compute.identity import identities_of
from shared.compute.kubernetes.placement import NodePool, Taint
from shared.compute.reading import find, flag, items, mapping, text, texts
from shared.compute.sources import Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Audience, IdentityKind, PullIdentity
from shared.domain.images import Platform

CLUSTER_API = "2025-05-01"
CONTROL_PLANE = "control plane identity"
_NO_PRINCIPAL = "msi"
_ARM64_SIZE = re.compile(r"standard_[a-z]+\d+(?:-\d+)?[a-z]*p[a-z]*_", re.IGNORECASE)
_WINDOWS_BUILDS = {
    "windows2019": "10.0.17763",
    "windows2022": "10.0.20348",
    "windows2025": "10.0.26100",
}


def kubelet_identity(cluster: Json) -> PullIdentity:
    """
    Who pulls for pods without a pull secret: the kubelet identity, or the service principal.

    Raises:
        CouldNotLookError: ARM tells neither.

    """
    kubelet = mapping(cluster, "properties", "identityProfile", "kubeletidentity")
    client_id = text(cluster, "properties", "servicePrincipalProfile", "clientId")
    if kubelet:
        found = _of_kubelet(kubelet, control_plane(cluster))
    elif client_id and client_id != _NO_PRINCIPAL:
        found = PullIdentity(
            kind=IdentityKind.SERVICE_PRINCIPAL,
            name=client_id,
            client_id=client_id,
            where="servicePrincipalProfile",
        )
    else:
        raise CouldNotLookError("ARM does not tell which identity pulls for the cluster's nodes")
    return replace(
        found,
        audience=Audience.ACR,
        tenant_id=identities_of(cluster).tenant,
        where=found.where + _bootstrap(cluster),
    )


def control_plane(cluster: Json) -> dict[str, str]:
    """The principals of the cluster itself, which do not pull, name -> object id."""
    identities = identities_of(cluster)
    system = {CONTROL_PLANE: identities.system} if identities.system else {}
    user = {
        f"{CONTROL_PLANE} {name_of(one.resource_id)}": one.principal_id
        for one in identities.user
        if one.principal_id
    }
    return system | user


def tells_of_lacking_identity(scale_sets: tuple[Json, ...], client_id: str) -> bool:
    """Whether a node pool's scale set is without the kubelet identity: its nodes cannot use it."""
    pools = [one for one in scale_sets if "aks-managed-poolName" in mapping(one, "tags")]
    return any(
        all(user.client_id.lower() != client_id.lower() for user in identities_of(pool).user)
        for pool in pools
    )


def node_resource_group(cluster: Json) -> str:
    """The ARM id of the resource group that holds the nodes."""
    group = text(cluster, "properties", "nodeResourceGroup")
    if not group:
        raise CouldNotLookError("ARM does not tell the cluster's node resource group")
    subscription = "/".join(text(cluster, "id").split("/")[:3])
    return f"{subscription}/resourceGroups/{group}"


def is_stopped(cluster: Json) -> bool:
    """Whether the cluster is switched off, API server included."""
    return text(cluster, "properties", "powerState", "code") == "Stopped"


def is_private(cluster: Json) -> bool:
    """Whether the API server answers only in its network."""
    return flag(cluster, "properties", "apiServerAccessProfile", "enablePrivateCluster")


def subnets(cluster: Json) -> tuple[str, ...]:
    """The ids of the nodes' subnets, none where AKS made the network."""
    pools = items(cluster, "properties", "agentPoolProfiles")
    return tuple(sorted({text(pool, "vnetSubnetID") for pool in pools} - {""}))


def nodes_network(cluster: Json) -> str:
    """The id of the nodes' network, empty where AKS made it."""
    return next((parent_of(subnet) for subnet in subnets(cluster)), "")


def outbound_type(cluster: Json) -> str:
    """``networkProfile.outboundType``, in lower case."""
    return text(cluster, "properties", "networkProfile", "outboundType").lower() or "loadbalancer"


def outbound_ips(cluster: Json) -> tuple[str, ...]:
    """The ids of the public addresses of AKS's own load balancer or NAT gateway."""
    profile = mapping(cluster, "properties", "networkProfile")
    return tuple(
        text(one, "id")
        for kind in ("loadBalancerProfile", "natGatewayProfile")
        for one in items(profile, kind, "effectiveOutboundIPs")
    )


def node_pools(cluster: Json) -> tuple[NodePool, ...]:
    """The cluster's node pools with what is sure of their nodes."""
    return tuple(_node_pool(pool) for pool in items(cluster, "properties", "agentPoolProfiles"))


def _of_kubelet(kubelet: Json, others: dict[str, str]) -> PullIdentity:
    pulling = text(kubelet, "objectId")
    return PullIdentity(
        kind=IdentityKind.KUBELET_IDENTITY,
        name=name_of(text(kubelet, "resourceId")),
        client_id=text(kubelet, "clientId"),
        principal_id=pulling,
        resource_id=text(kubelet, "resourceId"),
        related={name: principal for name, principal in others.items() if principal != pulling},
        where="identityProfile.kubeletidentity",
    )


def _node_pool(pool: Json) -> NodePool:
    name, platform = text(pool, "name"), _platform(pool)
    given = mapping(pool, "nodeLabels")
    sure = {
        "kubernetes.io/os": platform.os,
        "beta.kubernetes.io/os": platform.os,
        "kubernetes.io/arch": platform.architecture,
        "beta.kubernetes.io/arch": platform.architecture,
        "agentpool": name,
        "kubernetes.azure.com/agentpool": name,
        "kubernetes.azure.com/mode": text(pool, "mode").lower() or "user",
    }
    labels = {label: text(given, label) for label in given} | sure
    taints = texts(pool, "nodeTaints")
    return NodePool(name, platform, labels, tuple(_taints(taints)))


def _platform(pool: Json) -> Platform:
    if text(pool, "osType").lower() == "windows":
        build = _WINDOWS_BUILDS.get(text(pool, "osSKU").lower(), "")
        return Platform("windows", "amd64", os_version=build)
    is_arm64 = "arm64" in text(pool, "nodeImageVersion").lower() or _ARM64_SIZE.match(
        text(pool, "vmSize")
    )
    return Platform("linux", "arm64" if is_arm64 else "amd64")


def _taints(written: tuple[str, ...]) -> Iterator[Taint]:
    """From ``key=value:Effect``; the value may be missing."""
    for one in written:
        named, _, effect = one.rpartition(":")
        key, _, value = named.partition("=")
        yield Taint(key, value, effect)


def _bootstrap(cluster: Json) -> str:
    """AKS's own images may come from a registry of the user's (network-isolated clusters)."""
    registry = find(cluster, "properties", "bootstrapProfile", "containerRegistryId")
    return f"; the nodes' own images come from {name_of(registry)}" if registry else ""
