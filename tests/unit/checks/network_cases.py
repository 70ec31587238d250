from msgspec.structs import replace

from shared.domain.facts.beside import KnownRegistries
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    Answer,
    LoginServerAddress,
    Reach,
    RegistryAnswer,
    RegistryProfile,
    Replication,
    Replications,
    Sku,
)
from shared.domain.facts.workload import (
    Egress,
    IdentityKind,
    PrivatePath,
    PullIdentity,
    PullState,
    WorkloadState,
)
from shared.domain.images import DOCKER_HUB, ImageReference
from shared.domain.pulls import Compute
from tests.unit.checks.case import finds, passes, skips, unknown
from tests.unit.checks.facts import (
    ENDPOINT,
    NETWORK,
    NOW,
    answer,
    asked,
    by,
    egress,
    endpoint,
    healthy,
    managed,
    path,
    profile,
    unseen,
    usages,
    workload,
)

RULES = ("203.0.113.0/24", "198.51.100.7")
CLOSED = {"default_allow": False, "allowed_ranges": RULES}
PRIVATE = {"public_network_access": False, "private_endpoints": (endpoint(),)}
IN_NETWORK = egress("52.1.2.3", network=NETWORK)
DATA = ("contoso.westeurope.data.azurecr.io",)
ACI = asked(compute=Compute.CONTAINER_INSTANCES)
SITE_PULL = asked(compute=Compute.APP_SERVICE)
STANDARD = profile(sku=Sku.STANDARD)
KNOWN = KnownRegistries(("contoso.azurecr.io", "fabrikam-a1b2.azurecr.io"))


def named(registry: str, repository: str, tag: str = "v1") -> Asked:
    """An image by its parts, which need not be valid."""
    pull = replace(asked().pull, image=ImageReference(registry, repository, tag))
    return Asked(pull, NOW)


WRITTEN = [
    passes("a valid name", "reference.valid", healthy()),
    finds(
        "upper case",
        "reference.valid",
        healthy(named("contoso.azurecr.io", "Team/API")),
        "REFERENCE_INVALID",
        says=("Team/API", "expected lower-case letters"),
    ),
    finds(
        "the suffix was forgotten",
        "reference.on_acr",
        healthy(named(DOCKER_HUB, "contoso/team/api"), KNOWN),
        "REFERENCE_SUFFIX_FORGOTTEN",
        says=("contoso.azurecr.io/team/api:v1",),
    ),
    finds(
        "the suffix was forgotten, of a registry with a label",
        "reference.on_acr",
        healthy(named(DOCKER_HUB, "fabrikam/api"), KNOWN),
        "REFERENCE_SUFFIX_FORGOTTEN",
        says=("fabrikam-a1b2.azurecr.io/api:v1",),
    ),
    finds(
        "from Docker Hub on purpose",
        "reference.on_acr",
        healthy(named(DOCKER_HUB, "library/nginx"), KNOWN),
        "REFERENCE_NOT_ON_ACR",
    ),
    finds(
        "made anew with a label",
        "network.name",
        healthy(
            named("fabrikam.azurecr.io", "api"),
            LoginServerAddress("fabrikam.azurecr.io", False),
            KNOWN,
            unseen(RegistryProfile),
        ),
        "NETWORK_REGISTRY_RENAMED",
        says=("fabrikam-a1b2.azurecr.io/api:v1",),
    ),
    finds(
        "misspelt",
        "network.name",
        healthy(LoginServerAddress("contosso.azurecr.io", False), KNOWN, unseen(RegistryProfile)),
        "NETWORK_NAME_UNKNOWN",
        says=("Similar registries: contoso.azurecr.io",),
    ),
]


def nowhere(**changes: object) -> LoginServerAddress:
    return LoginServerAddress("contoso.azurecr.io", False, **changes)  # type: ignore[arg-type]


def at(host: str, exists: bool) -> LoginServerAddress:
    return LoginServerAddress(host, exists)


def front(status: int, challenged: bool = False) -> RegistryAnswer:
    return RegistryAnswer("contoso.azurecr.io", answer(status), challenged)


