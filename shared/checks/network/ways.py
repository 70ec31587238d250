"""The ways by which a workload can reach a registry, decided from how both ends are set up."""

import ipaddress

from shared.checks.base import CannotTellError, known
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import PrivateEndpoint, RegistryProfile
from shared.domain.facts.workload import Egress, IdentityKind, PrivatePath, PullIdentity
from shared.domain.pulls import Compute

ZONE = "privatelink.azurecr.io"
APPROVED = "approved"


def private_path(egress: Egress, path: PrivatePath | Unavailable) -> PrivatePath:
    """What the workload's network knows; a workload without a network has no private path."""
    return known(path) if egress.network else PrivatePath()


def endpoints_in_reach(profile: RegistryProfile, path: PrivatePath) -> tuple[PrivateEndpoint, ...]:
    """The registry's private endpoints that the workload's network reaches, in any state."""
    reached = {endpoint.lower() for endpoint in path.endpoints}
    return tuple(e for e in profile.private_endpoints if e.id.lower() in reached)


def approved(endpoints: tuple[PrivateEndpoint, ...]) -> bool:
    """Whether a pull can go through one of them."""
    return any(endpoint.state.lower() == APPROVED for endpoint in endpoints)


def record_names(path: PrivatePath) -> frozenset[str]:
    """Names in the private zone that have an address, relative to the zone."""
    return frozenset(
        name.lower().rstrip(".").removesuffix(f".{ZONE}")
        for name, addresses in path.records.items()
        if addresses
    )


def label(host: str) -> str:
    """The record of a host in the private zone: ``contoso``, ``contoso.westeurope.data``."""
    return host.lower().rpartition(".azurecr.")[0]


def steered(profile: RegistryProfile, path: PrivatePath) -> bool:
    """Whether the workload's DNS gives the registry's name a private address."""
    return bool(path.zone) and label(profile.login_server) in record_names(path)


def goes_private(profile: RegistryProfile, egress: Egress, path: PrivatePath | Unavailable) -> bool:
    """Whether pulls take an approved private endpoint, so that public rules do not apply."""
    if not (egress.network and profile.private_endpoints):
        return False
    way = private_path(egress, path)
    if not steered(profile, way):
        return False
    insist_on_reach(profile, way)
    return approved(endpoints_in_reach(profile, way))


def insist_on_reach(profile: RegistryProfile, path: PrivatePath) -> None:
    """That no endpoint is in reach says nothing where a peered network may forward to one.

    Raises:
        CannotTellError: it may.

    """
    if path.transit and not path.endpoints and approved(profile.private_endpoints):
        raise CannotTellError(
            "a peered network may carry traffic on to a private endpoint that lies beyond it"
        )


def trusted(asked: Asked, profile: RegistryProfile, identity: PullIdentity | Unavailable) -> bool:
    """Whether the registry lets the service in as a trusted one: ACI with a managed identity."""
    if asked.pull.workload.compute is not Compute.CONTAINER_INSTANCES:
        return False
    return profile.trusted_services and known(identity).kind is IdentityKind.MANAGED_IDENTITY


def denied(profile: RegistryProfile, egress: Egress) -> tuple[str, ...]:
    """The egress addresses that the public endpoint refuses.

    Raises:
        CannotTellError: an address or a rule cannot be read.

    """
    if profile.admits_everyone:
        return ()
    ranges = _ranges(profile) if profile.public_network_access else []
    return tuple(
        address
        for address in usable(profile, egress)
        if not any(_address(address) in r for r in ranges)
    )


def usable(profile: RegistryProfile, egress: Egress) -> tuple[str, ...]:
    """The egress addresses from which a registry can be reached: of IPv6 only where it has rules.

    A cluster of both families has a public address of each, and goes to a registry, whose name has
    an address of IPv4 alone, from that one.
    """
    families = {4, *(one.version for one in _ranges(profile))}
    return tuple(one for one in egress.addresses if _address(one).version in families)


def admitted_publicly(profile: RegistryProfile, egress: Egress) -> bool:
    """Whether the public endpoint admits every pull of the workload.

    Raises:
        CannotTellError: not every address from which it pulls is known, or one cannot be read.

    """
    if profile.admits_everyone:
        return True
    if not (profile.public_network_access and profile.allowed_ranges) or denied(profile, egress):
        return False
    insist_on_all(profile, egress)
    return True


def insist_on_all(profile: RegistryProfile, egress: Egress) -> None:
    """Raise CannotTellError where the workload may pull from addresses that are not known."""
    if not usable(profile, egress):
        raise CannotTellError("the workload's egress addresses are not known")
    if not egress.complete:
        raise CannotTellError("the workload may pull from addresses that are not known")


type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _ranges(profile: RegistryProfile) -> list[Network]:
    try:
        return [ipaddress.ip_network(rule, strict=False) for rule in profile.allowed_ranges]
    except ValueError as why:
        raise CannotTellError(f"a rule of the registry's firewall cannot be read: {why}") from None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as why:
        raise CannotTellError(f"an egress address cannot be read: {why}") from None
