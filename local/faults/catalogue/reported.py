"""Planted error texts: what a platform says where live evidence leaves the cause open."""

from typing import NamedTuple

from local.faults.base import Raw
from local.faults.cases import Case, fault
from local.faults.catalogue.auth import deny
from local.faults.edits import Edit, each, images, matching, put, revoke, workload

TELLING = ("aks", "app", "aci")
"""Columns whose platform says why a pull failed."""
TOKEN = "https://plain.azurecr.io/oauth2/token?scope=repository%3Ax%3Apull"  # noqa: S105
HEAD = 'failed to do request: Head "https://plain.azurecr.io/v2/x/manifests/1": '
GONE = "sha256:" + "5d" * 32


def says(way: str, text: str) -> Edit:
    """Have the platforms say this of the workloads of a way."""

    def edit(estate: Raw) -> None:
        for column in TELLING:
            for one in matching(estate, f"{column}-{way}"):
                said = f'Failed to pull image "{one["image"]}": {text}'
                one.update(_SAID[column](one, said))
                if column == "aci":
                    del one["image"]

    return edit


def _pod(_: Raw, text: str) -> Raw:
    event = {"reason": "Failed", "message": text, "count": 9}
    return {"waiting": {"reason": "ErrImagePull", "message": text}, "events": [event]}


def _revision(_: Raw, text: str) -> Raw:
    return {"healthState": "Unhealthy", "provisioningError": text}


def _group(group: Raw, text: str) -> Raw:
    event = {"name": "Failed", "message": text}
    waiting = {"name": group["name"], "image": group["image"], "state": "Waiting"}
    return {"state": "Pending", "containers": [waiting | {"events": [event]}]}


_SAID = {"aks": _pod, "app": _revision, "aci": _group}

NO_IMAGES = revoke("pullwatch", "registry/abac")
"""The monitor cannot look into the ABAC registry."""


def blind_to(*actions: str) -> Edit:
    """Take rights to read from the monitor."""
    return deny("subscription/main", *actions, principals=("pullwatch",))


NO_ROLES = blind_to("Microsoft.Authorization/roleAssignments/read")
NO_MAPS = blind_to("Microsoft.ContainerRegistry/registries/scopeMaps/read")
NO_REGISTRY = blind_to("Microsoft.ContainerRegistry/registries/read")
NO_GRAPH = put("identities/pullwatch/graphPermissions", [])
OTHERS = ("*",)
"""Who is not asked about here: the monitor sees less than usual."""


def reported(
    cause: str, text: str, way: str = "plain", plant: Edit | None = None, why: str = ""
) -> Case:
    """A text on all platforms that tell one."""
    done = each(says(way, text), plant) if plant else says(way, text)
    hits = [f"{column}-{way}" for column in TELLING]
    aside = OTHERS if plant else ()
    return fault(f"REPORTED_{cause}", why or "said by the platform", done, *hits, aside=aside)


def answer(status: str, code: str, message: str) -> str:
    """An answer of the registry, as a runtime quotes it."""
    body = f'{{"errors":[{{"code":"{code}","message":"{message}"}}]}}'
    return f"unexpected status from GET request: {status}: {body}"


class Said(NamedTuple):
    """An error text, the cause that it tells, and what else must be so for the text to decide."""

    cause: str
    text: str
    way: str = "plain"
    plant: Edit | None = None


