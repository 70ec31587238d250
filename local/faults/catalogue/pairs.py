"""Two independent faults at once: both are named, and the one that stops the pull first leads."""

from local.faults.cases import Case, pair
from local.faults.catalogue.auth import (
    ABAC,
    PLAIN,
    condition,
    deny,
    of_pullers,
    without_roles,
)
from local.faults.catalogue.credentials import KUBELET_OUT, password
from local.faults.catalogue.existence import BOTH, GIB, LOCKED, LOGGED
from local.faults.catalogue.network import GATE_APPS, ON_PLAIN, ZONE
from local.faults.edits import drop, each, image, images, put, regrant, revoke, workload

GATED = ("aks-gated", "web-gated", "slot-gated", "app-plain", "job-plain")
CLOSED = each(GATE_APPS, put("registries/gated/firewall/allow", ["198.51.100.0/24"]))
NO_TAG = images("*-plain", tags=["2"])
NO_ROLE = without_roles(PLAIN)
MISPLACED = image("*-plain", "plain.azurecr.io/{name}s:1")
ARM = images("*-plain", platforms=["linux/arm64"])
NOT_LINKED = put(f"{ZONE}/links", ["hub"])
VAULT = "registry/vault"
TAGLESS = images("*-vault", tags=["2"])
ON_WEB = ("web-plain", "slot-plain", "app-plain", "job-plain")
ARM_OFF = put("registries/plain/policies", {"azureAdAuthenticationAsArm": "Disabled"})
DENIED = deny(
    PLAIN,
    "Microsoft.ContainerRegistry/registries/pull/read",
    principals=(
        "kubelet",
        "web-identity",
        "slot-identity",
        "app-identity",
        "job-identity",
        "aci-identity",
    ),
)
EXPIRED = put("registries/plain/tokens/*/passwords", [password("a", expires="-P5D")])
OLD_SECRET = put("identities/*-principal/secrets", [password("old", expires="-P3D")])
NARROW = put("registries/plain/scopeMaps/*/actions", ["repositories/other/content/read"])
UNATTACHED = each(
    *(workload(f"{one}-plain", identity=None) for one in ("web", "slot", "app", "job", "aci"))
)
BESIDE_AKS = (*ON_WEB, "aci-plain")

NO_PERMISSION = "AUTH_ROLE_AT_OTHER_SCOPE"
NO_ROLE_AT_ALL = "AUTH_NO_PULL_PERMISSION"
TAG = "EXISTENCE_TAG_MISSING"
MISMATCH = "EXISTENCE_PLATFORM_MISMATCH"
FIREWALL = "NETWORK_FIREWALL_DENIES_EGRESS"

