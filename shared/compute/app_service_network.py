"""From where App Service pulls images for a site."""

from shared.compute.arm_ids import parent_of
from shared.compute.egress import EgressReader, WayOut
from shared.compute.reading import flag, text
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.workload import Egress

ENVIRONMENT_API = "2025-05-01"


def pulls_through_network(site: Json) -> bool:
    """Whether image pulls take the site's network (formerly ``vnetImagePullEnabled``)."""
    routed = (
        ("outboundVnetRouting", "imagePullTraffic"),
        ("outboundVnetRouting", "allTraffic"),
        ("vnetImagePullEnabled",),
    )
    return any(flag(site, "properties", *path) for path in routed)


def outbound_addresses(site: Json) -> tuple[str, ...]:
    """Every public address that the site uses as it is set up now.

    Those that are merely possible come with another pricing tier: that a firewall does not admit
    them keeps nothing from being pulled (``outboundIpAddresses``, web 2025-05-01).
    """
    now = text(site, "properties", "outboundIpAddresses")
    told = now or text(site, "properties", "possibleOutboundIpAddresses")
    return tuple(sorted({part.strip() for part in told.split(",")} - {""}))


class SiteNetwork:
    """A site's network, where pulls take it, and its way out. Raises CouldNotLookError."""

    def __init__(self, arm: ArmReader, egress: EgressReader) -> None:
        self._arm = arm
        self._egress = egress

    async def egress(self, site: Json) -> Egress:
        """
        Traffic that is routed through a network still leaves by the site's own addresses, unless
        the subnet has a NAT gateway or a route.
        """
        own = outbound_addresses(site)
        way = WayOut(own, complete=bool(own))
        subnet = text(site, "properties", "virtualNetworkSubnetId")
        if subnet and pulls_through_network(site):
            way = await self._egress.of_subnets([subnet]) or way
        network = await self.network(site)
        return Egress(
            addresses=way.addresses,
            complete=way.complete,
            network=network,
            unrouted=parent_of(subnet) if subnet and not network else "",
        )

    async def network(self, site: Json) -> str:
        """The id of the network that carries image pulls, empty for none."""
        environment = text(site, "properties", "hostingEnvironmentProfile", "id")
        if environment:  # an App Service Environment lies in a network as a whole
            found = await self._arm.get(environment, ENVIRONMENT_API)
            subnet = text(found, "properties", "virtualNetwork", "id")
            return parent_of(subnet) if "/subnets/" in subnet.lower() else subnet
        subnet = text(site, "properties", "virtualNetworkSubnetId")
        return parent_of(subnet) if subnet and pulls_through_network(site) else ""
