"""The private way: endpoint, zone and records."""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.names import about_registry, arm_part, last_part, listed
from shared.checks.network.ways import (
    admitted_publicly,
    approved,
    endpoints_in_reach,
    insist_on_reach,
    label,
    private_path,
    record_names,
    steered,
)
from shared.domain.facts.base import Unavailable
from shared.domain.facts.registry import PrivateEndpoint, RegistryProfile, Sku
from shared.domain.facts.workload import Egress, PrivatePath
from shared.domain.findings import Confidence, Finding, Outcome, Problem

CONSEQUENCES = ("network.public", "network.firewall", "existence.", "cleanup.")
NOWHERE = "the name does not exist for this network"
OUTSIDE = "the name leads to the public endpoint, which does not admit the workload"
FILL_ZONE = (
    "az network private-endpoint dns-zone-group create --resource-group {endpoint_group} "
    "--endpoint-name {endpoint} --name default --private-dns-zone {zone} "
    "--zone-name privatelink.azurecr.io"
)
LINK_ZONE = (
    "az network private-dns link vnet create --zone-name privatelink.azurecr.io "
    "--name {registry} --virtual-network {network_id} --registration-enabled false "
    '--resource-group "$(az network private-dns zone list --output tsv '
    '--query "[?name==\'privatelink.azurecr.io\'].resourceGroup | [0]")"'
)

PENDING = Problem(
    code="NETWORK_PRIVATE_ENDPOINT_PENDING",
    outcome=Outcome.FAIL,
    title="The private endpoint {endpoint} waits for approval by {login_server}",
    explanation="Until the registry's owner approves the connection, nothing passes through it.",
    fix=(
        "az acr private-endpoint-connection approve --registry-name {registry} --name {connection}",
    ),
    link=links.PRIVATE,
    explains=CONSEQUENCES,
)
REJECTED = Problem(
    code="NETWORK_PRIVATE_ENDPOINT_REJECTED",
    outcome=Outcome.FAIL,
    title="{login_server} rejected the private endpoint {endpoint}",
    explanation="A rejected connection stays closed{said}, until it is made again.",
    fix=(
        "Agree with the owner of {registry}, then delete the private endpoint and create it again",
        "az network private-endpoint delete --ids {endpoint_id}",
    ),
    link=links.PRIVATE,
    explains=CONSEQUENCES,
)
DISCONNECTED = Problem(
    code="NETWORK_PRIVATE_ENDPOINT_DISCONNECTED",
    outcome=Outcome.FAIL,
    title="The private endpoint {endpoint} is disconnected from {login_server}",
    explanation="The registry's side of the connection was removed: the endpoint leads nowhere "
    "and has to be created again.",
    fix=(
        "az network private-endpoint delete --ids {endpoint_id}",
        "Create the private endpoint again for {registry_id}, group id registry",
    ),
    link=links.PRIVATE,
    explains=CONSEQUENCES,
)
ZONE_NOT_LINKED = Problem(
    code="NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE",
    outcome=Outcome.FAIL,
    title="{login_server} resolves to its public address in {network}",
    explanation="The network reaches an approved private endpoint, but no private DNS zone "
    "privatelink.azurecr.io is linked to it, so pulls go to the public endpoint, which does not "
    "admit them.",
    fix=(LINK_ZONE,),
    link=links.PRIVATE,
    explains=("existence.", "cleanup."),
)
UNUSED = Problem(
    code="NETWORK_PRIVATE_ENDPOINT_UNUSED",
    outcome=Outcome.WARN,
    title="Pulls from {network} pass by the private endpoint of {login_server}",
    explanation="No private DNS zone privatelink.azurecr.io is linked to the network, so pulls use "
    "the public endpoint. They fail as soon as public access is closed.",
    fix=(LINK_ZONE,),
    link=links.PRIVATE,
)
ZONE_LACKS_RECORD = Problem(
    code="NETWORK_ZONE_LACKS_RECORD",
    outcome=Outcome.FAIL,
    title="The private DNS zone of {network} has no record of {login_server}",
    explanation="A linked zone privatelink.azurecr.io answers for every registry with a private "
    "endpoint: without the record {record} {without}.",
    fix=(FILL_ZONE,),
    link=links.PRIVATE,
    explains=("existence.", "cleanup."),
    health_code="CONNECTIVITY_DNS_ERROR",
)
ZONE_LACKS_DATA_RECORD = Problem(
    code="NETWORK_ZONE_LACKS_DATA_RECORD",
    outcome=Outcome.FAIL,
    title="The private DNS zone of {network} has no record of the data endpoint of {login_server}",
    explanation="Manifests come from the login server, layers from the data endpoint: without the "
    "record {record} every pull of a layer fails.",
    fix=(FILL_ZONE,),
    link=links.PRIVATE,
)
ZONE_LACKS_REPLICA_RECORD = Problem(
    code="NETWORK_ZONE_LACKS_REPLICA_RECORD",
    outcome=Outcome.WARN,
    title="The private DNS zone of {network} lacks records of replicas of {login_server}",
    explanation="Without {record} a pull fails whenever it is routed to that replica: now and "
    "then, on some nodes only.",
    fix=(FILL_ZONE,),
    link=links.REPLICATION,
)
STALE_RECORD = Problem(
    code="NETWORK_PRIVATE_ADDRESS_UNREACHABLE",
    outcome=Outcome.FAIL,
    title="{login_server} resolves to a private address that {network} does not reach",
    explanation="The linked zone holds the record {record}, but no private endpoint of the "
    "registry is in reach of this network: it was deleted, or stands in a network that is not "
    "peered with this one.",
    fix=(
        "Peer the networks, or create a private endpoint for {registry_id} in {network}",
        (
            "az network private-dns record-set a delete --resource-group {zone_group} "
            "--zone-name privatelink.azurecr.io --name {record}"
        ),
    ),
    link=links.PRIVATE,
    explains=CONSEQUENCES,
    confidence=Confidence.LIKELY,
)

