"""Who gets to a registry: through a private endpoint, or past the firewall by public address."""

from ipaddress import IPv4Address, IPv4Network

from aiohttp import web

from local.azure import names
from local.azure.contents.errors import address_denied
from local.azure.places import INTERNET
from local.azure.serve import CALLER
from local.azure.world import World
from local.estates.network import Place
from local.estates.registry import Registry


def place_of(request: web.Request) -> Place:
    """Where a client stands, as the listener says; without it, the internet."""
    caller = request.get(CALLER)
    return caller.place if caller else INTERNET


def check_admitted(world: World, registry: Registry, place: Place, host: str) -> None:
    """Raises RegistryError 403 that names the address by which the registry sees the client."""
    address = private_address(world, registry, place, host)
    if address is None and not public_admits(registry, place.egress):
        raise address_denied(place.egress)


def private_address(world: World, registry: Registry, place: Place, host: str) -> str | None:
    """The address of the registry's endpoint, if that is what the name means to this place."""
    for address in names.resolve(world.estate, place, host).addresses:
        endpoint = names.endpoint_at(world.estate, place, address)
        if endpoint and endpoint.registry == registry.name and endpoint.status == "Approved":
            return address
    return None


def public_admits(registry: Registry, address: str) -> bool:
    """Whether the public face lets an address in; publicNetworkAccess overrides the rules."""
    if registry.public_network_access == "Disabled":
        return False
    if registry.firewall.default_action == "Allow":
        return True
    return any(IPv4Address(address) in IPv4Network(rule) for rule in registry.firewall.allow)
