"""The things that error texts speak of, and what is said of them."""

from collections.abc import Sequence

from shared.explain.lexicon.classes import INNERMOST, Class
from shared.explain.lexicon.sign import Sign

ABSENT = (
    *("not found", "not exist", "n't exist", "not be found", "n't be found", "no longer exist"),
    *("nonexistent", "was deleted", "been deleted", "not known", "not present in"),
)
SOUGHT = (
    *("no such", "unable to find", "could not find", "cannot find", "can't find", "couldn't find"),
    *("failed to find", "non-existent", "unable to locate", "could not locate", "cannot locate"),
)
WRONG = (
    *("invalid", "incorrect", "wrong", "malformed", "not valid", "not recognized", "revoked"),
    *("not supported", "does not match", "cannot be detected", "not accepted", "mismatch"),
)
CUT = ("can't", "cannot", "could not", "couldn't", "unable to", "failed to", "failure", "error")

_SECRETS = (
    *("credential", "password", "client secret", "access key", "access token", "refresh token"),
    *("auth token", "identity token", "bearer token", "authorization token", "service principal"),
)
_IDENTITIES = (
    *("managed identity", "assigned identity", "managedidentity", "identity", "service principal"),
)

CLASSES = (
    Class(
        Sign.EXPIRED, (*_SECRETS, "secret", "token", "login", "session"), ("expired",), ("expired",)
    ),
    Class(
        Sign.BAD_SECRET,
        (*_SECRETS, "username", "user name", "client id", "clientid", "pull secret"),
        (*WRONG, "must be", "not accepted"),
        ("invalid", "incorrect", "wrong", "bad", "malformed", "revoked"),
        unless=("does not match expected scope",),
    ),
    Class(
        Sign.BAD_IDENTITY,
        _IDENTITIES,
        (*ABSENT, "not assigned", "n't assigned", "not attached", "not supported", "not enabled"),
        ("no", "missing", "unknown"),
        unless=("role", "encryption"),
    ),
    Class(
        Sign.BAD_IDENTITY,
        ("client id annotation", "tenant id annotation"),
        ("not found", "empty"),
    ),
    Class(
        Sign.NO_CREDENTIAL,
        ("credential", "pull secret", "imagepullsecret", "username and password"),
        ("not found", "not configured", "not provided", "not set", "missing", "not specified"),
        ("no", "without", "missing", "empty"),
        unless=("trying to look up", "erasing"),
    ),
    Class(
        Sign.LACKS_SCOPE,
        ("scope",),
        ("not match", "insufficient", "missing", "not include", "required", "not cover"),
        ("insufficient", "missing", "lacks", "lacking"),
        unless=("role", "auth challenge"),
    ),
    Class(
        Sign.LACKS_ROLE,
        (
            *("acrpull", "pull role", "role assignment", "pull permission", "pull access"),
            *("permission to pull", "permissions to pull", "needed permission", "reader role"),
        ),
        ("missing", "required", "not assigned", "not granted", "not have"),
        (
            *(
                "lack",
                "lacks",
                "lacking",
                "missing",
                "without",
                "needs",
                "requires",
                "ensure",
                "no",
            ),
            *("not have", "n't have", "grant", "assign", "not been granted", "has no"),
        ),
        unless=("or no pull access", "repository does not exist"),
    ),
    Class(
        Sign.REGISTRY_GONE,
        ("registry", "login server", "registry account"),
        ("disabled", "suspended"),
        unless=("public", "admin", "access is disabled", "user is disabled", "ssl", "tls"),
    ),
    Class(
        Sign.REGISTRY_GONE,
        ("container registry", "registry", "registries"),
        ABSENT,
        unless=(
            *("manifest", "tag", "image", "repository", "artifact", "credential", "layer"),
            *("respond", "request", "status", "answered"),
        ),
    ),
    Class(
        Sign.BAD_NAME,
        ("image name", "image reference", "repository name", "image tag", "reference format"),
        (*WRONG, "must be", "illegal", "must not"),
        ("invalid", "malformed", "illegal", "could not parse", "cannot parse", "failed to parse"),
        unless=("docker-credential",),
    ),
    Class(
        Sign.NAME_UNKNOWN,
        ("repository", "repository name"),
        ABSENT,
        SOUGHT,
        unless=("exist or", "tag", "git", "image", "manifest", "helm"),
        inner=True,
    ),
    Class(
        Sign.TAG_UNKNOWN,
        ("tag",),
        ABSENT,
        (*SOUGHT, "no matching"),
        unless=("digest", "platform"),
        inner=True,
    ),
    Class(
        Sign.MANIFEST_UNKNOWN,
        ("manifest", "container image", "image", "artifact"),
        ABSENT,
        SOUGHT,
        unless=("locally", "platform", "exist or ", "manifest list", "config", "such image"),
        inner=True,
    ),
    Class(
        Sign.BLOB_UNKNOWN,
        ("blob", "layer"),
        (*ABSENT, "missing"),
        (*SOUGHT, "missing"),
        inner=True,
    ),
    Class(
        Sign.NO_SPACE,
        ("disk", "disk space", "space", "inode", "ephemeral storage", "storage space"),
        ("full", "exhausted", "insufficient", "quota exceeded", "ran out"),
        ("not enough", "insufficient", "out of", "run out of", "low on", "lack of", "no free"),
        unless=("registry",),
    ),
    Class(
        Sign.PLATFORM,
        (
            *("platform", "architecture", "operating system", "operating system/version"),
            *("os version", "os type", "os/arch", "windows version", "host os"),
        ),
        (
            *(
                "not match",
                "n't match",
                "mismatch",
                "unsupported",
                "incompatible",
                "not compatible",
            ),
            *("not supported", "cannot be used", "not available"),
        ),
        (
            *("unsupported", "incompatible with", "mismatched", "no matching", "cannot run this"),
            *("can't run this", "not compatible with", "not built for", "not available for"),
        ),
    ),
    Class(
        Sign.UNSUPPORTED,
        (
            *("media type", "mediatype", "media-type", "manifest version", "manifest schema"),
            *("schema version", "image format", "artifact type", "config type", "layer type"),
        ),
        ("unsupported", "not supported", "not allowed", "unknown", "unrecognized", "deprecated"),
        ("unsupported", "unknown", "unrecognized", "unexpected", "invalid", "could not load"),
    ),
    Class(
        Sign.TOO_MANY,
        ("rate limit", "request limit", "pull limit", "requests per"),
        ("exceeded", "reached", "hit", "has been"),
        ("exceeded", "reached", "hit", "over"),
    ),
    Class(
        Sign.FIREWALL,
        (
            *("ip address", "client ip", "source ip", "public network access", "public access"),
            *("public network", "ip"),
        ),
        ("not allowed", "disabled", "not permitted", "denied", "blocked", "not in the allow"),
        ("blocked", "blocking", "disallowed", "forbidden"),
        unless=("auth", "storage account"),
    ),
    Class(
        Sign.LOOKUP_FAILED,
        ("host", "hostname", "host name", "domain", "fqdn", "dns name", "server name", "dns"),
        (
            *("not be resolved", "n't be resolved", "not resolve", "resolution failed"),
            *("failed to resolve", "lookup failed", "unable to resolve", "query failed"),
        ),
        tuple(f"{cut} {verb}" for cut in CUT for verb in ("resolve", "resolving", "to resolve")),
        unless=("resolve reference", "resolve source"),
    ),
    Class(
        Sign.TLS,
        ("certificate", "certificate chain", "tls handshake", "ssl handshake", "ssl connection"),
        (
            *("not trusted", "untrusted", "expired", "unknown authority", "not valid", "revoked"),
            *("be verified", "verify failed", "verification failed", "failed", "is invalid"),
        ),
        ("invalid", "untrusted", "expired", "self-signed", "self signed", "bad", "verify"),
        unless=("aadsts", "client assertion"),
    ),
    Class(
        Sign.UNREACHED,
        ("registry", "server", "host", "endpoint", "site", "service"),
        ("unreachable", "not reachable", "not be reached", "n't be reached"),
        tuple(f"{cut} {verb}" for cut in CUT for verb in ("connect", "reach", "connecting to")),
        inner=True,
    ),
    Class(
        Sign.PRIVATE_ENDPOINT,
        ("private endpoint", "privateendpoint"),
        ("cannot", "failed", "not approved", "rejected", "disconnected", "pending", "does not"),
        ("failed to", "unable to", "cannot", "could not"),
        unless=("allowed access", "public network"),
    ),
)


def signs_of_classes(text: str, layers: Sequence[str]) -> set[Sign]:
    """The signs that things and what is said of them show."""
    innermost = ": ".join(layers[-INNERMOST:])
    return {one.sign for one in CLASSES if one.shows(text, innermost)}
