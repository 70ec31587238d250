"""One symptom, another cause: what tells them apart, and what nobody can tell from here."""

from local.faults.cases import ANY, PASS, UNKNOWN, Case, Verdict, lookalike, said
from local.faults.catalogue.auth import (
    without_roles,
)
from local.faults.catalogue.network import NO_TRUST, NOTHING, ON_PLAIN, status, wire
from local.faults.catalogue.pairs import CLOSED, NO_TAG
from local.faults.catalogue.reported import (
    NO_GRAPH,
    NO_IMAGES,
    NO_MAPS,
    NO_REGISTRY,
    NO_ROLES,
    TOKEN,
    answer,
    says,
)
from local.faults.edits import each, image, images, put, workload

NEVER_MISSING = ("EXISTENCE_",)
BLIND = Verdict(outcome="unknown", never=NEVER_MISSING)
"""Nobody can tell, and nothing is said to be missing."""
MANIFESTS = "/v2/*/manifests/*"
UNAUTHORIZED = (
    "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
    f"{TOKEN}: 401 Unauthorized"
)
NOT_FOUND = answer("404 Not Found", "MANIFEST_UNKNOWN", 'manifest tagged by \\"1\\" is not found')
SITES = ("web", "slot")


def on_plain(verdict: Verdict) -> dict[str, Verdict]:
    """The same of everyone who pulls from the registry `plain`."""
    return dict.fromkeys(ON_PLAIN, verdict)


MONITOR = (
    lookalike(
        "not found, or not shown: the monitor may not look, and the image is gone",
        each(NO_IMAGES, images("*-abac", tags=["2"])),
        {"*-abac": BLIND},
    ),
    lookalike(
        "not found, or not shown: the monitor may not look, and it is there",
        NO_IMAGES,
        {"*-abac": BLIND},
    ),
    lookalike(
        "403 to the monitor only: the workloads are let in",
        put("registries/gated/firewall/allow", ["20.50.1.10", "20.70.3.30"]),
        {"*-gated": BLIND},
    ),
    lookalike(
        "403 to the monitor only, and the image is gone",
        each(
            put("registries/gated/firewall/allow", ["20.50.1.10", "20.70.3.30"]),
            images("*-gated", tags=["2"]),
        ),
        {"*-gated": BLIND},
    ),
    lookalike(
        "401 for the workload, or roles that the monitor may not read",
        NO_ROLES,
        {"*-plain": UNKNOWN, "*-sp": UNKNOWN},
        aside=("*",),
    ),
    lookalike(
        "denied, or a scope map that the monitor may not read",
        NO_MAPS,
        {"*-token": UNKNOWN},
        aside=("*",),
    ),
    lookalike(
        "401, or a secret whose end the monitor may not read",
        NO_GRAPH,
        {"*-sp": UNKNOWN},
        aside=("*",),
    ),
    lookalike(
        "settings of the registry that the monitor may not read",
        NO_REGISTRY,
        {"*-plain": BLIND, "*-abac": BLIND},
        aside=("*",),
    ),
    lookalike(
        "no such host, or the monitor's DNS fails",
        NOTHING,
        on_plain(BLIND),
        wire("break-dns", host="plain.azurecr.io", how="servfail"),
    ),
    lookalike(
        "no such host, but Azure knows the registry",
        NOTHING,
        on_plain(BLIND),
        wire("break-dns", host="plain.azurecr.io", how="nxdomain"),
    ),
    lookalike(
        "not found, or not reached: refused",
        NOTHING,
        on_plain(BLIND),
        wire("unreachable", host="plain.azurecr.io", how="refused"),
    ),
    lookalike(
        "not found, or not reached: refused, and the image is gone",
        NO_TAG,
        on_plain(BLIND),
        wire("unreachable", host="plain.azurecr.io", how="refused"),
    ),
    lookalike(
        "not found, or hung up on",
        NOTHING,
        on_plain(BLIND),
        wire("fault", host="plain.azurecr.io", trouble="hang-up"),
    ),
    lookalike(
        "not found, or garbage",
        NOTHING,
        on_plain(BLIND),
        wire("fault", host="plain.azurecr.io", trouble="garbage", path=MANIFESTS),
    ),
    lookalike(
        "404, but not the registry's own",
        NOTHING,
        on_plain(BLIND),
        status("plain.azurecr.io", 404, MANIFESTS),
    ),
    lookalike(
        "not found, or 500 for manifests",
        NOTHING,
        on_plain(Verdict(ANY, never=NEVER_MISSING)),
        status("plain.azurecr.io", 500, MANIFESTS),
    ),
    lookalike(
        "not found, or 429 for manifests",
        NOTHING,
        on_plain(Verdict(ANY, never=NEVER_MISSING)),
        status("plain.azurecr.io", 429, MANIFESTS),
    ),
    lookalike(
        "not found, or a certificate that the monitor does not trust",
        NOTHING,
        on_plain(Verdict(ANY, never=NEVER_MISSING)),
        wire("certificate", host="plain.azurecr.io", how="untrusted"),
    ),
)

NETWORK = (
    lookalike(
        "403: the firewall, not a missing role",
        CLOSED,
        {
            **dict.fromkeys(
                ("aks-gated", "web-gated", "slot-gated", "app-plain", "job-plain"),
                said(
                    "NETWORK_FIREWALL_DENIES_EGRESS", never=("AUTH_", "CREDENTIALS_", "EXISTENCE_")
                ),
            ),
        },
    ),
    lookalike(
        "refused: a missing role, not the firewall",
        without_roles("registry/gated"),
        {"*-gated": said("AUTH_ROLE_AT_OTHER_SCOPE", never=("NETWORK_", "EXISTENCE_"))},
    ),
    lookalike(
        "403: no public access, not the rules of the firewall",
        each(NO_TRUST, put("registries/gated/publicNetworkAccess", "Disabled")),
        {
            "aci-gated": said("NETWORK_TRUSTED_SERVICES_OFF", never=("NETWORK_", "EXISTENCE_")),
            "*-gated": said("NETWORK_PUBLIC_ACCESS_DISABLED", never=("NETWORK_", "EXISTENCE_")),
        },
    ),
    lookalike(
        "closed to everyone, but Container Instances are trusted",
        put("registries/gated/firewall/allow", ["198.51.100.0/24"]),
        dict.fromkeys(
            ("aks-gated", "web-gated", "slot-gated"), said("NETWORK_FIREWALL_DENIES_EGRESS")
        )
        | {"aci-gated": PASS},
    ),
    lookalike(
        "closed, and Container Instances are not trusted: their address is not known",
        NO_TRUST,
        {"aci-gated": UNKNOWN},
    ),
    lookalike(
        "App Service pulls past its network, but the front door is open",
        each(
            put("registries/vault/publicNetworkAccess", "Enabled"),
            *(workload(f"{one}-vault", imagePullThroughNetwork=False) for one in SITES),
        ),
        {"web-vault": PASS, "slot-vault": PASS},
    ),
    lookalike(
        "being updated, not deleted",
        put("registries/plain/provisioningState", "Updating"),
        on_plain(PASS),
    ),
    lookalike(
        "no such host: the name is wrong, whatever the platform says",
        each(image("*-plain", "plian.azurecr.io/{name}:1"), says("plain", NOT_FOUND)),
        {"*-plain": said("NETWORK_NAME_UNKNOWN", never=("REPORTED_", "EXISTENCE_"))},
    ),
)

LOOKALIKES: tuple[Case, ...] = (*MONITOR, *NETWORK)