NETWORK = (
    pair(
        FIREWALL,
        NO_PERMISSION,
        each(CLOSED, without_roles("registry/gated")),
        *GATED,
        aside=("aci-gated",),
    ),
    pair(
        FIREWALL,
        TAG,
        each(
            CLOSED,
            image("*-gated", "gated.azurecr.io/{name}:9"),
            workload("app-plain", image="gated.azurecr.io/app-gated:9"),
            workload("job-plain", image="gated.azurecr.io/job-gated:9"),
        ),
        *GATED,
        aside=("aci-gated",),
    ),
    pair(
        FIREWALL,
        MISMATCH,
        each(CLOSED, images("*-gated", platforms=["linux/arm64"])),
        *GATED,
        aside=("aci-gated",),
    ),
    pair(
        FIREWALL,
        "CAPACITY_QUOTA",
        each(CLOSED, put("registries/gated/quota", {"webhooks": 480})),
        *GATED,
        aside=("aci-gated",),
    ),
    pair(
        "NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE",
        NO_PERMISSION,
        each(NOT_LINKED, without_roles(VAULT)),
        "*-vault",
    ),
    pair("NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE", TAG, each(NOT_LINKED, TAGLESS), "*-vault"),
    pair(
        "NETWORK_PUBLIC_ADDRESS_FOR_PRIVATE",
        "EXISTENCE_BLOB_MISSING",
        each(NOT_LINKED, images("*-vault", corrupt="missingLayer")),
        "*-vault",
    ),
    pair(
        "NETWORK_PRIVATE_ENDPOINT_PENDING",
        NO_PERMISSION,
        each(put("privateEndpoints/vault/status", "Pending"), without_roles(VAULT)),
        "*-vault",
    ),
    pair(
        "NETWORK_PRIVATE_ENDPOINT_REJECTED",
        NO_PERMISSION,
        each(put("privateEndpoints/vault/status", "Rejected"), without_roles(VAULT)),
        "*-vault",
    ),
    pair(
        "NETWORK_ZONE_LACKS_DATA_RECORD",
        NO_PERMISSION,
        each(put(f"{ZONE}/records", {"vault.westeurope.data": []}), without_roles(VAULT)),
        "*-vault",
    ),
    pair(
        "NETWORK_ZONE_LACKS_DATA_RECORD",
        TAG,
        each(put(f"{ZONE}/records", {"vault.westeurope.data": []}), TAGLESS),
        "*-vault",
    ),
    pair(
        TAG,
        "NETWORK_ZONE_LACKS_REPLICA_RECORD",
        each(put(f"{ZONE}/records", {"vault.northeurope.data": []}), TAGLESS),
        "*-vault",
        what="a warning does not lead",
    ),
    pair(
        NO_PERMISSION,
        "NETWORK_REPLICA_DISABLED",
        each(
            put("registries/vault/replications/northeurope/regionEndpointEnabled", False),
            without_roles(VAULT),
        ),
        "*-vault",
        what="a warning does not lead",
    ),
    pair(
        "NETWORK_REGISTRY_DELETING",
        NO_ROLE_AT_ALL,
        each(
            put("registries/plain/provisioningState", "Deleting"),
            revoke("*-principal", PLAIN),
            KUBELET_OUT,
        ),
        "*-sp",
        aside=ON_PLAIN,
    ),
)
CREDENTIALS = (
    pair(
        "CREDENTIALS_IDENTITY_NOT_ATTACHED",
        TAG,
        each(UNATTACHED, NO_TAG),
        *BESIDE_AKS,
        aside=("aks-plain",),
    ),
    pair(
        "CREDENTIALS_ADMIN_DISABLED",
        TAG,
        each(put("registries/plain/adminUserEnabled", False), images("*-admin", tags=["2"])),
        "*-admin",
    ),
    pair(
        "CREDENTIALS_TOKEN_DISABLED",
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        each(put("registries/plain/tokens/*/status", "disabled"), NARROW),
        "*-token",
    ),
    pair(
        "CREDENTIALS_TOKEN_EXPIRED",
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        each(EXPIRED, NARROW),
        "*-token",
    ),
    pair(
        "CREDENTIALS_TOKEN_DISABLED",
        "CREDENTIALS_TOKEN_EXPIRED",
        each(EXPIRED, put("registries/plain/tokens/*/status", "disabled")),
        "*-token",
    ),
    pair("CREDENTIALS_TOKEN_EXPIRED", TAG, each(EXPIRED, images("*-token", tags=["2"])), "*-token"),
    pair(
        "CREDENTIALS_TOKEN_MISSING",
        TAG,
        each(drop("registries/plain/tokens/*"), images("*-token", tags=["2"])),
        "*-token",
    ),
    pair(
        "CREDENTIALS_SECRET_EXPIRED",
        NO_ROLE_AT_ALL,
        each(OLD_SECRET, revoke("*-principal", PLAIN), KUBELET_OUT),
        "*-sp",
    ),
    pair(
        "CREDENTIALS_SERVICE_PRINCIPAL_DISABLED",
        "CREDENTIALS_SECRET_EXPIRED",
        each(OLD_SECRET, put("identities/*-principal/enabled", False)),
        "*-sp",
    ),
    pair(
        "CREDENTIALS_SECRET_EXPIRED",
        MISMATCH,
        each(OLD_SECRET, images("*-sp", platforms=["linux/arm64"])),
        "*-sp",
    ),
    pair(
        TAG,
        "CREDENTIALS_SECRET_EXPIRING",
        each(
            put("identities/*-principal/secrets", [password("old", expires="P9D")]),
            images("*-sp", tags=["2"]),
        ),
        "*-sp",
        what="a warning does not lead",
    ),
)
RIGHTS = (
    pair(NO_PERMISSION, TAG, each(NO_ROLE, NO_TAG), "*-plain"),
    pair(NO_PERMISSION, "EXISTENCE_REPOSITORY_MISSING", each(NO_ROLE, MISPLACED), "*-plain"),
    pair(NO_PERMISSION, MISMATCH, each(NO_ROLE, ARM), "*-plain"),
    pair(
        NO_PERMISSION,
        "EXISTENCE_CHILD_MISSING",
        each(NO_ROLE, images("*-plain", platforms=BOTH, media="oci", corrupt="missingChild")),
        "*-plain",
    ),
    pair(
        NO_PERMISSION,
        "EXISTENCE_READ_LOCKED",
        each(NO_ROLE, images("*-plain", locks=LOCKED)),
        "*-plain",
    ),
    pair(
        NO_PERMISSION,
        "EXISTENCE_NOT_AN_IMAGE",
        each(NO_ROLE, images("*-plain", artifact="helmChart")),
        "*-plain",
    ),
    pair("AUTH_DENY_ASSIGNMENT", TAG, each(DENIED, NO_TAG), "*-plain"),
    pair(
        "AUTH_ARM_AUDIENCE_REFUSED",
        TAG,
        each(ARM_OFF, NO_TAG),
        *ON_WEB,
        aside=("*-plain", *ON_PLAIN),
    ),
    pair(
        "AUTH_ARM_AUDIENCE_REFUSED",
        NO_PERMISSION,
        each(ARM_OFF, NO_ROLE),
        *ON_WEB,
        aside=("*-plain", *ON_PLAIN),
    ),
    pair(
        "AUTH_ROLE_IGNORED_IN_ABAC_MODE",
        TAG,
        each(of_pullers(ABAC, role="AcrPull"), images("*-abac", tags=["2"])),
        "*-abac",
    ),
    pair(
        "AUTH_CONDITION_EXCLUDES_REPOSITORY",
        "EXISTENCE_BLOB_MISSING",
        each(
            of_pullers(ABAC, condition=condition("StringEquals", "other")),
            images("*-abac", corrupt="missingLayer"),
        ),
        "*-abac",
    ),
    pair(
        "AUTH_SCOPE_MAP_LACKS_REPOSITORY",
        TAG,
        each(NARROW, images("*-token", tags=["2"])),
        "*-token",
    ),
    pair(
        TAG,
        "AUTH_ROLE_ASSIGNED_MINUTES_AGO",
        each(regrant("*-principal", PLAIN, created="PT2M"), images("*-sp", tags=["2"])),
        "*-sp",
        what="a warning does not lead",
    ),
)
IMAGES = (
    pair(
        "EXISTENCE_BLOB_MISSING",
        MISMATCH,
        each(images("*-plain", platforms=["linux/arm64"], corrupt="missingLayer")),
        "*-plain",
    ),
    pair(
        TAG,
        "CAPACITY_INCLUDED_STORAGE",
        each(NO_TAG, put("registries/plain/quota", {"sizeBytes": 95 * GIB})),
        "*-plain",
        what="a warning does not lead",
        aside=ON_PLAIN,
    ),
    pair(
        NO_PERMISSION,
        "CAPACITY_QUOTA",
        each(NO_ROLE, put("registries/plain/quota", {"webhooks": 9})),
        "*-plain",
        what="a warning does not lead",
        aside=ON_PLAIN,
    ),
)

GONE_IDENTITIES = each(
    put("identities/*-identity/deleted", True), put("identities/kubelet/deleted", True)
)
LATE = (
    pair(
        "CREDENTIALS_IDENTITY_DELETED",
        TAG,
        each(GONE_IDENTITIES, NO_TAG),
        "*-plain",
        aside=("*-gated", "*-vault", "*-abac"),
    ),
    pair(
        NO_PERMISSION,
        "EXISTENCE_SCHEMA_1",
        each(NO_ROLE, images("*-plain", media="schema1")),
        "*-plain",
    ),
    pair(
        "EXISTENCE_TAG_DANGLING",
        "CAPACITY_IDENTITY_READS_NEAR_LIMIT",
        each(
            images("*-plain", corrupt="missingManifest"),
            LOGGED,
            put("registries/plain/quota", {"pullsByIdentity": {"ci": 420}}),
        ),
        "*-plain",
        what="a warning does not lead",
        aside=ON_PLAIN,
    ),
)

PAIRS: tuple[Case, ...] = (*NETWORK, *CREDENTIALS, *RIGHTS, *IMAGES, *LATE)
