"""From which public addresses a subnet reaches the internet."""

from collections.abc import Iterable
from ipaddress import ip_network

from msgspec import Struct

from shared.adapters.concurrency import each
from shared.compute.arm_ids import name_of, same
from shared.compute.inventory import Inventory
from shared.compute.reading import items, text
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.base import CouldNotLookError

NETWORK_API = "2024-05-01"
_TO_REGISTRIES = (
    ("azurecontainerregistry",),
    ("azurecloud",),
    ("0.0.0.0/1", "128.0.0.0/1"),  # a default route in halves, as appliances are often put first
    ("0.0.0.0/0",),
)
"""Service tags and ranges that registries are within, the more specific ones first."""


class WayOut(Struct, frozen=True):
    """Public addresses; not complete where other ones may be used."""

    addresses: tuple[str, ...] = ()
    complete: bool = True


UNKNOWN_WAY = WayOut((), complete=False)


class EgressReader:
    """Subnets, NAT gateways, route tables, firewalls and public addresses, as ARM tells."""

    def __init__(self, arm: ArmReader, inventory: Inventory) -> None:
        self._arm = arm
        self._inventory = inventory

    async def of_subnets(self, subnet_ids: Iterable[str]) -> WayOut | None:
        """
        How some subnets leave: by a routed appliance or a NAT gateway.

        None where neither is set up, so that the service's own addresses are used.
        Raises CouldNotLookError.
        """
        ways = await each(sorted(set(subnet_ids)), self._of_subnet)
        known = [way for way in ways if way is not None]
        if not known:
            return None
        addresses = {address for way in known for address in way.addresses}
        complete = len(known) == len(ways) and all(way.complete for way in known)
        return WayOut(tuple(sorted(addresses)), complete)

    async def of_public_ips(self, ids: Iterable[str]) -> WayOut:
        """The addresses of public IP and public IP prefix resources."""
        found = await each(sorted(set(ids)), self._addresses)
        return WayOut(tuple(sorted({address for some in found for address in some})))

    async def _of_subnet(self, subnet_id: str) -> WayOut | None:
        subnet = await self._arm.get(subnet_id, NETWORK_API)
        table = text(subnet, "properties", "routeTable", "id")
        if table:
            route = to_registries(await self._arm.get(table, NETWORK_API))
            if route is not None:
                return await self._of_route(route)
        gateway = text(subnet, "properties", "natGateway", "id")
        return await self._of_nat_gateway(gateway) if gateway else None

    async def _of_route(self, route: Json) -> WayOut:
        hop = text(route, "nextHopIpAddress")
        if text(route, "nextHopType") != "VirtualAppliance" or not hop:
            return UNKNOWN_WAY
        found = await self._inventory.find(("microsoft.network/azurefirewalls",), ())
        firewalls = [f for f in found.resources if hop in firewall_addresses(f)]
        if len(firewalls) != 1:  # another maker's appliance, or the address is used twice
            return UNKNOWN_WAY
        return await self.of_public_ips(firewall_addresses(firewalls[0])[hop])

    async def _of_nat_gateway(self, gateway_id: str) -> WayOut:
        gateway = await self._arm.get(gateway_id, NETWORK_API)
        ids = [
            text(one, "id")
            for kind in ("publicIpAddresses", "publicIpPrefixes")
            for one in items(gateway, "properties", kind)
        ]
        return await self.of_public_ips(ids)

    async def _addresses(self, resource_id: str) -> tuple[str, ...]:
        resource = await self._arm.get(resource_id, NETWORK_API)
        prefix = text(resource, "properties", "ipPrefix")
        if prefix:
            return tuple(str(address) for address in ip_network(prefix, strict=False))
        address = text(resource, "properties", "ipAddress")
        if not address:
            raise CouldNotLookError(f"public address {name_of(resource_id)} has no value yet")
        return (address,)


def to_registries(table: Json) -> Json | None:
    """The properties of the route that registry traffic takes, None for straight out."""
    routes = [one.get("properties") or {} for one in items(table, "properties", "routes")]
    for prefixes in _TO_REGISTRIES:
        for route in routes:
            # a tag may name a region: AzureContainerRegistry.WestEurope
            prefix = text(route, "addressPrefix").lower()
            if prefix in prefixes or (prefix[:1].isalpha() and prefix.split(".")[0] in prefixes):
                return None if same(text(route, "nextHopType"), "Internet") else route
    return None


def firewall_addresses(firewall: Json) -> dict[str, list[str]]:
    """An Azure Firewall's private address -> the ids of all its public ones."""
    configurations = items(firewall, "properties", "ipConfigurations")
    private = {text(one, "properties", "privateIPAddress") for one in configurations} - {""}
    public = [text(one, "properties", "publicIPAddress", "id") for one in configurations]
    return {address: [one for one in public if one] for address in private}
