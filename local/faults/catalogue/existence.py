"""Planted faults of images, and of what a registry can carry."""

from local.faults.base import COLUMNS
from local.faults.cases import Case, fault
from local.faults.catalogue.network import NOTHING, ON_PLAIN, wire
from local.faults.edits import Edit, add, drop, each, image, images, put, regrant, workload

ABSENT = "sha256:" + "5d" * 32
BOTH = ["linux/amd64", "linux/arm64"]
QUARANTINE = put("registries/vault/policies", {"quarantine": "Enabled"})
KEPT = put("registries/plain/policies", {"softDelete": {"status": "Enabled", "days": 14}})
LOCKED = {"readEnabled": False}
METADATA_BLIND = each(
    add(
        "roles",
        {
            "name": "Content only",
            "dataActions": ["Microsoft.ContainerRegistry/registries/repositories/content/read"],
        },
    ),
    regrant("pullwatch", "registry/abac", role="Content only"),
)
"""The monitor may pull from the ABAC registry, but not read locks and lists."""
GIB, TIB = 1 << 30, 1 << 40


LOGGED = each(
    add("workspaces", {"name": "logs"}),
    put("registries/plain/diagnostics", "logs"),
)
"""The registry sends its log to a workspace that the monitor may read."""


def mirrored(**more: str) -> Edit:
    """Have a cache rule for every repository of the workloads that are called plain."""
    names = (f"{column}-plain" for column in COLUMNS)
    rules = ({"name": n, "source": f"docker.io/contoso/{n}", "target": n, **more} for n in names)
    return add("registries/plain/cacheRules", *rules)