TIER = Problem(
    code="NETWORK_TIER_WITHOUT_PRIVATE_ENDPOINTS",
    outcome=Outcome.WARN,
    title="{network} expects a private endpoint of {login_server}, which {sku} does not have",
    explanation="The private DNS zone of the network has a record of the registry, but only "
    "Premium registries have private endpoints: pulls take the public endpoint, or fail where "
    "the network lets nothing out.",
    fix=(
        "az acr update --name {registry} --sku Premium",
        "Or remove the record:",
        (
            "az network private-dns record-set a delete --resource-group {zone_group} "
            "--zone-name privatelink.azurecr.io --name {record}"
        ),
    ),
    link=links.PRIVATE,
)

_BY_STATE = {"pending": PENDING, "rejected": REJECTED, "disconnected": DISCONNECTED}


@check("network.private_endpoint", PENDING, REJECTED, DISCONNECTED)
def private_endpoint_is_approved(
    profile: RegistryProfile, egress: Egress | Unavailable, path: PrivatePath | Unavailable
) -> Iterable[Finding]:
    """The private endpoint in the workload's network is approved."""
    _insist_on_private(profile, egress)
    way = private_path(known(egress), path)
    reached = endpoints_in_reach(profile, way)
    if not reached:
        raise NotApplicableError("the workload's network has no private endpoint of the registry")
    if approved(reached) or _passes_by(profile, known(egress), way):
        return
    for endpoint in reached:
        problem = _BY_STATE.get(endpoint.state.lower())
        if problem is None:
            raise CannotTellError(f"a private endpoint is in the state {endpoint.state!r}")
        yield problem.found(subject=endpoint.id, **about_registry(profile), **_about(endpoint))


@check("network.tier", TIER, advisory=True)
def tier_has_private_endpoints(
    profile: RegistryProfile, egress: Egress | Unavailable, path: PrivatePath | Unavailable
) -> Iterable[Finding]:
    """The registry's tier has the private endpoint that the workload's network expects."""
    if profile.sku is Sku.PREMIUM:
        raise NotApplicableError("Premium registries have private endpoints")
    if not known(egress).network:
        raise NotApplicableError("the workload pulls over no virtual network")
    way = known(path)
    if steered(profile, way):
        yield TIER.found(
            subject=f"{profile.login_server} from {known(egress).network}",
            network=last_part(known(egress).network),
            sku=profile.sku.value,
            zone_group=arm_part(way.zone, "resourceGroups"),
            record=label(profile.login_server),
            **about_registry(profile),
        )


