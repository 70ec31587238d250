"""What goes wrong, told without a producer: how the connection fails, what the registry answers,
what the machine refuses. ``None`` as a cause stands for UNKNOWN: no text can tell.
"""

# ruff: noqa: E501 - texts stand as they are

from dataclasses import dataclass

from shared.explain import CauseLabel as C

REGISTRY = "wingtip.azurecr.io"
REPOSITORY = "store/web-front"
TAG = "v3.14"
IMAGE = f"{REGISTRY}/{REPOSITORY}:{TAG}"
DIGEST = "sha256:" + "c0ffee" * 10 + "beef"
AUTHORIZATION = (
    "authentication required, visit https://aka.ms/acr/authorization for more information."
)


@dataclass(frozen=True)
class Broken:
    """No answer came: the error of the connection, as Go and as Python word it."""

    cause: C | None
    go: str
    python: str = ""


@dataclass(frozen=True)
class Answer:
    """The registry answered with an error."""

    cause: C | None
    status: int
    reason: str
    code: str
    message: str
    pinned: bool = False


@dataclass(frozen=True)
class Local:
    """The machine itself could not go on, with this error at this layer."""

    cause: C
    error: str


BROKEN = (
    Broken(
        C.NETWORK_DNS,
        f"dial tcp: lookup {REGISTRY} on 172.16.0.10:53: no such host",
        f'NameResolutionError("<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to '
        f"resolve '{REGISTRY}' ([Errno -2] Name or service not known)\")",
    ),
    Broken(
        C.NETWORK_DNS,
        f"dial tcp: lookup {REGISTRY} on 172.16.0.10:53: server misbehaving",
        'NameResolutionError("<x>: Failed ([Errno -3] Temporary failure in name resolution)")',
    ),
    Broken(
        C.NETWORK_DNS,
        f"dial tcp: lookup {REGISTRY} on 172.16.0.10:53: read udp 172.16.4.9:52011->"
        "172.16.0.10:53: i/o timeout",
    ),
    Broken(
        C.NETWORK_TIMEOUT,
        "dial tcp 20.50.12.8:443: i/o timeout",
        "ConnectTimeoutError(<x>, 'Connection to host timed out. (connect timeout=30)')",
    ),
    Broken(
        C.NETWORK_TIMEOUT,
        "dial tcp 20.50.12.8:443: connect: connection refused",
        "NewConnectionError('<x>: Failed to establish a new connection: [Errno 111] Connection "
        "refused')",
    ),
    Broken(
        C.NETWORK_TIMEOUT,
        "read tcp 172.16.4.9:40110->20.50.12.8:443: read: connection reset by peer",
    ),
    Broken(
        C.NETWORK_TIMEOUT,
        "dial tcp 20.50.12.8:443: connectex: A connection attempt failed because the connected "
        "party did not properly respond after a period of time, or established connection failed "
        "because connected host has failed to respond.",
    ),
    Broken(C.NETWORK_TIMEOUT, "net/http: TLS handshake timeout"),
    Broken(
        C.NETWORK_TIMEOUT,
        "net/http: request canceled while waiting for connection (Client.Timeout exceeded while "
        "awaiting headers)",
    ),
    Broken(C.NETWORK_TIMEOUT, "EOF"),
    Broken(C.NETWORK_PRIVATE_ENDPOINT, "dial tcp 172.16.9.4:443: i/o timeout"),
    Broken(C.NETWORK_PRIVATE_ENDPOINT, "dial tcp 10.40.0.5:443: connect: no route to host"),
    Broken(
        C.NETWORK_TLS,
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
        "failed: self-signed certificate in certificate chain (_ssl.c:1000)'))",
    ),
    Broken(
        C.NETWORK_TLS,
        "x509: certificate is valid for proxy.wingtip.example, not wingtip.azurecr.io",
    ),
    Broken(
        C.NETWORK_TLS,
        "x509: certificate has expired or is not yet valid: current time 2026-02-03T04:05:06Z is "
        "after 2026-01-31T00:00:00Z",
    ),
    Broken(C.NETWORK_TLS, "remote error: tls: handshake failure"),
    Broken(
        C.NETWORK_PROXY,
        "proxyconnect tcp: dial tcp 172.16.0.200:3128: connect: connection refused",
        "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))",
    ),
    Broken(C.NETWORK_PROXY, "Proxy Authentication Required"),
    Broken(C.NETWORK_PROXY, "http: server gave HTTP response to HTTPS client"),
)

ANSWERS = (
    Answer(
        C.NETWORK_FIREWALL_IP,
        403,
        "Forbidden",
        "DENIED",
        "client with IP '198.51.100.7' is not allowed access. Refer https://aka.ms/acr/firewall to "
        "grant access.",
    ),
    Answer(
        C.NOT_FOUND_TAG,
        404,
        "Not Found",
        "MANIFEST_UNKNOWN",
        f'manifest tagged by "{TAG}" is not found',
    ),
    Answer(
        C.NOT_FOUND_MANIFEST,
        404,
        "Not Found",
        "MANIFEST_UNKNOWN",
        f"manifest {DIGEST} is not found",
        pinned=True,
    ),
    Answer(
        C.NOT_FOUND_REPOSITORY,
        404,
        "Not Found",
        "NAME_UNKNOWN",
        "repository name not known to registry",
    ),
    Answer(
        C.LOCKED_OR_QUARANTINED,
        405,
        "Method Not Allowed",
        "REGISTRY_DISALLOWED_OPERATION",
        "The operation is disallowed on this registry, repository or image. View troubleshooting "
        "steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-"
        "operation",
    ),
    Answer(
        C.THROTTLED,
        429,
        "Too Many Requests",
        "TOOMANYREQUESTS",
        "Too many requests. Please visit https://aka.ms/acr/skus#sku-feature-matrix to view limits "
        "of all service tiers.",
    ),
    Answer(C.SERVER_ERROR, 500, "Internal Server Error", "UNKNOWN", "unknown error"),
    Answer(C.SERVER_ERROR, 503, "Service Unavailable", "UNAVAILABLE", "please retry"),
    Answer(None, 401, "Unauthorized", "UNAUTHORIZED", AUTHORIZATION),
)

LOCAL = (
    Local(
        C.DISK_FULL_NODE,
        "failed to register layer: write /usr/lib/libfoo.so: no space left on device",
    ),
    Local(
        C.DISK_FULL_NODE,
        "failed to extract layer sha256:ab: write /var/lib/x: disk quota exceeded",
    ),
    Local(
        C.PLATFORM_MISMATCH, "no matching manifest for linux/arm/v7 in the manifest list entries"
    ),
    Local(C.PLATFORM_MISMATCH, "no match for platform in manifest: not found"),
    Local(
        C.PLATFORM_MISMATCH,
        'no image found in image index for architecture "arm64", variant "v8", OS "linux"',
    ),
    Local(
        C.MANIFEST_UNSUPPORTED,
        "unsupported media type application/vnd.cncf.helm.config.v1+json",
    ),
    Local(
        C.MANIFEST_UNSUPPORTED,
        "mediaType in manifest should be 'application/vnd.docker.distribution.manifest.v2+json' "
        "not 'application/vnd.wasm.v1'",
    ),
    Local(
        C.INVALID_REFERENCE,
        'couldn\'t parse image name "wingtip.azurecr.io/Store:1": invalid reference format: '
        "repository name must be lowercase",
    ),
)