TEXTS = (
    Said("NETWORK_DNS", f"{HEAD}dial tcp: lookup plain.azurecr.io on 10.0.0.10:53: no such host"),
    Said(
        "NETWORK_PROXY",
        f"{HEAD}proxyconnect tcp: dial tcp 10.0.0.4:3128: connect: connection refused",
    ),
    Said("NETWORK_TIMEOUT", f"{HEAD}dial tcp 20.61.97.128:443: i/o timeout"),
    Said("NETWORK_PRIVATE_ENDPOINT", f"{HEAD}dial tcp 10.1.0.5:443: i/o timeout"),
    Said(
        "NETWORK_TLS",
        f"{HEAD}tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ),
    Said("SERVER_ERROR", "unexpected status from HEAD request: 500 Internal Server Error"),
    Said(
        "AUTH_BAD_CREDENTIALS",
        f"failed to authorize: failed to fetch oauth token from {TOKEN}: "
        + answer("401 Unauthorized", "UNAUTHORIZED", "Invalid clientid or client secret."),
        way="sp",
    ),
    Said(
        "NOT_FOUND_TAG",
        answer("404 Not Found", "MANIFEST_UNKNOWN", 'manifest tagged by \\"1\\" is not found'),
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "NOT_FOUND_REPOSITORY",
        answer("404 Not Found", "NAME_UNKNOWN", "repository name not known to registry"),
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "NOT_FOUND_MANIFEST",
        answer("404 Not Found", "MANIFEST_UNKNOWN", f"manifest {GONE} is not found"),
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "PLATFORM_MISMATCH",
        "no match for platform in manifest: not found",
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "LOCKED_OR_QUARANTINED",
        answer(
            "405 Method Not Allowed", "REGISTRY_DISALLOWED_OPERATION", "operation is disallowed"
        ),
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "MANIFEST_UNSUPPORTED",
        'media type "application/vnd.docker.distribution.manifest.v1+prettyjws" '
        "is no longer supported since containerd v2.1",
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "INVALID_REFERENCE",
        'failed to parse image "X": invalid reference format',
        way="abac",
        plant=NO_IMAGES,
    ),
    Said(
        "AUTH_MISSING_ROLE",
        "failed to fetch oauth token: unexpected status from POST request to "
        "https://plain.azurecr.io/oauth2/exchange: 401 Unauthorized",
        plant=NO_ROLES,
    ),
    Said(
        "AUTH_ANONYMOUS_DENIED",
        "failed to authorize: failed to fetch anonymous token: unexpected status from "
        f"GET request to {TOKEN}: 401 Unauthorized",
        plant=NO_ROLES,
    ),
    Said(
        "ABAC_ROLE",
        "401 UNAUTHORIZED: repository permissions (ABAC): "
        "'Container Registry Repository Reader' required",
        way="abac",
        plant=NO_ROLES,
    ),
    Said(
        "AUTH_TOKEN_SCOPE",
        "insufficient_scope: authorization failed",
        way="token",
        plant=NO_MAPS,
    ),
    Said(
        "AUTH_EXPIRED_CREDENTIALS",
        "AADSTS7000222: The provided client secret keys for app are expired.",
        way="sp",
        plant=NO_GRAPH,
    ),
    Said(
        "REGISTRY_DISABLED_OR_MISSING",
        "plain.azurecr.io: registry does not exist",
        plant=NO_REGISTRY,
    ),
)
REPORTED = tuple(reported(*one) for one in TEXTS)
LAYER = 'failed to copy: httpReadSeeker: failed open: failed to do request: Get "'
BLOB = "https://weumanaged42.blob.core.windows.net/f1e2d3//docker/registry/v2/blobs/sha256/ab/data"
FIREWALL_TEXT = answer(
    "403 Forbidden",
    "DENIED",
    "client with IP '20.1.2.3' is not allowed access. "
    "Refer https://aka.ms/acr/firewall to grant access.",
)
OAUTH = (
    "failed to authorize: failed to fetch oauth token: unexpected status from POST request to "
    "https://plain.azurecr.io/oauth2/token: 401 Unauthorized"
)
UNAUTHORIZED = answer(
    "401 Unauthorized",
    "UNAUTHORIZED",
    "authentication required, visit https://aka.ms/acr/authorization for more information.",
)
NOT_FOUND = answer("404 Not Found", "MANIFEST_UNKNOWN", 'manifest tagged by \\"1\\" is not found')
OTHER = (
    fault(
        "REPORTED_NETWORK_FIREWALL_IP",
        "from an address that nobody knows",
        each(
            workload("aks-gated", **_pod({}, f"Failed to pull image: {FIREWALL_TEXT}")),
            put("clusters/cluster/outbound", []),
            put("clusters/cluster/outboundType", "userDefinedRouting"),
        ),
        "aks-gated",
    ),
    reported(
        "ERROR_IS_OLD",
        answer("404 Not Found", "MANIFEST_UNKNOWN", 'manifest tagged by \\"1\\" is not found'),
        why="the tag was pushed since",
    ),
    *(
        fault(
            code,
            "said by the platform",
            says("plain", text),
            *(f"{column}-plain" for column in TELLING),
        )
        for code, text in (
            (
                "CAPACITY_NODE_DISK_FULL",
                "failed to extract layer: write /var/lib/containerd/x: no space left on device",
            ),
            ("CAPACITY_KUBELET_PULL_QPS", "pull QPS exceeded"),
            ("REPORTED_CREDENTIAL_REFUSED", OAUTH),
        )
    ),
    reported("SEVERAL_CAUSES", UNAUTHORIZED, plant=NO_ROLES),
    reported("WITHOUT_CAUSE", "something went wrong", way="abac", plant=NO_IMAGES),
    *(
        fault(
            "NETWORK_DATA_ENDPOINT_UNREACHABLE",
            what,
            says("plain", f"{LAYER}{text}"),
            *(f"{column}-plain" for column in TELLING),
        )
        for what, text in (
            ("cut off at the blob host", f'{BLOB}": EOF'),
            ("no way to the blob host", f'{BLOB}": dial tcp 20.150.1.2:443: i/o timeout'),
            ("a proxy that opens TLS", f'{BLOB}": tls: failed to verify certificate: x509: x'),
        )
    ),
    fault(
        "EXISTENCE_NOT_YET_REPLICATED",
        "pushed two minutes ago",
        each(images("*-vault", age="PT2M"), says("vault", NOT_FOUND)),
        *(f"{column}-vault" for column in TELLING),
    ),
    fault(
        "CAPACITY_THROTTLED",
        "said by the platform",
        says("plain", answer("429 Too Many Requests", "TOOMANYREQUESTS", "Too many requests.")),
        *(f"{column}-plain" for column in TELLING),
    ),
)
FAULTS: tuple[Case, ...] = (*REPORTED, *OTHER)
