"""The causes that an error text can tell, and what an explanation of one is."""

from enum import StrEnum

from msgspec import Struct


class CauseLabel(StrEnum):
    """Why a pull failed, as far as a text can tell. The values are stable."""

    ABAC_ROLE = "abac_role"
    AUTH_ANONYMOUS_DENIED = "auth_anonymous_denied"
    AUTH_BAD_CREDENTIALS = "auth_bad_credentials"
    AUTH_EXPIRED_CREDENTIALS = "auth_expired_credentials"
    AUTH_MISSING_ROLE = "auth_missing_role"
    AUTH_TOKEN_SCOPE = "auth_token_scope"  # noqa: S105 - a cause
    DISK_FULL_NODE = "disk_full_node"
    INVALID_REFERENCE = "invalid_reference"
    LOCKED_OR_QUARANTINED = "locked_or_quarantined"
    MANIFEST_UNSUPPORTED = "manifest_unsupported"
    NETWORK_DNS = "network_dns"
    NETWORK_FIREWALL_IP = "network_firewall_ip"
    NETWORK_PRIVATE_ENDPOINT = "network_private_endpoint"
    NETWORK_PROXY = "network_proxy"
    NETWORK_TIMEOUT = "network_timeout"
    NETWORK_TLS = "network_tls"
    NOT_FOUND_MANIFEST = "not_found_manifest"
    NOT_FOUND_REPOSITORY = "not_found_repository"
    NOT_FOUND_TAG = "not_found_tag"
    PLATFORM_MISMATCH = "platform_mismatch"
    REGISTRY_DISABLED_OR_MISSING = "registry_disabled_or_missing"
    SERVER_ERROR = "server_error"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS[self]


_MEANINGS = {
    CauseLabel.ABAC_ROLE: "the role gives no access to this repository of an ABAC registry",
    CauseLabel.AUTH_ANONYMOUS_DENIED: "the pull showed no credential, and the registry wants one",
    CauseLabel.AUTH_BAD_CREDENTIALS: "the credential is wrong or belongs to no account",
    CauseLabel.AUTH_EXPIRED_CREDENTIALS: "the credential has expired",
    CauseLabel.AUTH_MISSING_ROLE: "the identity has no role that permits the pull",
    CauseLabel.AUTH_TOKEN_SCOPE: "the credential does not cover what was asked for",
    CauseLabel.DISK_FULL_NODE: "the disk of the machine that pulls is full or broken",
    CauseLabel.INVALID_REFERENCE: "the image's name is not valid or not meant as one",
    CauseLabel.LOCKED_OR_QUARANTINED: "the registry disallows the operation: lock or quarantine",
    CauseLabel.MANIFEST_UNSUPPORTED: "what is stored is no image that the runtime accepts",
    CauseLabel.NETWORK_DNS: "the registry's name does not resolve as it should",
    CauseLabel.NETWORK_FIREWALL_IP: "the registry's firewall does not admit the address",
    CauseLabel.NETWORK_PRIVATE_ENDPOINT: "the private endpoint cannot be reached",
    CauseLabel.NETWORK_PROXY: "a proxy stands in the way",
    CauseLabel.NETWORK_TIMEOUT: "the registry or its data endpoint cannot be reached",
    CauseLabel.NETWORK_TLS: "the TLS connection fails: certificate or protocol",
    CauseLabel.NOT_FOUND_MANIFEST: "a manifest or a layer is gone",
    CauseLabel.NOT_FOUND_REPOSITORY: "the repository does not exist",
    CauseLabel.NOT_FOUND_TAG: "the tag does not exist",
    CauseLabel.PLATFORM_MISMATCH: "the image is not built for this platform",
    CauseLabel.REGISTRY_DISABLED_OR_MISSING: "the registry does not exist or is disabled",
    CauseLabel.SERVER_ERROR: "the registry itself fails",
    CauseLabel.THROTTLED: "too many requests",
    CauseLabel.UNKNOWN: "the text does not tell",
}


class Certainty(StrEnum):
    """How far a text supports its explanation."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Explanation(Struct, frozen=True, kw_only=True):
    """What a text says of the cause.

    Where it fits several causes alike, ``cause`` is UNKNOWN and ``candidates`` are they.
    ``reference`` is the image that the text names, empty where it names none.
    """

    cause: CauseLabel
    confidence: Certainty
    why: str
    reference: str = ""
    candidates: tuple[CauseLabel, ...] = ()
