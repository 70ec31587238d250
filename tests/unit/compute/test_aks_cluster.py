"""A managed cluster as ARM tells."""

from typing import Any

import pytest

from shared.compute import aks_cluster
from shared.compute.kubernetes.placement import Taint
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Audience, IdentityKind
from shared.domain.images import Platform
from tests.unit.compute.fakes import GROUP

ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
KUBELET = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prod-agentpool"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/spoke"


def cluster(**properties: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "identity": {"type": "SystemAssigned", "principalId": "control", "tenantId": "tenant"},
        "properties": properties,
    }


def test_the_kubelet_pulls_and_the_control_plane_is_the_usual_mix_up() -> None:
    kubelet = {"resourceId": KUBELET, "clientId": "client", "objectId": "object"}
    found = aks_cluster.kubelet_identity(
        cluster(
            identityProfile={"kubeletidentity": kubelet},
            servicePrincipalProfile={"clientId": "msi"},
        )
    )
    assert found.kind is IdentityKind.KUBELET_IDENTITY
    assert (found.principal_id, found.client_id, found.name) == (
        "object",
        "client",
        "prod-agentpool",
    )
    assert found.audience is Audience.ACR
    assert found.tenant_id == "tenant"
    assert found.related == {"control plane identity": "control"}


def test_an_older_cluster_pulls_with_its_service_principal() -> None:
    found = aks_cluster.kubelet_identity(cluster(servicePrincipalProfile={"clientId": "app-id"}))
    assert found.kind is IdentityKind.SERVICE_PRINCIPAL
    assert found.client_id == "app-id"


@pytest.mark.parametrize("properties", [{}, {"servicePrincipalProfile": {"clientId": "msi"}}])
def test_a_cluster_that_tells_no_identity_is_not_taken_for_anonymous(
    properties: dict[str, Any],
) -> None:
    with pytest.raises(CouldNotLookError):
        aks_cluster.kubelet_identity(cluster(**properties))


def test_the_registry_that_nodes_bootstrap_from_is_named() -> None:
    found = aks_cluster.kubelet_identity(
        cluster(
            identityProfile={"kubeletidentity": {"objectId": "o"}},
            bootstrapProfile={"artifactSource": "Cache", "containerRegistryId": f"{GROUP}/x/boot"},
        )
    )
    assert "boot" in found.where


@pytest.mark.parametrize(
    ("pool", "platform"),
    [
        ({"osType": "Linux", "vmSize": "Standard_D4s_v5"}, Platform("linux", "amd64")),
        ({"osType": "Linux", "vmSize": "Standard_D4ps_v5"}, Platform("linux", "arm64")),
        ({"osType": "Linux", "vmSize": "Standard_D4plds_v6"}, Platform("linux", "arm64")),
        ({"osType": "Linux", "vmSize": "Standard_NP10s"}, Platform("linux", "amd64")),
        (
            {"osType": "Linux", "nodeImageVersion": "AKSUbuntu-2204gen2arm64containerd-202609.1"},
            Platform("linux", "arm64"),
        ),
        (
            {"osType": "Windows", "osSKU": "Windows2022"},
            Platform("windows", "amd64", os_version="10.0.20348"),
        ),
        ({"osType": "Windows"}, Platform("windows", "amd64")),
    ],
)
def test_a_pools_platform(pool: dict[str, Any], platform: Platform) -> None:
    (found,) = aks_cluster.node_pools(cluster(agentPoolProfiles=[{"name": "a", **pool}]))
    assert found.platform == platform
    assert found.labels["kubernetes.io/arch"] == platform.architecture


def test_a_pools_labels_and_taints() -> None:
    pool = {
        "name": "spot",
        "mode": "User",
        "osType": "Linux",
        "nodeLabels": {"tier": "cheap"},
        "nodeTaints": ["spot=true:NoSchedule", "bare:NoExecute"],
    }
    (found,) = aks_cluster.node_pools(cluster(agentPoolProfiles=[pool]))
    assert found.labels["tier"] == "cheap"
    assert found.labels["agentpool"] == "spot"
    assert found.taints == (
        Taint("spot", "true", "NoSchedule"),
        Taint("bare", "", "NoExecute"),
    )


def test_the_network_is_that_of_the_nodes_subnets() -> None:
    pools = [{"vnetSubnetID": f"{NETWORK}/subnets/nodes"}, {"vnetSubnetID": None}]
    found = cluster(agentPoolProfiles=pools)
    assert aks_cluster.subnets(found) == (f"{NETWORK}/subnets/nodes",)
    assert aks_cluster.nodes_network(found) == NETWORK
    assert aks_cluster.nodes_network(cluster()) == ""


@pytest.mark.parametrize(("owned", "lacking"), [(["client"], False), (["other"], True), ([], True)])
def test_a_pool_without_the_kubelet_identity_is_seen(owned: list[str], lacking: bool) -> None:
    identities = {f"/id/{client}": {"clientId": client} for client in owned}
    scale_set = {
        "tags": {"aks-managed-poolName": "nodes"},
        "identity": {"userAssignedIdentities": identities},
    }
    someone_elses: dict[str, Any] = {"tags": {}, "identity": None}
    found = aks_cluster.tells_of_lacking_identity((scale_set, someone_elses), "client")
    assert found is lacking


def test_no_scale_sets_tell_nothing() -> None:
    assert not aks_cluster.tells_of_lacking_identity((), "client")
