"""What clients and registries say, phrase by phrase: each is a sign of one thing.

A sign is not yet a cause: which attempt it stands in, at which stage of the pull and with which
credential decides. Phrases are in lower case and stand for themselves.
"""

from enum import Enum, auto


class Sign(Enum):
    """Something that one phrase of a text shows."""

    NO_SUCH_HOST = auto()
    LOOKUP_FAILED = auto()
    TIMEOUT = auto()
    DEADLINE = auto()
    NO_CONNECTION = auto()
    EOF = auto()
    CUT_OFF = auto()
    TLS = auto()
    PLAIN_HTTP = auto()
    PROXY = auto()
    PRIVATE_ENDPOINT = auto()
    FIREWALL = auto()
    WRONG_ADDRESS = auto()
    TOO_MANY = auto()
    MANIFEST_UNKNOWN = auto()
    DIGEST_UNKNOWN = auto()
    NAME_UNKNOWN = auto()
    BLOB_UNKNOWN = auto()
    ACCESS_OR_NAME = auto()
    PLATFORM = auto()
    UNSUPPORTED = auto()
    NO_V1 = auto()
    DISALLOWED = auto()
    NO_SPACE = auto()
    BAD_NAME = auto()
    EXPIRED = auto()
    BAD_SECRET = auto()
    BAD_IDENTITY = auto()
    NO_CREDENTIAL = auto()
    UNAUTHORIZED = auto()
    DENIED = auto()
    SERVER_ERROR = auto()
    REGISTRY_GONE = auto()
    NO_IDENTITY_TOKEN = auto()
    EXCHANGE_REFUSED = auto()
    NO_CHALLENGE = auto()
    LACKS_ACTIONS = auto()