@check(
    "network.private_dns",
    ZONE_NOT_LINKED,
    UNUSED,
    ZONE_LACKS_RECORD,
    ZONE_LACKS_DATA_RECORD,
    ZONE_LACKS_REPLICA_RECORD,
    STALE_RECORD,
)
def private_names_resolve(
    profile: RegistryProfile, egress: Egress | Unavailable, path: PrivatePath | Unavailable
) -> Iterable[Finding]:
    """The workload's DNS gives the registry the address by which it can be reached."""
    _insist_on_private(profile, egress)
    way = private_path(known(egress), path)
    reached = endpoints_in_reach(profile, way)
    details = _about_zone(profile, known(egress), way, reached)
    if not way.zone:
        if approved(reached):
            open_too = admitted_publicly(profile, known(egress))
            yield (UNUSED if open_too else ZONE_NOT_LINKED).found(**details)
    elif not steered(profile, way):
        if not (way.fallback and _needs_no_record(profile, known(egress), reached)):
            without = OUTSIDE if way.fallback else NOWHERE
            record = label(profile.login_server)
            yield ZONE_LACKS_RECORD.found(record=record, without=without, **details)
    elif not way.endpoints:
        insist_on_reach(profile, way)
        yield STALE_RECORD.found(record=label(profile.login_server), **details)
    elif not (way.fallback and admitted_publicly(profile, known(egress))):
        yield from _data_records(profile, way, details)


def _needs_no_record(
    profile: RegistryProfile, egress: Egress, reached: tuple[PrivateEndpoint, ...]
) -> bool:
    """Whether the public address, to which the link falls back, will do, or is all there is."""
    return not approved(reached) or admitted_publicly(profile, egress)


def _data_records(
    profile: RegistryProfile, way: PrivatePath, details: dict[str, str]
) -> Iterable[Finding]:
    wanted = {label(host) for host in profile.data_endpoints}
    missing = sorted(wanted - record_names(way))
    home = [name for name in missing if f".{profile.region.lower()}." in name]
    others = [name for name in missing if name not in home]
    if home:
        yield ZONE_LACKS_DATA_RECORD.found(record=listed(home), **details)
    if others:
        yield ZONE_LACKS_REPLICA_RECORD.found(record=listed(others), **details)


def _insist_on_private(profile: RegistryProfile, egress: Egress | Unavailable) -> None:
    if not profile.private_endpoints:
        raise NotApplicableError("the registry has no private endpoint")
    if not known(egress).network:
        raise NotApplicableError("the workload pulls over no virtual network")


def _passes_by(profile: RegistryProfile, egress: Egress, way: PrivatePath) -> bool:
    """Whether pulls do not need the endpoint: DNS does not lead to it, and the front is open."""
    return not steered(profile, way) and admitted_publicly(profile, egress)


def _about(endpoint: PrivateEndpoint) -> dict[str, str]:
    return {
        "endpoint": last_part(endpoint.id),
        "endpoint_id": endpoint.id,
        "connection": endpoint.connection or last_part(endpoint.id),
        "said": f" ({endpoint.description})" if endpoint.description else "",
    }


def _about_zone(
    profile: RegistryProfile,
    egress: Egress,
    way: PrivatePath,
    reached: tuple[PrivateEndpoint, ...],
) -> dict[str, str]:
    endpoint = (reached or profile.private_endpoints)[0].id
    return {
        **about_registry(profile),
        "subject": f"{profile.login_server} from {egress.network}",
        "zone": way.zone,
        "zone_group": arm_part(way.zone, "resourceGroups"),
        "network": last_part(egress.network),
        "network_id": egress.network,
        "endpoint": last_part(endpoint),
        "endpoint_group": arm_part(endpoint, "resourceGroups"),
    }


CHECKS = (tier_has_private_endpoints, private_endpoint_is_approved, private_names_resolve)
