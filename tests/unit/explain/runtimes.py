"""Texts of container runtimes and their clients, with the cause that a person reads in them.

``None`` stands for UNKNOWN: the text alone cannot tell.
"""

# ruff: noqa: E501 - texts stand as they are

from shared.explain import CauseLabel as C
from tests.unit.explain.shapes import (
    ANONYMOUS_401,
    DIGEST,
    HEAD,
    IMAGE,
    OAUTH_401,
    VISIT,
    kubelet,
    resolve,
)

CONTAINERD: list[tuple[str, C | None]] = [
    (kubelet(ANONYMOUS_401), C.AUTH_ANONYMOUS_DENIED),
    (kubelet(OAUTH_401), None),
    (kubelet(OAUTH_401, ANONYMOUS_401), None),
    (
        kubelet(resolve(f"{IMAGE}: not found"), ANONYMOUS_401, code="NotFound"),
        C.NOT_FOUND_TAG,
    ),
    (kubelet(resolve(f"fabrikam.azurecr.io/shop/cart@{DIGEST}: not found")), C.NOT_FOUND_MANIFEST),
    (
        kubelet(resolve(f"failed to do request: {HEAD}: dial tcp 10.20.0.7:443: i/o timeout")),
        C.NETWORK_PRIVATE_ENDPOINT,
    ),
    (
        kubelet(resolve(f"failed to do request: {HEAD}: dial tcp 20.61.97.4:443: i/o timeout")),
        C.NETWORK_TIMEOUT,
    ),
    (
        kubelet(
            resolve(f"failed to do request: {HEAD}: dial tcp 20.61.97.4:443: connect: refused")
        ),
        None,
    ),
    (
        kubelet(
            resolve(
                f"failed to do request: {HEAD}: dial tcp: lookup fabrikam.azurecr.io on "
                "10.0.0.10:53: no such host"
            )
        ),
        C.NETWORK_DNS,
    ),
    (
        kubelet(
            resolve(
                f"failed to do request: {HEAD}: dial tcp: lookup fabrikam.azurecr.io on "
                "10.0.0.10:53: read udp 10.244.1.9:40111->10.0.0.10:53: i/o timeout"
            )
        ),
        C.NETWORK_DNS,
    ),
    (
        kubelet(
            resolve(
                f"failed to do request: {HEAD}: dial tcp: lookup fabrikam.azurecr.io: "
                "server misbehaving"
            )
        ),
        C.NETWORK_DNS,
    ),
    (
        kubelet(
            resolve(
                "failed to do request: Head ...: dial tcp: lookup fabrikam.azurecr.oi on "
                "10.0.0.10:53: no such host"
            )
        ),
        C.INVALID_REFERENCE,
    ),
    (
        kubelet(
            resolve(
                f"failed to do request: {HEAD}: tls: failed to verify certificate: x509: "
                "certificate signed by unknown authority"
            )
        ),
        C.NETWORK_TLS,
    ),
    (
        kubelet(
            resolve(f"failed to do request: {HEAD}: proxyconnect tcp: dial tcp 10.1.1.1:3128: ...")
        ),
        C.NETWORK_PROXY,
    ),
    (
        kubelet(
            resolve(
                f"unexpected status from HEAD request to {HEAD[6:-1]}: 403 Forbidden",
            )
        ),
        C.NETWORK_FIREWALL_IP,
    ),
    (
        kubelet(
            f'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://'
            f'weumanaged12.blob.core.windows.net/x//docker/registry/v2/blobs/{DIGEST}/data?se=1": '
            "EOF",
            ANONYMOUS_401,
        ),
        C.NETWORK_TIMEOUT,
    ),
    (
        kubelet(
            "failed to copy: httpReadSeeker: failed open: content at "
            f"https://fabrikam.azurecr.io/v2/shop/cart/blobs/{DIGEST} not found: not found"
        ),
        C.NOT_FOUND_MANIFEST,
    ),
    (
        kubelet(
            "failed to copy: httpReadSeeker: failed open: unexpected status code "
            f"https://fabrikam.azurecr.io/v2/shop/cart/blobs/{DIGEST}: 503 Service Unavailable"
        ),
        C.SERVER_ERROR,
    ),
    (
        kubelet(resolve("failed to authorize: failed to fetch oauth token: 429 Too Many Requests")),
        C.THROTTLED,
    ),
    (kubelet("no match for platform in manifest: not found", code="NotFound"), C.PLATFORM_MISMATCH),
    (
        kubelet(
            "failed to extract layer sha256:12: mount callback failed on /var/lib/x: write /a: "
            "no space left on device"
        ),
        C.DISK_FULL_NODE,
    ),
    (
        kubelet(
            resolve(
                "failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden"
            )
        ),
        None,
    ),
    (
        kubelet("mediaType in manifest should be 'application/vnd.docker.distribution.manifest'"),
        C.MANIFEST_UNSUPPORTED,
    ),
]


