"""One symptom, another cause: what tells them apart, and what nobody can tell from here."""

from local.faults.base import READER
from local.faults.cases import ANY, PASS, UNKNOWN, Case, Verdict, lookalike, said
from local.faults.catalogue.auth import (
    ABAC,
    IDENTITIES,
    PLAIN,
    PULL,
    condition,
    deny,
    of_pullers,
    without_roles,
)
from local.faults.catalogue.credentials import KUBELET_OUT, NO_ROLE, password
from local.faults.catalogue.existence import BOTH, GIB, KEPT, QUARANTINE
from local.faults.catalogue.network import NO_TRUST, NOTHING, ON_PLAIN, status, wire
from local.faults.catalogue.pairs import CLOSED, NO_TAG, OLD_SECRET, TAGLESS
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
from local.faults.edits import add, drop, each, grant, image, images, put, revoke, workload

ARM_SIZE = "Standard_D4ps_v5"
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

CREDENTIALS = (
    lookalike(
        "401: an expired secret, not a missing role",
        OLD_SECRET,
        {"*-sp": said("CREDENTIALS_SECRET_EXPIRED", never=("AUTH_",))},
    ),
    lookalike(
        "401: a missing role, not an expired secret",
        revoke("*-principal", PLAIN),
        {
            "aks-sp": said("AUTH_ROLE_ON_OTHER_IDENTITY", never=("CREDENTIALS_",)),
            "*-sp": said("AUTH_NO_PULL_PERMISSION", never=("CREDENTIALS_",)),
        },
    ),
    lookalike(
        "an expired secret beside a good one",
        put(
            "identities/*-principal/secrets",
            [password("a", expires="-P9D", name="old"), password("b")],
        ),
        {"*-sp": PASS},
    ),
    lookalike(
        "a pull secret that is missing, and not needed",
        workload("aks-token", imagePullSecrets=["forgotten"]),
        {"aks-token": PASS},
    ),
    lookalike(
        "a pull secret for another registry, and not needed",
        put("clusters/cluster/secrets/token/server", "gated.azurecr.io"),
        {"aks-token": PASS},
    ),
    *(
        lookalike(
            f"a pull secret for the registry, written {server}",
            each(KUBELET_OUT, put("clusters/cluster/secrets/token/server", server)),
            {"aks-token": PASS, "aks-plain": NO_ROLE},
        )
        for server in ("https://plain.azurecr.io", "https://plain.azurecr.io/v1/", "*.azurecr.io")
    ),
    lookalike(
        "anonymous, where that is allowed",
        each(
            put("registries/plain/anonymousPullEnabled", True),
            *(workload(f"{one}-plain", acrUseManagedIdentityCreds=False) for one in SITES),
            *(workload(f"{one}-plain", registries=None) for one in ("app", "job")),
            workload("aci-plain", credentials=None),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "the app's own identity, which Container Apps can use",
        each(
            *(
                each(
                    workload(
                        f"{one}-plain",
                        identity={"system": True},
                        registries=[{"server": "plain.azurecr.io", "identity": "system"}],
                    ),
                    grant(f"{one}-plain", "AcrPull", PLAIN),
                )
                for one in ("app", "job")
            )
        ),
        {"app-plain": PASS, "job-plain": PASS},
    ),
)

RIGHTS = (
    lookalike(
        "AcrPull, but on an ABAC registry",
        of_pullers(ABAC, role="AcrPull"),
        {"*-abac": said("AUTH_ROLE_IGNORED_IN_ABAC_MODE", never=("AUTH_",))},
    ),
    lookalike(
        "the right role on an ABAC registry, on the cluster's identity",
        each(revoke("kubelet", ABAC), grant("cluster", READER, ABAC)),
        {"aks-abac": said("AUTH_ROLE_ON_OTHER_IDENTITY")},
    ),
    lookalike(
        "no role of its own: one of a group",
        each(
            put(
                "identities/pullwatch/graphPermissions",
                ["Application.Read.All", "Directory.Read.All"],
            ),
            without_roles(PLAIN),
            add("groups", {"name": "pullers", "members": [*IDENTITIES]}),
            grant("pullers", "AcrPull", PLAIN),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "no role of its own: inherited from the management group",
        each(
            without_roles(PLAIN),
            *(grant(who, "AcrPull", "managementGroup/contoso") for who in IDENTITIES),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "no role that is called so: a custom one with a wildcard",
        each(
            add(
                "roles",
                {"name": "Images", "actions": ["Microsoft.ContainerRegistry/registries/*/read"]},
            ),
            of_pullers(PLAIN, role="Images"),
        ),
        {"*-plain": PASS},
    ),
    lookalike(
        "a condition that lets it in",
        of_pullers(ABAC, condition=condition("StringLike", "*-abac")),
        {"*-abac": PASS},
    ),
    lookalike(
        "a condition that lets it in, whatever the case",
        of_pullers(ABAC, condition=condition("StringStartsWithIgnoreCase", "A")),
        {
            "aks-abac": PASS,
            "app-abac": PASS,
            "aci-abac": PASS,
            "*-abac": said("AUTH_CONDITION_EXCLUDES_REPOSITORY"),
        },
    ),
    lookalike(
        "a deny assignment of another action",
        deny(PLAIN, "Microsoft.ContainerRegistry/registries/push/write", principals=IDENTITIES),
        {"*-plain": PASS},
    ),
    lookalike(
        "a deny assignment from which the identities are excluded",
        deny(
            PLAIN,
            PULL,
            excludePrincipals=[
                *IDENTITIES,
                "pullwatch",
                *(f"{one}-principal" for one in ("aks", "web", "slot", "app", "job", "aci")),
            ],
        ),
        {"*-plain": PASS, "*-sp": PASS},
    ),
    lookalike(
        "refused to the kubelet, not to the pull secret",
        KUBELET_OUT,
        {"aks-plain": NO_ROLE, "aks-token": PASS, "aks-sp": PASS, "aks-admin": PASS},
    ),
)

IMAGES = (
    lookalike(
        "404 by tag: quarantine, not missing",
        each(QUARANTINE, images("*-vault", quarantined=True)),
        {"*-vault": said("EXISTENCE_QUARANTINED", never=("EXISTENCE_",))},
    ),
    lookalike(
        "404 by tag: missing, in a registry with quarantine",
        each(QUARANTINE, TAGLESS),
        {"*-vault": said("EXISTENCE_TAG_MISSING", never=("EXISTENCE_QUARANTINED",))},
    ),
    lookalike(
        "not listed: hidden by listEnabled, not deleted",
        images("*-plain", locks={"listEnabled": False}),
        {"*-plain": PASS},
    ),
    lookalike(
        "locked against deletion and writing only",
        images("*-plain", locks={"deleteEnabled": False, "writeEnabled": False}),
        {"*-plain": PASS},
    ),
    lookalike(
        "a tag is gone, its manifest is not",
        images("*-plain", tags=["9"]),
        {"*-plain": said("EXISTENCE_TAG_MISSING", never=("EXISTENCE_DIGEST",))},
    ),
    lookalike(
        "untagged, but pinned by digest",
        each(images("*-plain", tags=[]), image("*-plain", "plain.azurecr.io/{name}@digest(new)")),
        {"*-plain": PASS},
    ),
    lookalike(
        "a child of the index is gone, not the tag",
        images("*-plain", platforms=BOTH, media="oci", corrupt="missingChild"),
        {
            "*-plain": said(
                "EXISTENCE_CHILD_MISSING",
                never=("EXISTENCE_TAG", "EXISTENCE_DIGEST", "EXISTENCE_PLATFORM"),
            )
        },
    ),
    lookalike(
        "the repository, not the tag",
        drop("registries/plain/repositories/*-plain"),
        {"*-plain": said("EXISTENCE_REPOSITORY_MISSING", never=("EXISTENCE_TAG",))},
    ),
    lookalike(
        "never pushed, in a registry with soft delete",
        each(KEPT, image("*-plain", "plain.azurecr.io/{name}:7")),
        {"*-plain": said("EXISTENCE_TAG_MISSING", never=("EXISTENCE_SOFT",))},
    ),
    lookalike(
        "an index with an attestation, which no runtime pulls",
        images("*-plain", attested=True, media="oci"),
        {"*-plain": PASS},
    ),
    lookalike(
        "for two platforms", images("*-plain", platforms=BOTH, media="oci"), {"*-plain": PASS}
    ),
    lookalike(
        "arm64 only, but so are the nodes",
        each(
            put(
                "clusters/cluster/pools",
                [{"name": "amd"}, {"name": "arm", "arch": "arm64", "vmSize": ARM_SIZE}],
            ),
            put("registries/*/repositories/aks-*/images/new/platforms", BOTH),
            put("registries/plain/repositories/aks-plain/images/new/platforms", ["linux/arm64"]),
            workload("aks-plain", pool="arm", nodeSelector={"kubernetes.io/arch": "arm64"}),
        ),
        {"aks-plain": PASS},
    ),
    lookalike(
        "a second pool is arm64, but tainted",
        put(
            "clusters/cluster/pools",
            [
                {"name": "amd"},
                {
                    "name": "arm",
                    "arch": "arm64",
                    "vmSize": ARM_SIZE,
                    "taints": ["arch=arm64:NoSchedule"],
                },
            ],
        ),
        {"aks-plain": PASS},
    ),
    lookalike(
        "Windows, and so is the group",
        each(images("aci-plain", platforms=["windows/amd64"]), workload("aci-plain", os="Windows")),
        {"aci-plain": PASS},
    ),
    lookalike(
        "the tag has not moved",
        workload("aks-plain", imageId="plain.azurecr.io/aks-plain@digest(new)"),
        {"aks-plain": PASS},
    ),
    lookalike(
        "storage beyond what is included, far from the limit",
        put("registries/plain/quota", {"sizeBytes": 150 * GIB}),
        on_plain(said("CAPACITY_INCLUDED_STORAGE", never=("CAPACITY_STORAGE",))),
    ),
)

TEXTS = (
    lookalike(
        "401 in the text, which is noise: the tag is missing",
        each(NO_TAG, says("plain", UNAUTHORIZED)),
        {"*-plain": said("EXISTENCE_TAG_MISSING", never=("AUTH_", "REPORTED_", "CREDENTIALS_"))},
    ),
    lookalike(
        "not found in the text: the firewall closed since",
        each(
            CLOSED, workload("aks-gated", waiting={"reason": "ErrImagePull", "message": NOT_FOUND})
        ),
        dict.fromkeys(
            ("aks-gated", "web-gated", "slot-gated", "app-plain", "job-plain"),
            said("NETWORK_FIREWALL_DENIES_EGRESS", never=("EXISTENCE_", "REPORTED_")),
        ),
    ),
    lookalike(
        "403 in the text: the role is missing now",
        each(
            without_roles(PLAIN),
            says(
                "plain",
                answer(
                    "403 Forbidden", "DENIED", "client with IP '20.1.2.3' is not allowed access."
                ),
            ),
        ),
        {"*-plain": said("AUTH_ROLE_AT_OTHER_SCOPE", never=("NETWORK_", "REPORTED_"))},
    ),
    lookalike(
        "401 in the text: the secret has expired",
        each(OLD_SECRET, says("sp", UNAUTHORIZED)),
        {"*-sp": said("CREDENTIALS_SECRET_EXPIRED", never=("AUTH_", "REPORTED_"))},
    ),
    lookalike(
        "a timeout in the text: the endpoint is not approved",
        each(
            put("privateEndpoints/vault/status", "Pending"),
            says(
                "vault",
                'failed to do request: Head "https://vault.azurecr.io/v2/": '
                "dial tcp 10.10.1.6:443: i/o timeout",
            ),
        ),
        {"*-vault": said("NETWORK_PRIVATE_ENDPOINT_PENDING", never=("REPORTED_", "EXISTENCE_"))},
    ),
)

LOOKALIKES: tuple[Case, ...] = (*MONITOR, *NETWORK, *CREDENTIALS, *RIGHTS, *IMAGES, *TEXTS)
