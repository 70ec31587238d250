"""What a virtual network knows of a registry's private endpoint."""

from collections.abc import Iterable

from shared.adapters.concurrency import each
from shared.compute.arm_ids import name_of, parent_of, same, subscription_of
from shared.compute.egress import NETWORK_API
from shared.compute.inventory import Inventory
from shared.compute.reading import items, mapping, text, texts
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import PrivatePath

ZONES_API = "2024-06-01"
FALLBACK = "NxDomainRedirect"
"""The policy of a link whose names without a record are public (azure/dns/private-dns-fallback)."""
_ZONE, _ENDPOINT = "microsoft.network/privatednszones", "microsoft.network/privateendpoints"


class PrivatePathReader:
    """Peerings, private endpoints, and private DNS zones with their links and records."""

    def __init__(self, arm: ArmReader, inventory: Inventory) -> None:
        self._arm = arm
        self._inventory = inventory

    async def read(self, network: str, server: str) -> PrivatePath:
        """
        The private path from a network (an ARM id, empty for none) to a login server.

        Raises:
            CouldNotLookError: also where something that would decide it lies out of sight:
                a peered network, a zone, or the network's own DNS servers.

        """
        if not network:
            return PrivatePath()
        vnet = await self._arm.get(network, NETWORK_API)
        endpoints = await self._endpoints(vnet, network, server)
        own_dns = texts(vnet, "properties", "dhcpOptions", "dnsServers")
        if own_dns:
            raise CouldNotLookError(
                f"network {name_of(network)} resolves names through its own DNS servers"
                f" ({', '.join(own_dns)}): what they answer cannot be seen from here"
            )
        zone, link = await self._linked_zone(network, server, endpoints)
        return PrivatePath(
            zone=zone,
            records=await self._records(zone, server) if zone else {},
            endpoints=tuple(text(endpoint, "id") for endpoint in endpoints),
            transit=carries_further(vnet),
            fallback=same(text(link, "properties", "resolutionPolicy"), FALLBACK),
        )

    async def _endpoints(self, vnet: Json, network: str, server: str) -> list[Json]:
        peers = peered(vnet)
        listed = await self._find(_ENDPOINT)
        near = [e for e in listed if _lies_in(e, (network, *peers)) and leads_to(e, server)]
        if near:
            return near
        readable = await self._inventory.subscriptions()
        for peer in peers:
            if subscription_of(peer) not in readable:
                raise CouldNotLookError(f"the peered network {peer} cannot be read")
        return near

    async def _find(self, kind: str) -> tuple[Json, ...]:
        found = await self._inventory.find((kind,), ())
        if found.gaps:
            raise CouldNotLookError(found.gaps[0].reason)
        return found.resources

    async def _linked_zone(
        self, network: str, server: str, endpoints: Iterable[Json]
    ) -> tuple[str, Json]:
        """The zone that is linked to the network, and the link; empty ones for none."""
        wanted = zone_name(server)
        zones = [text(z, "id") for z in await self._find(_ZONE) if name_of(text(z, "id")) == wanted]
        for zone, links in zip(zones, await each(zones, self._links), strict=True):
            for link in links:
                if same(text(link, "properties", "virtualNetwork", "id"), network):
                    return zone, link
        for named in [z for e in endpoints for z in await self._zones_of(e)]:
            if not any(same(named, zone) for zone in zones):
                raise CouldNotLookError(f"the private DNS zone {named} cannot be read")
        return "", {}

    async def _links(self, zone: str) -> tuple[Json, ...]:
        return await self._arm.list(f"{zone}/virtualNetworkLinks", ZONES_API)

    async def _zones_of(self, endpoint: Json) -> list[str]:
        groups = await self._arm.list(f"{text(endpoint, 'id')}/privateDnsZoneGroups", NETWORK_API)
        return [
            text(configuration, "properties", "privateDnsZoneId")
            for group in groups
            for configuration in items(group, "properties", "privateDnsZoneConfigs")
        ]

    async def _records(self, zone: str, server: str) -> dict[str, tuple[str, ...]]:
        label = server.partition(".")[0]
        sets = await self._arm.list(f"{zone}/A", ZONES_API)
        return {
            text(one, "name"): tuple(
                text(record, "ipv4Address") for record in items(one, "properties", "aRecords")
            )
            for one in sets
            if text(one, "name") == label or text(one, "name").startswith(f"{label}.")
        }


def zone_name(server: str) -> str:
    """``privatelink.azurecr.io`` for any host of a registry in that cloud."""
    return "privatelink." + ".".join(server.split(".")[-2:])


def peered(vnet: Json) -> tuple[str, ...]:
    """The ids of the networks with a connected peering."""
    return tuple(
        text(peering, "properties", "remoteVirtualNetwork", "id")
        for peering in items(vnet, "properties", "virtualNetworkPeerings")
        if text(peering, "properties", "peeringState") == "Connected"
    )


def carries_further(vnet: Json) -> bool:
    """Whether a peered network may forward to others: through an appliance or a gateway of it.

    Peerings themselves are not transitive (virtual-network-peering-overview).
    """
    found = (
        mapping(peering, "properties")
        for peering in items(vnet, "properties", "virtualNetworkPeerings")
    )
    return any(
        text(one, "peeringState") == "Connected"
        and (one.get("allowForwardedTraffic") is True or one.get("useRemoteGateways") is True)
        for one in found
    )


def leads_to(endpoint: Json, server: str) -> bool:
    """Whether a private endpoint is one of the registry with this login server."""
    hosts = (text(one, "fqdn") for one in items(endpoint, "properties", "customDnsConfigs"))
    label = server.partition(".")[0]
    names = {label, label.rpartition("-")[0]}  # the login server may add a hash to the name
    return server in hosts or any(
        name_of(target).lower() in names and "/registries/" in target.lower()
        for target in _targets(endpoint)
    )


def _targets(endpoint: Json) -> list[str]:
    properties = mapping(endpoint, "properties")
    kinds = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    return [
        text(connection, "properties", "privateLinkServiceId")
        for kind in kinds
        for connection in items(properties, kind)
    ]


def _lies_in(endpoint: Json, networks: Iterable[str]) -> bool:
    network = parent_of(text(endpoint, "properties", "subnet", "id"))
    return any(same(network, one) for one in networks)
