"""Planted faults of names and of the network."""

from local.faults.base import NODES
from local.faults.cases import Case, Verdict, fault
from local.faults.edits import each, grant, image, put, workload
from local.faults.survey import Verb

ON_PLAIN = ("*-plain", "*-token", "*-sp", "*-admin")
"""Every workload that pulls from the registry `plain`."""
ZONE = "privateZones/privatelink.azurecr.io"
GATE_APPS = each(
    *(
        workload(
            f"{column}-plain",
            image="gated.azurecr.io/{column}-gated:1",
            registries=[{"server": "gated.azurecr.io", "identity": "{column}-identity"}],
        )
        for column in ("app", "job")
    )
)
"""Container Apps that pull from the registry with the firewall."""
NO_TRUST = put("registries/gated/networkRuleBypassOptions", "None")
NOTHING = each()


def wire(name: str, **arguments: object) -> tuple[Verb, ...]:
    """A verb of the control API."""
    return (Verb(name, arguments),)


def status(host: str, code: int, path: str = "*") -> tuple[Verb, ...]:
    """A host that answers with an error."""
    return wire("fault", host=host, trouble="status", status=code, path=path)


REFERENCE = (
    fault(
        "REFERENCE_HOST_MISSPELT",
        "azurecr.oi",
        image("*-plain", "plain.azurecr.oi/{name}:1"),
        "*-plain",
    ),
    fault(
        "REFERENCE_HOST_MISSPELT",
        "the top-level domain forgotten",
        image("*-plain", "plain.azurecr/{name}:1"),
        "*-plain",
    ),
)

NAMES = (
    fault(
        "NETWORK_NAME_UNKNOWN",
        "no such registry",
        image("*-plain", "plian.azurecr.io/{name}:1"),
        "*-plain",
    ),
    fault(
        "NETWORK_REGISTRY_DELETING",
        "being deleted",
        put("registries/plain/provisioningState", "Deleting"),
        *ON_PLAIN,
    ),
    fault(
        "NETWORK_REGISTRY_NOT_READY",
        "provisioning failed",
        put("registries/plain/provisioningState", "Failed"),
        *ON_PLAIN,
    ),
    fault(
        "NETWORK_SERVER_ERROR",
        "503 to everything",
        NOTHING,
        *ON_PLAIN,
        verbs=status("plain.azurecr.io", 503),
    ),
    fault(
        "NETWORK_REGISTRY_RENAMED",
        "made anew with a hash in its name",
        put("registries/plain/loginServer", "plain-0a1b2c3d4e5f6789.azurecr.io"),
        *ON_PLAIN,
    ),
    fault(
        "NETWORK_PROXY_REFUSES",
        "not on the list of the proxy",
        NOTHING,
        *ON_PLAIN,
        verbs=wire("unreachable", host="plain.azurecr.io", how="denied"),
    ),
)

TLS = tuple(
    fault(
        f"NETWORK_TLS_{problem}",
        f"the certificate: {how}",
        NOTHING,
        *ON_PLAIN,
        verbs=wire("certificate", host="plain.azurecr.io", how=how),
    )
    for problem, how in (
        ("EXPIRED", "expired"),
        ("WRONG_NAME", "wrong-name"),
        ("INTERCEPTED", "untrusted"),
    )
)

PRIVATE = (
    fault(
        "NETWORK_TIER_WITHOUT_PRIVATE_ENDPOINTS",
        "a record is left from when it was Premium",
        put(f"{ZONE}/records", {"abac": ["10.10.1.99"]}),
        "aks-abac",
        aside=("*-abac",),
    ),
    *(
        fault(
            f"NETWORK_PRIVATE_ENDPOINT_{state.upper()}",
            "in the hub",
            put("privateEndpoints/vault/status", state),
            "*-vault",
        )
        for state in ("Pending", "Rejected", "Disconnected")
    ),
    fault(
        "NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE",
        "the zone is not linked to the spoke",
        put(f"{ZONE}/links", ["hub"]),
        "*-vault",
    ),
    fault(
        "NETWORK_PRIVATE_ENDPOINT_UNUSED",
        "not linked, but the front door is open",
        each(put(f"{ZONE}/links", ["hub"]), put("registries/vault/publicNetworkAccess", "Enabled")),
        "*-vault",
    ),
    fault(
        "NETWORK_ZONE_LACKS_RECORD",
        "no record of the registry",
        put(f"{ZONE}/records", {"vault": []}),
        "*-vault",
    ),
    fault(
        "NETWORK_ZONE_LACKS_DATA_RECORD",
        "no record of the data endpoint",
        put(f"{ZONE}/records", {"vault.westeurope.data": []}),
        "*-vault",
    ),
    fault(
        "NETWORK_ZONE_LACKS_REPLICA_RECORD",
        "no record of the new replica",
        put(f"{ZONE}/records", {"vault.northeurope.data": []}),
        "*-vault",
    ),
    fault(
        "NETWORK_PRIVATE_ADDRESS_UNREACHABLE",
        "the spoke is not peered",
        each(put("networks/spoke/peerings", []), put("networks/hub/peerings", [])),
        "*-vault",
    ),
)

