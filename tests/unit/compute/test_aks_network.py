"""From where a cluster's nodes pull."""

from typing import Any

import pytest

from shared.adapters.arm import ForbiddenError
from shared.compute.aks_network import AksNetwork
from shared.compute.egress import EgressReader
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Egress
from tests.unit.compute.fakes import GROUP, FakeArm
from tests.unit.compute.support import inventory

ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
NODES = "/subscriptions/s1/resourceGroups/MC_prod/providers/Microsoft.Network"
OUT, NETWORK = f"{NODES}/publicIPAddresses/out", f"{GROUP}/virtualNetworks/spoke"
SUBNET = f"{NETWORK}/subnets/nodes"
GATEWAY = f"{GROUP}/natGateways/nat"
USERS_OWN = {
    SUBNET: {"properties": {"natGateway": {"id": GATEWAY}}},
    GATEWAY: {"properties": {"publicIpAddresses": [{"id": OUT}]}},
}


async def egress(arm_knows: dict[str, Any], pool: Any = None, **profile: Any) -> Egress:
    known = {
        OUT: {"properties": {"ipAddress": "20.0.0.1"}},
        f"{NODES}/virtualNetworks": [{"id": f"{NODES}/virtualNetworks/aks-vnet-1"}],
        **arm_knows,
    }
    arm = FakeArm(known)
    cluster = {
        "id": ID,
        "properties": {
            "nodeResourceGroup": "MC_prod",
            "agentPoolProfiles": [pool] if pool else [],
            "networkProfile": profile,
        },
    }
    return await AksNetwork(arm, EgressReader(arm, inventory(arm))).egress(cluster)


@pytest.mark.parametrize(
    ("kind", "profile"),
    [("loadBalancer", "loadBalancerProfile"), ("managedNATGateway", "natGatewayProfile")],
)
async def test_aks_tells_its_own_addresses_and_keeps_a_network_among_the_nodes(
    kind: str, profile: str
) -> None:
    made = {"outboundType": kind, profile: {"effectiveOutboundIPs": [{"id": OUT}]}}
    assert await egress({}, **made) == Egress(
        addresses=("20.0.0.1",), network=f"{NODES}/virtualNetworks/aks-vnet-1"
    )


async def test_the_users_own_nat_gateway_is_that_of_the_subnets() -> None:
    found = await egress(USERS_OWN, {"vnetSubnetID": SUBNET}, outboundType="userAssignedNATGateway")
    assert found == Egress(addresses=("20.0.0.1",), network=NETWORK)


async def test_routes_that_lead_nowhere_known_leave_the_addresses_open() -> None:
    plain: dict[str, Any] = {SUBNET: {"properties": {}}}
    found = await egress(plain, {"vnetSubnetID": SUBNET}, outboundType="userDefinedRouting")
    assert found == Egress(complete=False, network=NETWORK)


async def test_a_cluster_without_a_way_out_has_no_addresses_and_no_doubt() -> None:
    assert await egress({}, {"vnetSubnetID": SUBNET}, outboundType="none") == Egress(
        network=NETWORK
    )


@pytest.mark.parametrize(
    "answer",
    [ForbiddenError("403"), [{"id": "/one"}, {"id": "/two"}]],
)
async def test_a_network_that_cannot_be_told_is_not_no_network(answer: Any) -> None:
    with pytest.raises(CouldNotLookError):
        await egress({f"{NODES}/virtualNetworks": answer}, outboundType="none")