MISSING = (
    fault(
        "EXISTENCE_REPOSITORY_MISSING",
        "misspelt",
        image("*-plain", "plain.azurecr.io/{name}s:1"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_REPOSITORY_MISSING",
        "in an ABAC registry",
        drop("registries/abac/repositories/*-abac"),
        "*-abac",
    ),
    fault(
        "EXISTENCE_TAG_MISSING",
        "never pushed",
        image("*-plain", "plain.azurecr.io/{name}:2"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_LATEST_NEVER_PUSHED",
        "no tag in the name",
        image("*-plain", "plain.azurecr.io/{name}"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_TAG_MISSING", "behind private endpoints", images("*-vault", tags=[]), "*-vault"
    ),
    fault("EXISTENCE_TAG_MISSING", "pulled with a token", images("*-token", tags=["2"]), "*-token"),
    fault("EXISTENCE_TAG_MISSING", "pulled anonymously", images("*-anon", tags=["2"]), "*-anon"),
    fault(
        "EXISTENCE_DIGEST_MISSING",
        "pinned to what is gone",
        image("*-plain", f"plain.azurecr.io/{{name}}@{ABSENT}"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_SOFT_DELETED",
        "a tag",
        each(KEPT, images("*-plain", deletedFor="P1D")),
        "*-plain",
    ),
    fault(
        "EXISTENCE_SOFT_DELETED",
        "a digest",
        each(
            KEPT,
            images("*-plain", deletedFor="P1D"),
            image("*-plain", "plain.azurecr.io/{name}@digest(new)"),
        ),
        "*-plain",
    ),
)

STATE = (
    fault(
        "EXISTENCE_QUARANTINED",
        "by tag",
        each(QUARANTINE, images("*-vault", quarantined=True)),
        "*-vault",
    ),
    fault(
        "EXISTENCE_QUARANTINED",
        "by digest",
        each(
            QUARANTINE,
            images("*-vault", quarantined=True),
            image("*-vault", "vault.azurecr.io/{name}@digest(new)"),
        ),
        "*-vault",
    ),
    fault("EXISTENCE_READ_LOCKED", "the image", images("*-plain", locks=LOCKED), "*-plain"),
    fault(
        "EXISTENCE_TAG_READ_LOCKED", "the tag", images("*-plain", tagLocks={"1": LOCKED}), "*-plain"
    ),
    fault(
        "EXISTENCE_REPOSITORY_READ_LOCKED",
        "the repository",
        put("registries/plain/repositories/*-plain/locks", LOCKED),
        "*-plain",
    ),
    fault(
        "EXISTENCE_READ_DISALLOWED",
        "locked, and the monitor cannot see by what",
        each(METADATA_BLIND, images("*-abac", locks=LOCKED)),
        "*-abac",
    ),
    fault(
        "EXISTENCE_NOT_AN_IMAGE", "a Helm chart", images("*-plain", artifact="helmChart"), "*-plain"
    ),
    fault("EXISTENCE_NOT_AN_IMAGE", "an SBOM", images("*-plain", artifact="sbom"), "*-plain"),
)

CACHE = (
    fault(
        "EXISTENCE_NOT_UPSTREAM",
        "what a cache rule mirrors has no such tag",
        each(mirrored(), image("*-plain", "plain.azurecr.io/{name}:2")),
        "*-plain",
    ),
    *(
        fault(
            f"EXISTENCE_CACHE_CREDENTIALS_{code}",
            f"{state}, and the tag is not in the cache",
            each(
                mirrored(credentialSet="upstream", credentials=state),
                image("*-plain", "plain.azurecr.io/{name}:2"),
            ),
            "*-plain",
        )
        for code, state in (("MISSING", "gone"), ("UNHEALTHY", "unhealthy"))
    ),
)

CONTENT = (
    fault(
        "EXISTENCE_CHILD_MISSING",
        "of an index",
        images("*-plain", platforms=BOTH, media="oci", corrupt="missingChild"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_BLOB_MISSING", "a layer", images("*-plain", corrupt="missingLayer"), "*-plain"
    ),
    fault(
        "EXISTENCE_BLOB_MISSING",
        "the config",
        images("*-plain", corrupt="missingConfig"),
        "*-plain",
    ),
    fault(
        "EXISTENCE_TAG_DANGLING",
        "listed, but its manifest is gone",
        images("*-plain", corrupt="missingManifest"),
        "*-plain",
    ),
    fault("EXISTENCE_SCHEMA_1", "of 2015", images("*-plain", media="schema1"), "*-plain"),
    fault(
        "EXISTENCE_WINDOWS_VERSION",
        "built for 2019, run on 2022",
        each(
            put(
                "clusters/cluster/pools",
                [{"name": "linux"}, {"name": "win", "os": "Windows", "osSku": "Windows2022"}],
            ),
            workload("aks-*", nodeSelector={"kubernetes.io/os": "linux"}),
            workload("aks-plain", nodeSelector={"kubernetes.io/os": "windows"}, pool="win"),
            images("aks-plain", platforms=["windows/amd64"], osVersion="10.0.17763.6189"),
        ),
        "aks-plain",
    ),
    fault(
        "EXISTENCE_PLATFORM_MISMATCH",
        "arm64 only",
        images("*-plain", platforms=["linux/arm64"]),
        "*-plain",
    ),
    fault(
        "EXISTENCE_PLATFORM_MISMATCH",
        "Windows only",
        images("*-plain", platforms=["windows/amd64"]),
        "*-plain",
    ),
    fault(
        "EXISTENCE_PLATFORM_PARTIAL",
        "a second pool is arm64",
        each(
            put(
                "clusters/cluster/pools",
                [{"name": "amd"}, {"name": "arm", "arch": "arm64", "vmSize": "Standard_D4ps_v5"}],
            ),
            put("registries/*/repositories/aks-*/images/new/platforms", BOTH),
            put("registries/*/repositories/aks-plain/images/new/platforms", ["linux/amd64"]),
        ),
        "aks-plain",
    ),
    fault(
        "EXISTENCE_TAG_MOVED",
        "another image runs",
        workload("aks-plain", imageId="plain.azurecr.io/aks-plain@digest(0)"),
        "aks-plain",
    ),
)

CAPACITY = (
    fault(
        "CAPACITY_REGISTRY_THROTTLES",
        "429 to everyone",
        NOTHING,
        *ON_PLAIN,
        verbs=wire("throttle", registry="plain", seconds=3600),
    ),
    fault(
        "CAPACITY_READS_NEAR_LIMIT",
        "450 pulls a minute, of which each reads about ten times",
        put("registries/plain/quota", {"pullsPerMinute": 450}),
        *ON_PLAIN,
    ),
    fault(
        "CAPACITY_IDENTITY_READS_NEAR_LIMIT",
        "one of two identities makes nearly all pulls",
        each(LOGGED, put("registries/plain/quota", {"pullsByIdentity": {"ci": 420, "web": 20}})),
        *ON_PLAIN,
    ),
    fault(
        "CAPACITY_INCLUDED_STORAGE",
        "95 of 100 GiB",
        put("registries/plain/quota", {"sizeBytes": 95 * GIB}),
        *ON_PLAIN,
    ),
    fault(
        "CAPACITY_STORAGE_LIMIT",
        "38 of 40 TiB",
        put("registries/plain/quota", {"sizeBytes": 38 * 1024 * GIB}),
        *ON_PLAIN,
    ),
    fault(
        "CAPACITY_STORAGE_GROWS",
        "20 TiB, and 1 more each day",
        put("registries/plain/quota", {"sizeBytes": 20 * TIB, "growthBytesPerDay": TIB}),
        *ON_PLAIN,
    ),
    fault(
        "CAPACITY_QUOTA",
        "8 of 10 webhooks",
        put("registries/plain/quota", {"webhooks": 8}),
        *ON_PLAIN,
    ),
)

FAULTS: tuple[Case, ...] = (*MISSING, *STATE, *CACHE, *CONTENT, *CAPACITY)
