"""What a host name means to a client at a place: public DNS, private zones, and what it can reach.

Pure. The chain of CNAMEs is the one of MicrosoftDocs azure-management-docs
container-registry-private-endpoints.md; without a private endpoint there is no privatelink name.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

from local.estates.completing import data_endpoints
from local.estates.kubernetes import Cluster
from local.estates.model import Estate
from local.estates.network import Network, Place, PrivateEndpoint, PrivateZone
from local.estates.registry import Registry

_SUFFIX = ".azurecr.io"
_LINKED = ".privatelink.azurecr.io"
_CHAIN_LIMIT = 8


@dataclass(frozen=True)
class Answer:
    """CNAMEs in the order followed, then IPv4 addresses; without addresses it is NXDOMAIN."""

    chain: Sequence[str] = ()
    addresses: Sequence[str] = ()


def resolve(estate: Estate, place: Place, host: str, others: Sequence[str] = ()) -> Answer:
    """What a resolver at the place answers for the host.

    `others` are the names that exist beside the estate's own: a name, or `*.suffix`.
    """
    name = host.rstrip(".").lower()
    zones = _zones(estate, place)
    chain: list[str] = []
    while len(chain) < _CHAIN_LIMIT:
        zone = _zone_of(zones, name)
        if zone is not None:
            held = zone_records(estate, zone).get(_relative(name, zone), ())
            return Answer(tuple(chain), tuple(held))
        found = _public(estate, name, others)
        if not isinstance(found, str):
            return Answer(tuple(chain), tuple(found))
        chain.append(found)
        name = found
    return Answer(tuple(chain))


def zone_records(estate: Estate, zone: PrivateZone) -> Mapping[str, Sequence[str]]:
    """The A records of a private zone by relative name: its endpoints', then what is written."""
    records: dict[str, Sequence[str]] = {}
    if zone.auto_records and zone.name.lower() == _LINKED[1:]:
        for endpoint in estate.private_endpoints:
            for host, address in endpoint.addresses.items():
                records[host.lower().removesuffix(_SUFFIX)] = [address]
    written = {name.lower(): addresses for name, addresses in zone.records.items()}
    return {name: found for name, found in (records | written).items() if found}


def reachable(estate: Estate, place: Place, address: str) -> bool:
    """Whether packets from the place arrive: public addresses always, private ones by network."""
    if not _is_private(address):
        return True
    here = _network(estate, place.network)
    if here is None:
        return False
    endpoint = endpoint_at(estate, place, address)
    if endpoint is not None:
        return endpoint.status == "Approved"
    return any(_contains(network, address) for network in _connected(estate, here))


def endpoint_at(estate: Estate, place: Place, address: str) -> PrivateEndpoint | None:
    """The private endpoint with this address in the place's network or one peered with it."""
    here = _network(estate, place.network)
    if here is None:
        return None
    near = {network.name for network in _connected(estate, here)}
    for endpoint in estate.private_endpoints:
        if endpoint.subnet.split("/")[0] in near and address in endpoint.addresses.values():
            return endpoint
    return None


def public_address(host: str) -> str:
    """A public address that is always the same for the same host."""
    number = hashlib.sha256(host.encode()).digest()
    return f"20.{number[0]}.{number[1]}.{1 + number[2] % 254}"


def _public(estate: Estate, name: str, others: Sequence[str]) -> str | Sequence[str]:
    if name.endswith((_SUFFIX, ".azcr.io")):
        return _registry_record(estate, name)
    if name.endswith((".trafficmanager.net", ".cloudapp.azure.com")):
        return _front_end(name)
    if name.endswith(".azmk8s.io"):
        running = (one for one in estate.clusters if one.power_state == "Running")
        cluster = next((one for one in running if one.fqdn.lower() == name), None)
        return [_cluster_address(estate, cluster)] if cluster else ()
    return [public_address(name)] if any(fnmatchcase(name, one) for one in others) else ()


def _registry_record(estate: Estate, name: str) -> str | Sequence[str]:
    if name.endswith(".fe.azcr.io"):
        return f"{name.split('.', maxsplit=1)[0]}-acr-reg.trafficmanager.net"
    linked = name.endswith(_LINKED)
    host = name.removesuffix(_LINKED) + _SUFFIX if linked else name
    for registry in estate.registries:
        login = registry.login_server.lower()
        private = _has_endpoint(estate, registry)
        regional = data_endpoints(registry) if registry.data_endpoint_enabled else []
        if host != login and host not in regional:
            continue
        if private and not linked:
            return name.removesuffix(_SUFFIX) + _LINKED
        region = registry.location if host == login else host.split(".")[1]
        return f"{region}.fe.azcr.io"
    return ()


def _front_end(name: str) -> str | Sequence[str]:
    if name.endswith(".cloudapp.azure.com"):
        return [public_address(name)]
    region = name.removesuffix("-acr-reg.trafficmanager.net")
    return f"r0318{region}-az.{region}.cloudapp.azure.com"


def _cluster_address(estate: Estate, cluster: Cluster) -> str:
    network = _network(estate, cluster.network)
    if not cluster.private or network is None:
        return public_address(cluster.fqdn)
    prefix = next(
        (s.prefix for s in network.subnets if s.name == cluster.network.split("/")[-1]), ""
    )
    return str(ip_network(prefix or network.address_space[0])[4])


def _has_endpoint(estate: Estate, registry: Registry) -> bool:
    return any(
        one.registry == registry.name and one.status == "Approved"
        for one in estate.private_endpoints
    )


def _zones(estate: Estate, place: Place) -> Mapping[str, PrivateZone]:
    network = _network(estate, place.network)
    if network is None or network.dns_servers:
        return {}
    return {zone.name.lower(): zone for zone in estate.private_zones if network.name in zone.links}


def _zone_of(zones: Mapping[str, PrivateZone], name: str) -> PrivateZone | None:
    matching = [zone for zone in zones if name == zone or name.endswith("." + zone)]
    return zones[max(matching, key=len)] if matching else None


def _relative(name: str, zone: PrivateZone) -> str:
    return name.removesuffix(zone.name.lower()).removesuffix(".") or "@"


def _network(estate: Estate, reference: str) -> Network | None:
    name = reference.split("/", maxsplit=1)[0]
    return next((one for one in estate.networks if one.name == name), None)


def _connected(estate: Estate, here: Network) -> Iterator[Network]:
    for network in estate.networks:
        if network.name == here.name or network.name in here.peerings:
            yield network


def _contains(network: Network, address: str) -> bool:
    return any(ip_address(address) in ip_network(space) for space in network.address_space)


def _is_private(address: str) -> bool:
    return ip_address(address).is_private