REFERENCE = [
    passes("an ACR image", "reference.on_acr", healthy()),
    finds(
        "Docker Hub",
        "reference.on_acr",
        healthy(asked("nginx:1")),
        "REFERENCE_NOT_ON_ACR",
        says=(DOCKER_HUB, "Docker Hub"),
    ),
    finds(
        "another registry",
        "reference.on_acr",
        healthy(asked("quay.io/team/api:1")),
        "REFERENCE_NOT_ON_ACR",
        says=("quay.io",),
    ),
    *[
        finds(
            f"misspelt {host}",
            "reference.on_acr",
            healthy(asked(f"{host}/team/api:1"), at(host, False)),
            "REFERENCE_HOST_MISSPELT",
            says=("contoso.azurecr.io/team/api:1",),
        )
        for host in ("contoso.azurecr.oi", "contoso.azurcr.io", "contoso.acurecr.io")
    ],
    finds(
        "like ACR, but it exists",
        "reference.on_acr",
        healthy(asked("contoso.azurecr.co/api:1"), at("contoso.azurecr.co", True)),
        "REFERENCE_NOT_ON_ACR",
    ),
]

NAMES = [
    passes("resolves", "network.name", healthy()),
    finds(
        "registry gone",
        "network.name",
        healthy(nowhere(), unseen(RegistryProfile)),
        "NETWORK_NAME_UNKNOWN",
        says=("contoso.azurecr.io", "az acr check-name --name contoso"),
    ),
    unknown(
        "Azure knows it, this resolver does not",
        "network.name",
        healthy(nowhere()),
        "where Pullwatch runs",
    ),
    unknown(
        "the monitor's own zone lacks it",
        "network.name",
        healthy(nowhere(aliases=("contoso.privatelink.azurecr.io",)), unseen(RegistryProfile)),
        "Pullwatch's own network",
    ),
    skips(
        "another registry's host",
        "network.name",
        healthy(asked("ghcr.io/team/api:1"), nowhere(), unseen(RegistryProfile)),
        "none of Azure",
    ),
    unknown("not resolved at all", "network.name", healthy(unseen(LoginServerAddress)), "403"),
    passes("succeeded", "network.registry", healthy()),
    unknown("registry unseen", "network.registry", healthy(unseen(RegistryProfile)), "403"),
    passes("updating", "network.registry", healthy(profile(provisioning_state="Updating"))),
    finds(
        "deleting",
        "network.registry",
        healthy(profile(provisioning_state="Deleting")),
        "NETWORK_REGISTRY_DELETING",
    ),
    finds(
        "failed",
        "network.registry",
        healthy(profile(provisioning_state="Failed")),
        "NETWORK_REGISTRY_NOT_READY",
        says=("Failed",),
    ),
]

ENDPOINTS = [
    skips("no endpoint", "network.private_endpoint", healthy(), "no private endpoint"),
    skips(
        "no network",
        "network.private_endpoint",
        healthy(profile(**PRIVATE)),
        "no virtual network",
    ),
    skips(
        "in another network",
        "network.private_endpoint",
        healthy(profile(**PRIVATE), IN_NETWORK, path(endpoints=())),
    ),
    passes("approved", "network.private_endpoint", healthy(profile(**PRIVATE), IN_NETWORK, path())),
    passes(
        "approved, ids in other letters",
        "network.private_endpoint",
        healthy(profile(**PRIVATE), IN_NETWORK, path(endpoints=(ENDPOINT.upper(),))),
    ),
    *[
        finds(
            state,
            "network.private_endpoint",
            healthy(
                profile(public_network_access=False, private_endpoints=(endpoint(state),)),
                IN_NETWORK,
                path(),
            ),
            f"NETWORK_PRIVATE_ENDPOINT_{state.upper()}",
            says=("contoso-pe",),
        )
        for state in ("Pending", "Rejected", "Disconnected")
    ],
    finds(
        "pending, and DNS leads there although the front is open",
        "network.private_endpoint",
        healthy(profile(private_endpoints=(endpoint("Pending"),)), IN_NETWORK, path()),
        "NETWORK_PRIVATE_ENDPOINT_PENDING",
        says=("az acr private-endpoint-connection approve", "--name contoso-pe.1"),
    ),
    passes(
        "pending, but pulls go by the open front",
        "network.private_endpoint",
        healthy(
            profile(private_endpoints=(endpoint("Pending"),)),
            IN_NETWORK,
            path(zone="", records={}),
        ),
    ),
    unknown(
        "a state that is not known",
        "network.private_endpoint",
        healthy(
            profile(public_network_access=False, private_endpoints=(endpoint("Odd"),)),
            IN_NETWORK,
            path(),
        ),
        "Odd",
    ),
    unknown(
        "egress unseen",
        "network.private_endpoint",
        healthy(profile(**PRIVATE), unseen(Egress)),
        "403",
    ),
    unknown(
        "path unseen",
        "network.private_endpoint",
        healthy(profile(**PRIVATE), IN_NETWORK, unseen(PrivatePath)),
        "403",
    ),
]