KUBELET: list[tuple[str, C | None]] = [
    (f'Back-off pulling image "{IMAGE}"', None),
    ("Error: ErrImagePull", None),
    ("Error: ImagePullBackOff", None),
    (f'Failed to pull image "{IMAGE}": pull QPS exceeded', C.THROTTLED),
    (
        (
            'Failed to apply default image tag "fabrikam.azurecr.io/Cart:2": couldn\'t parse image '
            'reference "fabrikam.azurecr.io/Cart:2": invalid reference format'
        ),
        C.INVALID_REFERENCE,
    ),
    (
        (
            "Unable to retrieve some image pull secrets (regcred); attempting to pull the image may "
            "not succeed."
        ),
        C.AUTH_ANONYMOUS_DENIED,
    ),
    ("exec /app/server: exec format error", C.PLATFORM_MISMATCH),
    ("The node was low on resource: ephemeral-storage.", C.DISK_FULL_NODE),
]


CRIO_AND_SKOPEO: list[tuple[str, C | None]] = [
    (
        (
            f"reading manifest 2.7 in fabrikam.azurecr.io/shop/cart: manifest unknown: manifest tagged "
            f'by "2.7" is not found: {IMAGE}'
        ),
        C.NOT_FOUND_TAG,
    ),
    (
        (
            "initializing source docker://fabrikam.azurecr.io/shop/cart:2.7: reading manifest 2.7 in "
            "fabrikam.azurecr.io/shop/cart: name unknown: repository name not known to registry"
        ),
        C.NOT_FOUND_REPOSITORY,
    ),
    (
        (
            'time="2026-02-01T10:00:00Z" level=fatal msg="Error parsing image name: unable to retrieve '
            'auth token: invalid username/password: unauthorized: authentication required"'
        ),
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        (
            "choosing image instance: no image found in image index for architecture arm64, variant "
            '"v8", OS linux'
        ),
        C.PLATFORM_MISMATCH,
    ),
    (
        (
            "pinging container registry fabrikam.azurecr.io: Get "
            '"https://fabrikam.azurecr.io/v2/": dial tcp 20.61.97.4:443: connect: connection refused'
        ),
        C.NETWORK_TIMEOUT,
    ),
    (
        "Error: writing blob: storing blob to file: happened during read: unexpected EOF",
        C.SERVER_ERROR,
    ),
    (
        "reading manifest 2.7 in fabrikam.azurecr.io/shop/cart: unauthorized: " + VISIT,
        None,
    ),
    (
        (
            "reading manifest latest in docker.io/library/cart: requested access to the resource is "
            "denied"
        ),
        C.NOT_FOUND_REPOSITORY,
    ),
]