PUBLIC = (
    fault(
        "NETWORK_PUBLIC_ACCESS_DISABLED",
        "and nobody has a private path",
        each(GATE_APPS, NO_TRUST, put("registries/gated/publicNetworkAccess", "Disabled")),
        *("aks-gated", "web-gated", "slot-gated", "app-plain", "job-plain"),
        besides={"aci-gated": Verdict("NETWORK_TRUSTED_SERVICES_OFF")},
    ),
    fault(
        "NETWORK_TRUSTED_SERVICES_OFF",
        "Container Instances are not let in",
        each(NO_TRUST, put("registries/gated/publicNetworkAccess", "Disabled")),
        "aci-gated",
        aside=("*-gated",),
    ),
    fault(
        "NETWORK_TRUSTED_ACCESS_NEEDS_IDENTITY",
        "Container Instances with a password",
        each(
            put("registries/gated/publicNetworkAccess", "Disabled"),
            workload(
                "aci-gated",
                credentials=[
                    {
                        "server": "gated.azurecr.io",
                        "username": "aci-principal",
                        "password": "aci-secret",
                    }
                ],
            ),
            grant("aci-principal", "AcrPull", "registry/gated"),
        ),
        "aci-gated",
        aside=("*-gated",),
    ),
    fault(
        "NETWORK_FIREWALL_ADMITS_NOBODY",
        "and where the cluster leaves is not known",
        each(
            put("registries/gated/firewall/allow", []),
            put("clusters/cluster/outbound", []),
            put("clusters/cluster/outboundType", "userDefinedRouting"),
        ),
        "aks-gated",
        aside=("*-gated",),
    ),
    fault(
        "NETWORK_PULL_NOT_ROUTED",
        "App Service pulls past its network",
        each(
            workload("web-vault", imagePullThroughNetwork=False),
            workload("slot-vault", imagePullThroughNetwork=False),
        ),
        "web-vault",
        "slot-vault",
    ),
    fault(
        "NETWORK_FIREWALL_DENIES_EGRESS",
        "no rule for the workloads",
        each(GATE_APPS, put("registries/gated/firewall/allow", ["198.51.100.0/24"])),
        *("aks-gated", "web-gated", "slot-gated", "app-plain", "job-plain"),
    ),
    fault(
        "NETWORK_FIREWALL_DENIES_EGRESS",
        "App Service has a second address",
        each(*(workload(f"{one}-gated", outbound=["20.70.3.99"]) for one in ("web", "slot"))),
        *("web-gated", "slot-gated"),
    ),
    fault(
        "NETWORK_FIREWALL_DENIES_EGRESS",
        "the cluster got a new address",
        put("clusters/cluster/outbound", [NODES, "20.50.1.11"]),
        "aks-gated",
    ),
)

REPLICAS = (
    fault(
        "NETWORK_REPLICA_DISABLED",
        "its endpoint is off",
        put("registries/vault/replications/northeurope/regionEndpointEnabled", False),
        "*-vault",
    ),
    *(
        fault(
            "NETWORK_REPLICA_NOT_READY",
            f"provisioning: {state}",
            put("registries/vault/replications/northeurope/provisioningState", state),
            "*-vault",
        )
        for state in ("Creating", "Failed")
    ),
)

FAULTS: tuple[Case, ...] = (*REFERENCE, *NAMES, *TLS, *PRIVATE, *PUBLIC, *REPLICAS)