DNS = [
    skips("no endpoint", "network.private_dns", healthy()),
    passes(
        "all records",
        "network.private_dns",
        healthy(profile(**PRIVATE, data_endpoints=DATA), IN_NETWORK, path()),
    ),
    passes(
        "records written in full",
        "network.private_dns",
        healthy(
            profile(**PRIVATE),
            IN_NETWORK,
            path(records={"Contoso.privatelink.azurecr.io.": ("10.0.0.5",)}),
        ),
    ),
    finds(
        "zone not linked",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(zone="", records={})),
        "NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE",
        says=("az network private-dns link vnet create", NETWORK),
    ),
    finds(
        "zone not linked, but the front is open",
        "network.private_dns",
        healthy(profile(private_endpoints=(endpoint(),)), IN_NETWORK, path(zone="", records={})),
        "NETWORK_PRIVATE_ENDPOINT_UNUSED",
    ),
    passes(
        "no zone, no endpoint in reach",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(zone="", records={}, endpoints=())),
    ),
    finds(
        "record missing",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(records={"other": ("10.0.0.9",)})),
        "NETWORK_ZONE_LACKS_RECORD",
        says=("az network private-endpoint dns-zone-group create", "contoso-pe"),
    ),
    finds(
        "record without an address",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(records={"contoso": ()})),
        "NETWORK_ZONE_LACKS_RECORD",
    ),
    finds(
        "record of the data endpoint missing",
        "network.private_dns",
        healthy(
            profile(**PRIVATE, data_endpoints=DATA),
            IN_NETWORK,
            path(records={"contoso": ("10.0.0.5",)}),
        ),
        "NETWORK_ZONE_LACKS_DATA_RECORD",
        says=("contoso.westeurope.data",),
    ),
    finds(
        "record of a new replica missing",
        "network.private_dns",
        healthy(
            profile(**PRIVATE, data_endpoints=(*DATA, "contoso.eastus.data.azurecr.io")),
            IN_NETWORK,
            path(),
        ),
        "NETWORK_ZONE_LACKS_REPLICA_RECORD",
        says=("contoso.eastus.data",),
    ),
    finds(
        "a record that leads nowhere",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(endpoints=())),
        "NETWORK_PRIVATE_ADDRESS_UNREACHABLE",
    ),
    unknown(
        "a record of an endpoint that may lie beyond a peered network",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(endpoints=(), transit=True)),
        "beyond",
    ),
    finds(
        "a record, and no endpoint is approved anywhere",
        "network.private_dns",
        healthy(
            profile(public_network_access=False, private_endpoints=(endpoint("Pending"),)),
            IN_NETWORK,
            path(endpoints=(), transit=True),
        ),
        "NETWORK_PRIVATE_ADDRESS_UNREACHABLE",
    ),
    unknown(
        "zone not linked, and whether the front admits is not known",
        "network.private_dns",
        healthy(
            profile(**CLOSED, private_endpoints=(endpoint(),)),
            egress(complete=False, network=NETWORK),
            path(zone="", records={}),
        ),
        "not known",
    ),
    passes(
        "record missing, the link falls back to the open front",
        "network.private_dns",
        healthy(
            profile(private_endpoints=(endpoint(),)), IN_NETWORK, path(records={}, fallback=True)
        ),
    ),
    passes(
        "record missing, the link falls back, and no endpoint is in reach",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(records={}, endpoints=(), fallback=True)),
    ),
    finds(
        "record missing, the link falls back to a closed front",
        "network.private_dns",
        healthy(profile(**PRIVATE), IN_NETWORK, path(records={}, fallback=True)),
        "NETWORK_ZONE_LACKS_RECORD",
        says=("leads to the public endpoint, which does not admit",),
    ),
    passes(
        "record of the data endpoint missing, the link falls back to the open front",
        "network.private_dns",
        healthy(
            profile(private_endpoints=(endpoint(),), data_endpoints=DATA),
            IN_NETWORK,
            path(records={"contoso": ("10.0.0.5",)}, fallback=True),
        ),
    ),
]

