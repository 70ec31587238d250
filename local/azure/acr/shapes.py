"""How `/acr/v1` writes repositories, tags and manifests.

Shapes: azure-rest-api-specs Microsoft.ContainerRegistry data plane 2021-07-01.
"""

from typing import Final

from aiohttp import web

from local.azure.acr.service import REGISTRY
from local.azure.contents.model import Manifest, Repository, Tag
from local.azure.stamps import stamp
from local.estates.content import ARTIFACTS
from local.estates.registry import Locks

LOCKS: Final = {
    "deleteEnabled": "delete_enabled",
    "writeEnabled": "write_enabled",
    "listEnabled": "list_enabled",
    "readEnabled": "read_enabled",
}


def lock_body(locks: Locks) -> dict[str, bool]:
    """`changeableAttributes`."""
    return {key: getattr(locks, field) for key, field in LOCKS.items()}


def identity(request: web.Request, repository: Repository) -> dict[str, str]:
    """How every answer begins."""
    return {"registry": request[REGISTRY].login_server, "imageName": repository.name}


def repository_body(request: web.Request, repository: Repository) -> dict[str, object]:
    """A repository as the registry shows it."""
    return {
        **identity(request, repository),
        "createdTime": stamp(repository.created),
        "lastUpdateTime": stamp(repository.updated),
        "manifestCount": len(repository.manifests),
        "tagCount": len(repository.tags),
        "changeableAttributes": lock_body(repository.locks),
    }


def signed_digests(repository: Repository) -> set[str]:
    """Digests that a signature refers to."""
    kind = ARTIFACTS["signature"][0]
    manifests = repository.manifests.values()
    return {each.parsed.subject for each in manifests if each.parsed.artifact_type == kind}


def tag_body(tag: Tag, signed: set[str]) -> dict[str, object]:
    """A tag as the registry shows it."""
    return {
        "name": tag.name,
        "digest": tag.digest,
        "createdTime": stamp(tag.created),
        "lastUpdateTime": stamp(tag.updated),
        "signed": tag.digest in signed,
        "changeableAttributes": lock_body(tag.locks),
    }


def manifest_body(
    request: web.Request, manifest: Manifest, tags: list[str] | None
) -> dict[str, object]:
    """A manifest as the registry shows it; what it does not have is left out."""
    locks: dict[str, object] = {**lock_body(manifest.locks)}
    if request[REGISTRY].policies.quarantine == "Enabled" or manifest.quarantined:
        locks["quarantineState"] = "Quarantined" if manifest.quarantined else "Passed"
    body: dict[str, object] = {
        "digest": manifest.digest,
        "imageSize": manifest.parsed.size,
        "createdTime": stamp(manifest.created),
        "lastUpdateTime": stamp(manifest.updated),
        "mediaType": manifest.media_type,
        "changeableAttributes": locks,
    }
    optional = {
        "architecture": manifest.architecture,
        "os": manifest.os,
        "configMediaType": manifest.parsed.config_media_type,
        "tags": tags,
    }
    return body | {key: value for key, value in optional.items() if value}
