"""From where a cluster's nodes pull."""

from shared.compute.aks_cluster import (
    node_resource_group,
    nodes_network,
    outbound_ips,
    outbound_type,
    subnets,
)
from shared.compute.egress import NETWORK_API, UNKNOWN_WAY, EgressReader, WayOut
from shared.compute.reading import text
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Egress


class AksNetwork:
    """A cluster's network and its way out (``networkProfile.outboundType``)."""

    def __init__(self, arm: ArmReader, egress: EgressReader) -> None:
        self._arm = arm
        self._egress = egress

    async def egress(self, cluster: Json) -> Egress:
        """The nodes' public addresses. Raises CouldNotLookError."""
        way = await self._way_out(cluster)
        network = await self.network(cluster)
        return Egress(addresses=way.addresses, complete=way.complete, network=network)

    async def network(self, cluster: Json) -> str:
        """The id of the nodes' network; AKS keeps one of its own among the nodes."""
        own = nodes_network(cluster)
        if own:
            return own
        group = node_resource_group(cluster)
        made = await self._arm.list(
            f"{group}/providers/Microsoft.Network/virtualNetworks", NETWORK_API
        )
        if len(made) > 1:
            raise CouldNotLookError("the cluster's own network is not the only one in its group")
        return text(made[0], "id") if made else ""

    async def _way_out(self, cluster: Json) -> WayOut:
        match outbound_type(cluster):
            case "loadbalancer" | "managednatgateway":
                ids = outbound_ips(cluster)
                return await self._egress.of_public_ips(ids) if ids else UNKNOWN_WAY
            case "none" | "block":
                return WayOut()
            case _:  # the user's own NAT gateway or routes
                return await self._egress.of_subnets(subnets(cluster)) or UNKNOWN_WAY