PUBLIC = [
    passes("open", "network.public", healthy()),
    passes("open, egress unseen", "network.public", healthy(unseen(Egress))),
    finds(
        "disabled, no network",
        "network.public",
        healthy(profile(public_network_access=False)),
        "NETWORK_PUBLIC_ACCESS_DISABLED",
        says=("web/api",),
    ),
    finds(
        "disabled, endpoint pending",
        "network.public",
        healthy(
            profile(public_network_access=False, private_endpoints=(endpoint("Pending"),)),
            IN_NETWORK,
            path(),
        ),
        "NETWORK_PUBLIC_ACCESS_DISABLED",
    ),
    unknown(
        "disabled, and a peered network may lead to the endpoint",
        "network.public",
        healthy(profile(**PRIVATE), IN_NETWORK, path(endpoints=(), transit=True)),
        "beyond",
    ),
    passes(
        "disabled, private path",
        "network.public",
        healthy(profile(**PRIVATE), IN_NETWORK, path()),
    ),
    passes(
        "disabled, but Container Instances are trusted",
        "network.public",
        healthy(ACI, managed(), profile(public_network_access=False)),
    ),
    finds(
        "disabled, nobody is trusted",
        "network.public",
        healthy(ACI, managed(), profile(public_network_access=False, trusted_services=False)),
        "NETWORK_TRUSTED_SERVICES_OFF",
        says=("az acr update --name contoso --allow-trusted-services true",),
    ),
    finds(
        "App Service is not trusted",
        "network.public",
        healthy(
            asked(compute=Compute.APP_SERVICE),
            managed(),
            profile(public_network_access=False),
        ),
        "NETWORK_PUBLIC_ACCESS_DISABLED",
        says=("App Service is not among the trusted services",),
    ),
    unknown(
        "disabled, egress unseen",
        "network.public",
        healthy(profile(public_network_access=False), unseen(Egress)),
        "403",
    ),
    unknown(
        "Container Instances with an unseen identity",
        "network.public",
        healthy(ACI, profile(public_network_access=False), unseen(PullIdentity)),
        "403",
    ),
]