DOCKER: list[tuple[str, C | None]] = [
    (
        (
            f"Error response from daemon: manifest for {IMAGE} not found: manifest unknown: manifest "
            'tagged by "2.7" is not found'
        ),
        C.NOT_FOUND_TAG,
    ),
    (
        (
            f"Error response from daemon: {HEAD}: denied: client with IP '51.4.3.2' is not allowed "
            "access. Refer https://aka.ms/acr/firewall to grant access."
        ),
        C.NETWORK_FIREWALL_IP,
    ),
    (f"Error response from daemon: {HEAD}: unauthorized: {VISIT}", None),
    (
        (
            'Error response from daemon: Get "https://fabrikam.azurecr.io/v2/": unauthorized: Invalid '
            "clientid or client secret."
        ),
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        f'Error response from daemon: Get "https://fabrikam.azurecr.io/v2/": unauthorized: {VISIT}',
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        (
            "Error response from daemon: pull access denied for cart, repository does not exist or may "
            "require 'docker login': denied: requested access to the resource is denied"
        ),
        C.NOT_FOUND_REPOSITORY,
    ),
    (f"Error response from daemon: {HEAD}: no basic auth credentials", C.AUTH_ANONYMOUS_DENIED),
    (
        (
            'error pulling image configuration: Get "https://weumanaged12.blob.core.windows.net/x": '
            "dial tcp 52.239.1.2:443: i/o timeout"
        ),
        C.NETWORK_TIMEOUT,
    ),
    (
        "error pulling image configuration: download failed after attempts=6: EOF",
        C.NETWORK_TIMEOUT,
    ),
    ("toomanyrequests: Too many requests.", C.THROTTLED),
    (
        (
            'Error response from daemon: Get "https://fabrikam.azurecr.io/v2/": net/http: TLS handshake '
            "timeout"
        ),
        C.NETWORK_TIMEOUT,
    ),
    ('Get "https://fabrikam.azurecr.io/v2/": context deadline exceeded', None),
    ('Get "http://reg.local:5000/v2/": http: server gave HTTP resp', C.NETWORK_TLS),
    (
        'Get "https://fabrikam.azurecr.io/v2/": http: server gave HTTP response to HTTPS client',
        C.NETWORK_PROXY,
    ),
    (
        "a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host",
        C.PLATFORM_MISMATCH,
    ),
    (
        "no matching manifest for windows/amd64 10.0.17763 in the manifest list entries",
        C.PLATFORM_MISMATCH,
    ),
    ("failed to register layer: write /lib/x.so: input/output error", C.DISK_FULL_NODE),
    (
        "docker: invalid reference format: repository name (shop/Cart) must be lowercase.",
        C.INVALID_REFERENCE,
    ),
    (
        (
            'Error response from daemon: unknown: {"errors":[{"code":"MANIFEST_UNKNOWN","message":'
            '"manifest sha256:0f is not found","detail":{"Name":"shop/cart","Revision":"sha256:0f"}}]}'
        ),
        C.NOT_FOUND_MANIFEST,
    ),
    (
        (
            f"Error response from daemon: {HEAD}: denied: The operation is disallowed on this registry,"
            " repository or image."
        ),
        C.LOCKED_OR_QUARANTINED,
    ),
    (
        (
            "failed to solve: fabrikam.azurecr.io/shop/cart:2.7: failed to resolve source metadata for "
            "fabrikam.azurecr.io/shop/cart:2.7: fabrikam.azurecr.io/shop/cart:2.7: not found"
        ),
        C.NOT_FOUND_TAG,
    ),
    (
        "Error response from daemon: login attempt failed with status: 401 Unauthorized",
        C.AUTH_BAD_CREDENTIALS,
    ),
    (
        "Error response from daemon: login attempt to https://fabrikam.azurecr.io/v2/ failed with status: 403 Forbidden",
        C.NETWORK_FIREWALL_IP,
    ),
]


RUNTIMES = [*CONTAINERD, *KUBELET, *CRIO_AND_SKOPEO, *DOCKER]