PHRASES: dict[Sign, tuple[str, ...]] = {
    Sign.NO_SUCH_HOST: ("no such host", "nxdomain", "unknownhostexception"),
    Sign.LOOKUP_FAILED: (
        "server misbehaving",
        "temporary failure in name resolution",
        "name or service not known",
        "nodename nor servname",
        "could not resolve host",
        "name resolution",
        "getaddrinfo",
        "failed to resolve specified fqdn",
        "no address associated with hostname",
    ),
    Sign.WRONG_ADDRESS: ("through private ip is incorrect",),
    Sign.TIMEOUT: (
        "i/o timeout",
        "client.timeout exceeded",
        "request canceled while waiting for connection",
        "connection timed out",
        "connect timeout",
        "connecttimeout",
        "readtimeout",
        "sockettimeoutexception",
        "tls handshake timeout",
        "operation timed out",
        "timed out waiting for",
        "timeout awaiting response headers",
    ),
    Sign.DEADLINE: ("context deadline exceeded", "could not connect to the registry"),
    Sign.NO_CONNECTION: (
        "connection refused",
        "connection reset by peer",
        "no route to host",
        "network is unreachable",
        "broken pipe",
        "forcibly closed by the remote host",
        "failed to establish a new connection",
        "could not be made because the target machine actively refused",
        "failed to connect to",
    ),
    Sign.CUT_OFF: ("unexpected eof", "stream error", "connection closed before"),
    Sign.TLS: (
        "x509:",
        "certificate_verify_failed",
        "certificate verify failed",
        "failed to verify certificate",
        "certificate has expired",
        "tls: ",
        "first record does not look like a tls handshake",
        "ssl_error",
        "sslerror",
        "pkix path building failed",
        "self-signed certificate",
        "self signed certificate",
        "ssl certificate problem",
        "connectivity_ssl_error",
    ),
    Sign.PLAIN_HTTP: ("server gave http response to https client",),
    Sign.PROXY: (
        "proxyconnect",
        "proxy authentication required",
        "proxyerror",
        "cannot connect to proxy",
        "tunnel connection failed",
        "invalid proxy",
        "parsing port : strconv",
    ),
    Sign.PRIVATE_ENDPOINT: (
        "have private endpoints in the vnet",
        "private endpoint needs to be reconfigured",
        "failed to replicate private endpoint",
    ),
    Sign.FIREWALL: (
        "is not allowed access",
        "aka.ms/acr/firewall",
        "connectivity_forbidden_error",
        "public network access is disabled",
        "public access is disabled",
    ),
    Sign.TOO_MANY: (
        "toomanyrequests",
        "too many requests",
        "pull rate limit",
        "rate limit exceeded",
        "qps exceeded",
        "connectivity_toomanyrequests_error",
    ),
    Sign.MANIFEST_UNKNOWN: (
        "manifest unknown",
        "manifest_unknown",
        "manifest tagged by",
        "not found: manifest",
        "tag does not exist",
        "no such manifest",
    ),
    Sign.DIGEST_UNKNOWN: ("manifest sha256:",),
    Sign.NAME_UNKNOWN: (
        "name_unknown",
        "name unknown",
        "repository name not known",
        "repository not found",
    ),
    Sign.BLOB_UNKNOWN: ("blob_unknown", "blob unknown", "unknown blob"),
    Sign.ACCESS_OR_NAME: (
        "repository does not exist or may require",
        "does not exist or no pull access",
    ),
    Sign.PLATFORM: (
        "no match for platform",
        "no matching manifest for",
        "exec format error",
        "no image found in manifest list for",
        "no image found in image index for",
        "cannot be used on this platform",
        "does not match the specified platform",
        "does not match the host operating system",
        "does not match the detected host platform",
        "image is incompatible with",
        "imageostypenotmatchcontainergroup",
        "osversionofimagenotsupported",
        "unsupportedwindowsversion",
    ),
    Sign.NO_V1: ("unsupported image manifest",),
    Sign.UNSUPPORTED: (
        "unsupported media type",
        "unsupported manifest",
        "unsupported mediatype",
        "unsupported config type",
        "mediatype in manifest should be",
        "encountered unknown type",
        "schema 1 image",
        "manifest.v1+prettyjws",
        "unknown media type",
        "media type mismatch",
        "is no longer supported since containerd",
        "invalid manifest type",
    ),
    Sign.DISALLOWED: (
        "operation is disallowed",
        "registry_disallowed_operation",
        "disallowed-operation",
        "is in quarantine",
        "quarantined",
    ),
    Sign.NO_SPACE: (
        "no space left on device",
        "not enough space on the disk",
        "disk quota exceeded",
        "there is not enough space",
        "insufficient disk space",
        "no usable disk space",
        "input/output error",
        "diskpressure",
        "low on resource: ephemeral-storage",
        "read-only file system",
    ),
    Sign.BAD_NAME: (
        "invalid reference format",
        "couldn't parse image",
        "could not parse reference",
        "could not parse image",
        "repository name must be lowercase",
        "invalidimagename",
        "invalid repository name",
        "invalid image name",
        "invalid tag format",
        "the acceptable patterns are",
        "repository name component must match",
    ),
    Sign.EXPIRED: (
        "aadsts7000222",
        "aadsts700082",
        "aadsts70008",
        "aadsts50173",
        "client secret keys for app",
        "token is expired",
        "token has expired",
        "token expired",
        "expired token",
        "credentials have expired",
        "credential has expired",
        "credentials expired",
        "password has expired",
        "password expired",
        "secret has expired",
        "secret expired",
        "secret is expired",
        "expiredauthenticationtoken",
    ),
    Sign.BAD_SECRET: (
        "invalid clientid or client secret",
        "application not registered with aad",
        "invalid_client",
        "aadsts7000215",
        "aadsts700016",
        "aadsts90002",
        "aadsts50034",
        "aadsts50126",
        "aadsts700027",
        "invalid username/password",
        "invalid username or password",
        "incorrect username or password",
        "unable to retrieve auth token",
        "admin user is disabled",
        "admin-enabled true",
        "connectivity_aad_login_error",
        "token validation failed",
        "bad username or password",
    ),
    Sign.BAD_IDENTITY: (
        "invalidimageregistryidentity",
        "imageresitrycredential",
        "imageregistrycredential",
        "not found in container group identity list",
    ),
    Sign.NO_IDENTITY_TOKEN: (
        "managed identity token failed",
        "identity not found",
        "managed identity existance",
        "managedidentitycredential authentication unavailable",
        "no managed identity endpoint found",
        "failed to get managed identity",
        "failed to refresh arm access token",
    ),
    Sign.NO_CREDENTIAL: (
        "fetch anonymous token",
        "no basic auth credentials",
        "return empty authentication",
        "unsupported status code 401",
        "unable to retrieve some image pull secrets",
        "anonymous access is not allowed",
        "anonymous pull is not",
    ),
    Sign.EXCHANGE_REFUSED: (
        "connectivity_refresh_token_error",
        "rejected token exchange",
        "unable to get aad authorization tokens",
        "token exchange endpoint",
    ),
    Sign.NO_CHALLENGE: ("did not issue a valid aad challenge", "connectivity_challenge_error"),
    Sign.LACKS_ACTIONS: ("connectivity_access_token_error", "abacrepositorypermissions"),
    Sign.UNAUTHORIZED: ("unauthorized", "authentication required"),
    Sign.DENIED: (
        "requested access to the resource is denied",
        "insufficient_scope",
        "access forbidden",
        "denied",
    ),
    Sign.SERVER_ERROR: (
        "internal server error",
        "service unavailable",
        "bad gateway",
        "gateway timeout",
        "gateway time-out",
        "service is temporarily unavailable",
    ),
    Sign.REGISTRY_GONE: (
        "cmk_error",
        "registry is disabled",
        "subscription is disabled",
        "'microsoft.containerregistry/registries' could not be found",
        "encryption doesn't exist",
    ),
}

SHORTEST_CUT = 12
"""Characters of a phrase that a text cut off inside it must still show."""


def signs_in(text: str) -> frozenset[Sign]:
    """The signs of a text in lower case, one cut off at its end included."""
    found = {sign for sign, phrases in PHRASES.items() if any(p in text for p in phrases)}
    return frozenset(found | _cut_off(text))


def _cut_off(text: str) -> set[Sign]:
    end = text.rpartition(": ")[2].strip()
    if len(end) < SHORTEST_CUT:
        return set()
    return {s for s, phrases in PHRASES.items() if any(p.startswith(end) for p in phrases)}
