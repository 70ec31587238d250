"""Microsoft.ContainerService: managed clusters."""

from collections.abc import Iterator
from functools import partial

from local.azure import names
from local.azure.arm.render.common import (
    Entry,
    Json,
    always,
    child,
    fixed,
    identity_block,
    present,
    subnet_id,
    tracked,
)
from local.azure.world import World
from local.estates.base import AssignedIdentity
from local.estates.kubernetes import Cluster, NodePool


def entries(world: World) -> Iterator[Entry]:
    """Every managed cluster, and its node pools."""
    for cluster in world.estate.clusters:
        render = always(partial(body, world, cluster))
        yield Entry(cluster.id, Cluster.TYPE, render, in_graph=True)
        for pool in cluster.pools:
            properties = _pool(world, cluster, pool)
            yield fixed(child(cluster.id, f"{Cluster.TYPE}/agentPools", pool.name, properties))


def body(world: World, cluster: Cluster) -> Json:
    """A cluster; its kubelet identity is not its own `identity`."""
    control = cluster.control_identity
    assigned = AssignedIdentity(
        system=control == "system", user=[] if control == "system" else [control]
    )
    return tracked(
        cluster,
        _properties(world, cluster),
        sku={"name": "Base", "tier": "Standard"},
        **present({"identity": identity_block(world, cluster.name, assigned)}),
    )


def _properties(world: World, cluster: Cluster) -> Json:
    principal = world.identity(cluster.service_principal) if cluster.service_principal else None
    return present(
        {
            "powerState": {"code": cluster.power_state},
            "kubernetesVersion": cluster.kubernetes_version,
            "currentKubernetesVersion": cluster.kubernetes_version,
            "dnsPrefix": cluster.name,
            "fqdn": cluster.fqdn,
            "privateFQDN": _private_fqdn(cluster) if cluster.private else None,
            "agentPoolProfiles": [_pool(world, cluster, pool) for pool in cluster.pools],
            "servicePrincipalProfile": {"clientId": principal.client_id if principal else "msi"},
            "nodeResourceGroup": f"MC_{cluster.resource_group}_{cluster.name}_{cluster.location}",
            "enableRBAC": True,
            "disableLocalAccounts": cluster.azure_rbac,
            "aadProfile": {"managed": True, "enableAzureRBAC": cluster.azure_rbac},
            "apiServerAccessProfile": {"enablePrivateCluster": cluster.private},
            "networkProfile": _network(cluster),
            "identityProfile": _kubelet(world, cluster),
            "bootstrapProfile": {"artifactSource": "Direct"},
        }
    )


def _private_fqdn(cluster: Cluster) -> str:
    first, _, rest = cluster.fqdn.partition(".hcp.")
    return f"{first}.00000000-0000-0000-0000-000000000000.privatelink.{rest}"


def _pool(world: World, cluster: Cluster, pool: NodePool) -> Json:
    return present(
        {
            "name": pool.name,
            "count": pool.count,
            "vmSize": pool.vm_size,
            "osType": pool.os,
            "osSKU": pool.os_sku or ("Ubuntu" if pool.os == "Linux" else "Windows2022"),
            "mode": "System" if pool is cluster.pools[0] else "User",
            "orchestratorVersion": cluster.kubernetes_version,
            "currentOrchestratorVersion": cluster.kubernetes_version,
            "nodeImageVersion": cluster.node_image,
            "nodeLabels": dict(pool.labels),
            "nodeTaints": list(pool.taints) or None,
            "vnetSubnetID": subnet_id(world, cluster.network) if cluster.network else None,
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running"},
        }
    )


def _network(cluster: Cluster) -> Json:
    profile: Json = {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "loadBalancerSku": "standard",
        "outboundType": cluster.outbound_type,
    }
    key = "natGatewayProfile" if "NAT" in cluster.outbound_type else "loadBalancerProfile"
    if cluster.outbound_type != "userDefinedRouting":
        profile[key] = {"effectiveOutboundIPs": [{"id": one} for one in outbound_ids(cluster)]}
    return profile


def outbound_ids(cluster: Cluster) -> list[str]:
    """ARM ids of the public addresses that the nodes leave by."""
    group = f"MC_{cluster.resource_group}_{cluster.name}_{cluster.location}"
    root = f"/subscriptions/{cluster.id.split('/')[2]}/resourceGroups/{group}"
    addresses = cluster.outbound or [names.public_address(f"outbound.{cluster.fqdn}")]
    kind = "providers/Microsoft.Network/publicIPAddresses"
    return [f"{root}/{kind}/outbound-{number}" for number, _ in enumerate(addresses, 1)]


def _kubelet(world: World, cluster: Cluster) -> Json | None:
    identity = world.identity(cluster.kubelet_identity) if cluster.kubelet_identity else None
    if identity is None:
        return None
    return {
        "kubeletidentity": {
            "resourceId": identity.id,
            "clientId": identity.client_id,
            "objectId": identity.object_id,
        }
    }
