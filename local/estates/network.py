"""Where callers are: virtual networks, private endpoints, private DNS and places of clients."""

from typing import ClassVar, Literal

from local.estates.base import Described, Resource


class Subnet(Described, kw_only=True):
    """A subnet; elsewhere referred to as `network/subnet`."""

    name: str
    prefix: str
    delegation: str = ""


class Network(Resource, kw_only=True):
    """A virtual network."""

    TYPE: ClassVar[str] = "Microsoft.Network/virtualNetworks"

    address_space: list[str]
    subnets: list[Subnet] = []
    dns_servers: list[str] = []
    """Custom DNS servers; none means Azure's, which knows the linked private zones."""
    peerings: list[str] = []
    """Names of peered networks."""


class PrivateEndpoint(Resource, kw_only=True):
    """A private endpoint of a registry in a subnet."""

    TYPE: ClassVar[str] = "Microsoft.Network/privateEndpoints"

    registry: str
    """Name of the registry."""
    subnet: str
    """`network/subnet`."""
    status: Literal["Approved", "Pending", "Rejected", "Disconnected"] = "Approved"
    actions_required: str = "None"
    addresses: dict[str, str] = {}
    """Host name -> private address, one for the registry and one for each data endpoint; taken
    from the subnet unless given."""


class PrivateZone(Resource, kw_only=True):
    """A private DNS zone."""

    TYPE: ClassVar[str] = "Microsoft.Network/privateDnsZones"

    records: dict[str, list[str]] = {}
    """Relative name -> A addresses; no address stands for a record that is missing."""
    links: list[str] = []
    """Names of networks that resolve through the zone."""
    auto_records: bool = True
    """Beside `records`, one for each address of a private endpoint, as a zone group writes them."""


class Place(Described, kw_only=True):
    """Where a client stands: the address others see and the network it resolves names in."""

    name: str
    egress: str
    """Public IPv4 address."""
    network: str = ""
    """`network/subnet`, or empty for the internet."""
    identity: str = ""
    """The managed identity that code at this place runs as."""
    region: str = ""
    """The region whose geo-replica serves it; empty: the registry's home."""