FIREWALL = [
    passes("no rules", "network.firewall", healthy()),
    passes("no rules, egress unseen", "network.firewall", healthy(unseen(Egress))),
    *[
        passes(f"admits {ip}", "network.firewall", healthy(profile(**CLOSED), egress(ip)))
        for ip in ("203.0.113.0", "203.0.113.255", "198.51.100.7")
    ],
    *[
        finds(
            f"denies {ip}",
            "network.firewall",
            healthy(profile(**CLOSED), egress(ip)),
            "NETWORK_FIREWALL_DENIES_EGRESS",
            says=(
                ip,
                "203.0.113.0/24",
                f"az acr network-rule add --name contoso --ip-address {ip}",
            ),
        )
        for ip in ("203.0.114.0", "202.0.113.1", "198.51.100.8")
    ],
    unknown(
        "rules for subnets may admit a workload in a network",
        "network.firewall",
        healthy(profile(**CLOSED), IN_NETWORK, usages(VNetRules=(1, 100))),
        "subnets",
    ),
    finds(
        "rules for subnets admit no workload without a network",
        "network.firewall",
        healthy(profile(**CLOSED), egress("52.1.2.3"), usages(VNetRules=(1, 100))),
        "NETWORK_FIREWALL_DENIES_EGRESS",
    ),
    passes(
        "a cluster of both families pulls over IPv4",
        "network.firewall",
        healthy(profile(**CLOSED), egress("203.0.113.1", "2001:db8::1")),
    ),
    unknown(
        "only an address of IPv6 is known",
        "network.firewall",
        healthy(profile(**CLOSED), egress("2001:db8::1")),
        "not known",
    ),
    finds(
        "a registry with a rule of IPv6",
        "network.firewall",
        healthy(
            profile(default_allow=False, allowed_ranges=("2001:db8:1::/48",)),
            egress("2001:db8::1"),
        ),
        "NETWORK_FIREWALL_DENIES_EGRESS",
    ),
    finds(
        "denies one of three",
        "network.firewall",
        healthy(profile(**CLOSED), egress("203.0.113.1", "52.1.2.3", "198.51.100.7")),
        "NETWORK_FIREWALL_DENIES_EGRESS",
        says=("contoso.azurecr.io from 52.1.2.3",),
    ),
    finds(
        "denies two, each named",
        "network.firewall",
        healthy(profile(**CLOSED), egress("52.1.2.3", "52.1.2.4")),
        "NETWORK_FIREWALL_DENIES_EGRESS",
        "NETWORK_FIREWALL_DENIES_EGRESS",
    ),
    finds(
        "a rule with host bits",
        "network.firewall",
        healthy(profile(default_allow=False, allowed_ranges=("10.1.2.3/8",)), egress("11.0.0.1")),
        "NETWORK_FIREWALL_DENIES_EGRESS",
    ),
    finds(
        "no rule at all",
        "network.firewall",
        healthy(profile(default_allow=False), egress("52.1.2.3")),
        "NETWORK_FIREWALL_DENIES_EGRESS",
        says=("no address at all",),
    ),
    unknown(
        "may use other addresses",
        "network.firewall",
        healthy(profile(**CLOSED), egress("203.0.113.1", complete=False)),
        "not known",
    ),
    unknown("no address known", "network.firewall", healthy(profile(**CLOSED), egress())),
    unknown(
        "a rule that cannot be read",
        "network.firewall",
        healthy(profile(default_allow=False, allowed_ranges=("somewhere",)), egress("52.1.2.3")),
        "cannot be read",
    ),
    unknown(
        "an address that cannot be read",
        "network.firewall",
        healthy(profile(**CLOSED), egress("<ip>")),
        "cannot be read",
    ),
    unknown("egress unseen", "network.firewall", healthy(profile(**CLOSED), unseen(Egress)), "403"),
    skips(
        "no public endpoint",
        "network.firewall",
        healthy(profile(public_network_access=False, default_allow=False)),
    ),
    skips(
        "pulls go private",
        "network.firewall",
        healthy(profile(**CLOSED, private_endpoints=(endpoint(),)), IN_NETWORK, path()),
    ),
    passes(
        "Container Instances are trusted",
        "network.firewall",
        healthy(ACI, managed(), profile(**CLOSED)),
    ),
    finds(
        "Container Instances with a password are not",
        "network.firewall",
        healthy(ACI, by(IdentityKind.ADMIN_USER), profile(**CLOSED)),
        "NETWORK_TRUSTED_ACCESS_NEEDS_IDENTITY",
        says=("az container create", "--acr-identity"),
    ),
    finds(
        "Container Instances with a password, public access disabled",
        "network.public",
        healthy(ACI, by(IdentityKind.ADMIN_USER), profile(public_network_access=False)),
        "NETWORK_TRUSTED_ACCESS_NEEDS_IDENTITY",
    ),
    finds(
        "trusted services are off",
        "network.firewall",
        healthy(ACI, managed(), profile(trusted_services=False, **CLOSED)),
        "NETWORK_TRUSTED_SERVICES_OFF",
    ),
    finds(
        "nobody is admitted, and the addresses are not known",
        "network.firewall",
        healthy(profile(default_allow=False), egress(complete=False)),
        "NETWORK_FIREWALL_ADMITS_NOBODY",
        says=("az acr network-rule add --name contoso",),
    ),
    finds(
        "a site whose pulls do not take its network",
        "network.firewall",
        healthy(SITE_PULL, managed(), profile(**CLOSED), egress("52.1.2.3", unrouted=NETWORK)),
        "NETWORK_PULL_NOT_ROUTED",
        says=("--set properties.outboundVnetRouting.imagePullTraffic=true", "part of prod"),
    ),
    finds(
        "the same, public access disabled",
        "network.public",
        healthy(SITE_PULL, managed(), profile(**PRIVATE), egress("52.1.2.3", unrouted=NETWORK)),
        "NETWORK_PULL_NOT_ROUTED",
    ),
    passes(
        "its own addresses are admitted",
        "network.firewall",
        healthy(SITE_PULL, profile(**CLOSED), egress("203.0.113.9", unrouted=NETWORK)),
    ),
]

REPLICAS = [
    passes("all take part", "network.replicas", healthy()),
    skips("not Premium", "network.replicas", healthy(profile(sku=Sku.BASIC))),
    finds(
        "one is switched off",
        "network.replicas",
        healthy(Replications((Replication("eastus", False, "Succeeded"),))),
        "NETWORK_REPLICA_DISABLED",
        says=("eastus", "--global-endpoint-routing true"),
    ),
    finds(
        "one is being made",
        "network.replicas",
        healthy(Replications((Replication("eastus", True, "Creating"),))),
        "NETWORK_REPLICA_NOT_READY",
    ),
    unknown("unseen", "network.replicas", healthy(unseen(Replications)), "403"),
]

