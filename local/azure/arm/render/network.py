"""Microsoft.Network: virtual networks, private endpoints, private DNS zones, public addresses."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from local.azure import names
from local.azure.arm.render.clusters import outbound_ids
from local.azure.arm.render.common import Entry, Json, child, fixed, subnet_id, tracked
from local.azure.world import World
from local.estates.network import Network, PrivateEndpoint, PrivateZone, Subnet

_ADDRESS = "Microsoft.Network/publicIPAddresses"


def entries(world: World) -> Iterator[Entry]:
    """Networks, subnets, peerings, endpoints, zones, links, records, outbound addresses."""
    for body in _bodies(world):
        in_graph = body["type"].count("/") == 1
        yield replace(fixed(body), in_graph=in_graph)


def _bodies(world: World) -> Iterator[Json]:
    for network in world.estate.networks:
        subnets = [_subnet(network, one) for one in network.subnets]
        peerings = [_peering(world, network, name) for name in network.peerings]
        yield _network(network, subnets, peerings)
        yield from subnets
        yield from peerings
    for endpoint in world.estate.private_endpoints:
        yield _endpoint(world, endpoint)
        yield from _zone_groups(world, endpoint)
    for zone in world.estate.private_zones:
        links = [_link(world, zone, name) for name in zone.links]
        held = names.zone_records(world.estate, zone)
        records = [_record(zone, name, addresses) for name, addresses in held.items()]
        yield _zone(zone, len(records), len(links))
        yield from links
        yield from records
    yield from _addresses(world)


def _network(network: Network, subnets: list[Json], peerings: list[Json]) -> Json:
    properties: Json = {
        "addressSpace": {"addressPrefixes": network.address_space},
        "subnets": subnets,
        "virtualNetworkPeerings": peerings,
    }
    if network.dns_servers:
        properties["dhcpOptions"] = {"dnsServers": network.dns_servers}
    return tracked(network, properties)


def _subnet(network: Network, subnet: Subnet) -> Json:
    delegations = [{"name": "0", "properties": {"serviceName": subnet.delegation}}]
    properties = {
        "addressPrefix": subnet.prefix,
        "delegations": delegations if subnet.delegation else [],
        "provisioningState": "Succeeded",
    }
    return child(network.id, f"{Network.TYPE}/subnets", subnet.name, properties)


def _peering(world: World, network: Network, name: str) -> Json:
    remote = next((one.id for one in world.estate.networks if one.name == name), "")
    properties = {
        "remoteVirtualNetwork": {"id": remote},
        "peeringState": "Connected",
        "allowVirtualNetworkAccess": True,
        "provisioningState": "Succeeded",
    }
    return child(network.id, f"{Network.TYPE}/virtualNetworkPeerings", name, properties)


def _endpoint(world: World, endpoint: PrivateEndpoint) -> Json:
    registry = next((one for one in world.estate.registries if one.name == endpoint.registry), None)
    connection = {
        "name": f"{endpoint.name}.connection",
        "properties": {
            "privateLinkServiceId": registry.id if registry else "",
            "groupIds": ["registry"],
            "privateLinkServiceConnectionState": {
                "status": endpoint.status,
                "description": "",
                "actionsRequired": endpoint.actions_required,
            },
        },
    }
    by_address = [
        {"fqdn": host, "ipAddresses": [address]} for host, address in endpoint.addresses.items()
    ]
    properties = {
        "privateLinkServiceConnections": [connection],
        "manualPrivateLinkServiceConnections": [],
        "subnet": {"id": subnet_id(world, endpoint.subnet)},
        "customDnsConfigs": by_address,
    }
    return tracked(endpoint, properties)


def _zone_groups(world: World, endpoint: PrivateEndpoint) -> Iterator[Json]:
    zones = [zone for zone in world.estate.private_zones if zone.auto_records]
    if zones:
        configs = [
            {"name": zone.name.replace(".", "-"), "properties": {"privateDnsZoneId": zone.id}}
            for zone in zones
        ]
        properties = {"provisioningState": "Succeeded", "privateDnsZoneConfigs": configs}
        kind = f"{PrivateEndpoint.TYPE}/privateDnsZoneGroups"
        yield child(endpoint.id, kind, "default", properties)


def _zone(zone: PrivateZone, records: int, links: int) -> Json:
    properties = {"numberOfRecordSets": records + 1, "numberOfVirtualNetworkLinks": links}
    return tracked(zone, properties) | {"location": "global"}


def _link(world: World, zone: PrivateZone, name: str) -> Json:
    network = next((one.id for one in world.estate.networks if one.name == name), "")
    properties = {
        "virtualNetwork": {"id": network},
        "registrationEnabled": False,
        "resolutionPolicy": "Default",
        "virtualNetworkLinkState": "Completed",
        "provisioningState": "Succeeded",
    }
    kind = f"{PrivateZone.TYPE}/virtualNetworkLinks"
    return child(zone.id, kind, f"{name}-link", properties, location="global")


def _record(zone: PrivateZone, name: str, addresses: Sequence[str]) -> Json:
    properties = {
        "ttl": 10,
        "fqdn": f"{name}.{zone.name}.",
        "isAutoRegistered": False,
        "aRecords": [{"ipv4Address": one} for one in addresses],
    }
    return child(zone.id, f"{PrivateZone.TYPE}/A", name, properties)


def _addresses(world: World) -> Iterator[Json]:
    for cluster in world.estate.clusters:
        if cluster.outbound_type == "userDefinedRouting":
            continue
        fallback = [names.public_address(f"outbound.{cluster.fqdn}")]
        pairs = zip(outbound_ids(cluster), cluster.outbound or fallback, strict=True)
        for arm_id, address in pairs:
            yield {
                "id": arm_id,
                "name": arm_id.rsplit("/", 1)[1],
                "type": _ADDRESS,
                "location": cluster.location,
                "properties": {"ipAddress": address, "provisioningState": "Succeeded"},
            }
