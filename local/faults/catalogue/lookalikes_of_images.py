"""Lookalikes of images and of error texts: not found, but why."""

from local.faults.cases import PASS, Case, lookalike, said
from local.faults.catalogue.auth import (
    PLAIN,
    without_roles,
)
from local.faults.catalogue.existence import BOTH, GIB, KEPT, LOGGED, QUARANTINE
from local.faults.catalogue.lookalikes import NOT_FOUND, UNAUTHORIZED, on_plain
from local.faults.catalogue.pairs import CLOSED, NO_TAG, OLD_SECRET, TAGLESS
from local.faults.catalogue.reported import (
    TELLING,
    answer,
    says,
)
from local.faults.edits import drop, each, image, images, put, workload

ARM_SIZE = "Standard_D4ps_v5"

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
        "not found in the text, in a registry with replicas: it is missing, not late",
        each(TAGLESS, says("vault", NOT_FOUND)),
        {"*-vault": said("EXISTENCE_TAG_MISSING", never=("EXISTENCE_NOT_YET", "REPORTED_"))},
    ),
    lookalike(
        "not found in the text, in a registry with replicas: it is late, not missing",
        each(images("*-vault", age="PT2M"), says("vault", NOT_FOUND)),
        {
            f"{column}-vault": said(
                "EXISTENCE_NOT_YET_REPLICATED", never=("EXISTENCE_TAG", "REPORTED_")
            )
            for column in TELLING
        },
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

LOADS = (
    lookalike(
        "many pulls in a minute, but no identity makes many of them",
        each(LOGGED, put("registries/plain/quota", {"pullsByIdentity": dict.fromkeys("abc", 150)})),
        on_plain(PASS),
    ),
)

LOOKALIKES: tuple[Case, ...] = (*IMAGES, *TEXTS, *LOADS)
