"""What a registry refuses, in the words of Azure Container Registry."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

HELP: Final = "https://aka.ms/acr/authorization"
DISALLOWED: Final = (
    "The operation is disallowed on this registry, repository or image. View troubleshooting steps "
    "at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation"
)
THROTTLED: Final = (
    "Too many requests. Please visit https://aka.ms/acr/skus#sku-feature-matrix to view limits of "
    "all service tiers."
)

type Detail = dict[str, str] | list[dict[str, str]] | None


@dataclass
class RegistryError(Exception):
    """An answer other than success: `{"errors": [{"code", "message", "detail"}]}`."""

    status: int
    code: str
    message: str
    detail: Detail = None


def unauthorized(detail: Detail = None) -> RegistryError:
    """No credential, a bad one, or one without the right."""
    text = f"authentication required, visit {HELP} for more information."
    return RegistryError(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", text, detail)


def unauthorized_because(message: str) -> RegistryError:
    """A credential refused for a reason that is told."""
    return RegistryError(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", message)


def address_denied(address: str) -> RegistryError:
    """The firewall does not let this client in."""
    text = (
        f"client with IP '{address}' is not allowed access. "
        "Refer https://aka.ms/acr/firewall to grant access."
    )
    return RegistryError(HTTPStatus.FORBIDDEN, "DENIED", text)


def throttled() -> RegistryError:
    """Too many requests; the answer also carries Retry-After."""
    return RegistryError(HTTPStatus.TOO_MANY_REQUESTS, "TOOMANYREQUESTS", THROTTLED)


def tag_not_found(tag: str) -> RegistryError:
    """No manifest has this tag."""
    text = f'manifest tagged by "{tag}" is not found'
    return RegistryError(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", text, {"Tag": tag})


def manifest_not_found(repository: str, digest: str) -> RegistryError:
    """There is no manifest with this digest."""
    detail = {"Name": repository, "Revision": digest}
    text = f"manifest {digest} is not found"
    return RegistryError(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", text, detail)


def not_found(repository: str, reference: str) -> RegistryError:
    """A tag or digest that is not there."""
    if ":" in reference:
        return manifest_not_found(repository, reference)
    return tag_not_found(reference)


def repository_not_found(name: str) -> RegistryError:
    """There is no repository of this name."""
    text = "repository name not known to registry"
    return RegistryError(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", text, {"name": name})


def tag_unknown(name: str) -> RegistryError:
    """A tag to be read or removed through `/acr/v1` is not there."""
    text = "the specified tag does not exist"
    return RegistryError(HTTPStatus.NOT_FOUND, "TAG_UNKNOWN", text, {"name": name})


def disallowed() -> RegistryError:
    """A lock, a quarantine or a limit forbids it."""
    status = HTTPStatus.METHOD_NOT_ALLOWED
    return RegistryError(status, "REGISTRY_DISALLOWED_OPERATION", DISALLOWED)


def quarantined() -> RegistryError:
    """A quarantined manifest was asked for by its digest."""
    return RegistryError(HTTPStatus.METHOD_NOT_ALLOWED, "UNKNOWN", "The operation is disallowed.")


def unsupported() -> RegistryError:
    """An operation that this registry does not have."""
    text = "The operation is unsupported."
    return RegistryError(HTTPStatus.METHOD_NOT_ALLOWED, "UNSUPPORTED", text)


def blob_unknown(digest: str) -> RegistryError:
    """A blob that is not in this repository."""
    text = "blob unknown to registry"
    return RegistryError(HTTPStatus.NOT_FOUND, "BLOB_UNKNOWN", text, {"digest": digest})


def manifest_blob_unknown(digest: str) -> RegistryError:
    """A manifest that needs a blob or child which was not pushed."""
    text = "blob unknown to registry"
    return RegistryError(HTTPStatus.BAD_REQUEST, "MANIFEST_BLOB_UNKNOWN", text, {"digest": digest})


def manifest_invalid(reason: str) -> RegistryError:
    """A body that is no manifest."""
    return RegistryError(
        HTTPStatus.BAD_REQUEST, "MANIFEST_INVALID", "manifest invalid", {"": reason}
    )


def digest_invalid() -> RegistryError:
    """Content that is not what its digest says."""
    text = "provided digest did not match uploaded content"
    return RegistryError(HTTPStatus.BAD_REQUEST, "DIGEST_INVALID", text)


def name_invalid(name: str) -> RegistryError:
    """A repository name that breaks the rules, such as one with an upper-case letter."""
    text = "invalid repository name"
    return RegistryError(HTTPStatus.BAD_REQUEST, "NAME_INVALID", text, {"name": name})


def tag_invalid(name: str) -> RegistryError:
    """A tag that breaks the rules."""
    text = "manifest tag did not match URI"
    return RegistryError(HTTPStatus.BAD_REQUEST, "TAG_INVALID", text, {"tag": name})


def upload_unknown() -> RegistryError:
    """An upload that was never begun, or is over."""
    text = "blob upload unknown to registry"
    return RegistryError(HTTPStatus.NOT_FOUND, "BLOB_UPLOAD_UNKNOWN", text)


def invalid_request(message: str) -> RegistryError:
    """Parameters that make no sense."""
    return RegistryError(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", message)