ANSWERS = [
    passes("asks for credentials", "network.answer", healthy()),
    *[
        finds(str(s), "network.answer", healthy(front(s)), "NETWORK_SERVER_ERROR", says=(str(s),))
        for s in (500, 502, 503)
    ],
    unknown("the monitor is walled off", "network.answer", healthy(front(403)), "Pullwatch itself"),
    unknown("answers too readily", "network.answer", healthy(front(200)), "200"),
    unknown("401 without a challenge", "network.answer", healthy(front(401))),
    *[
        unknown(
            f"the monitor: {reach.value}",
            "network.answer",
            healthy(RegistryAnswer("contoso.azurecr.io", Answer(reach=reach))),
            reach.value,
        )
        for reach in Reach
        if reach not in (Reach.ANSWERED, Reach.PROXY_REFUSED)
    ],
    *[
        finds(
            f"on the way: {code}",
            "network.answer",
            healthy(
                RegistryAnswer("contoso.azurecr.io", Answer(reach=reach, detail=detail)),
            ),
            code,
            says=says,
        )
        for code, reach, detail, says in (
            (
                "NETWORK_TLS_EXPIRED",
                Reach.BAD_TLS,
                "certificate verify failed: certificate has expired",
                ("has expired", "openssl s_client -connect contoso.azurecr.io:443"),
            ),
            (
                "NETWORK_TLS_WRONG_NAME",
                Reach.BAD_TLS,
                "certificate verify failed: Hostname mismatch, certificate is not valid for x",
                ("another host",),
            ),
            (
                "NETWORK_TLS_INTERCEPTED",
                Reach.BAD_TLS,
                "certificate verify failed: unable to get local issuer certificate",
                ("opened on the way",),
            ),
            ("NETWORK_PROXY_REFUSES", Reach.PROXY_REFUSED, "", ("az acr show-endpoints",)),
        )
    ],
]

TIER = [
    skips("Premium", "network.tier", healthy()),
    skips("no network", "network.tier", healthy(STANDARD)),
    passes("no zone", "network.tier", healthy(STANDARD, IN_NETWORK, PrivatePath())),
    finds(
        "a record of what cannot be",
        "network.tier",
        healthy(STANDARD, IN_NETWORK, path()),
        "NETWORK_TIER_WITHOUT_PRIVATE_ENDPOINTS",
        says=("az acr update --name contoso --sku Premium", "Standard"),
    ),
    unknown(
        "the network unseen", "network.tier", healthy(STANDARD, IN_NETWORK, unseen(PrivatePath))
    ),
]

BLOB = 'failed to copy: httpReadSeeker: Get "https://weu42.blob.core.windows.net/x/data?sig=1": '


def layer(text: str) -> WorkloadState:
    return workload(PullState.FAILING, text)


LAYERS = [
    passes("running", "network.data_endpoint", healthy()),
    *(
        finds(
            f"the host of the layers: {text}",
            "network.data_endpoint",
            healthy(layer(f"{start}{text}")),
            "NETWORK_DATA_ENDPOINT_UNREACHABLE",
            says=(host, "az acr show-endpoints --name contoso", "--data-endpoint-enabled true"),
        )
        for start, text, host in (
            (BLOB, "EOF", "weu42.blob.core.windows.net"),
            (BLOB, "dial tcp 20.150.1.2:443: i/o timeout", "weu42.blob.core.windows.net"),
            (BLOB, "dial tcp: lookup weu42: no such host", "weu42.blob.core.windows.net"),
            (
                'Get "https://contoso.westeurope.data.azurecr.io/v2/x": ',
                "dial tcp 10.1.0.5:443: i/o timeout",
                "contoso.westeurope.data.azurecr.io",
            ),
        )
    ),
    passes(
        "the login server, not the host of the layers",
        "network.data_endpoint",
        healthy(layer('Head "https://contoso.azurecr.io/v2/x": dial tcp 20.1.2.3: i/o timeout')),
    ),
    passes(
        "the host of the layers stands in it, but the cause is another",
        "network.data_endpoint",
        healthy(layer(f"{BLOB}no space left on device")),
    ),
    unknown("nobody says why", "network.data_endpoint", healthy(layer("Back-off")), "not say why"),
    unknown("state unseen", "network.data_endpoint", healthy(unseen(WorkloadState)), "403"),
]

CASES = [
    *LAYERS,
    *REFERENCE,
    *NAMES,
    *ENDPOINTS,
    *DNS,
    *PUBLIC,
    *FIREWALL,
    *REPLICAS,
    *ANSWERS,
    *TIER,
    *WRITTEN,
]
