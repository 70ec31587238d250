"""`/acr/v1`: repositories, tags and manifests with their attributes, locks and removal.

Shapes: azure-rest-api-specs Microsoft.ContainerRegistry data plane 2021-07-01.
"""

from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from local.azure.acr.auth import require, require_catalog
from local.azure.acr.lists import listed_repositories
from local.azure.acr.manifests import note, remove
from local.azure.acr.paging import page
from local.azure.acr.service import REGISTRY, answer, contents_of, world_of
from local.azure.acr.shapes import (
    LOCKS,
    identity,
    manifest_body,
    repository_body,
    signed_digests,
    tag_body,
)
from local.azure.contents import changes, errors
from local.azure.contents.model import Manifest, Repository, Tag
from local.estates.registry import Locks


async def catalog(request: web.Request) -> web.Response:
    """Names of repositories."""
    require_catalog(request)
    shown, headers = page(request, listed_repositories(contents_of(request)))
    return answer({"repositories": shown}, headers=headers)


async def get_repository(request: web.Request) -> web.Response:
    """The attributes of a repository."""
    repository = readable(request)
    return answer(repository_body(request, repository))


async def patch_repository(request: web.Request) -> web.Response:
    """Change the locks of a repository."""
    repository = writable(request)
    apply_locks(repository.locks, await changes_of(request))
    return answer(repository_body(request, repository))


async def delete_repository(request: web.Request) -> web.Response:
    """Delete a repository with everything in it."""
    name = request.match_info["repository"]
    who = require(request, name, "delete")
    contents, now = contents_of(request), world_of(request).now()
    manifests, tags = changes.delete_repository(request[REGISTRY], contents, name, now)
    for each in manifests:
        note(request, who, "delete", name, each.digest, manifest=each)
    body = {
        "manifestsDeleted": [each.digest for each in manifests],
        "tagsDeleted": [each.name for each in tags],
    }
    return answer(body, status=202)


async def list_tags(request: web.Request) -> web.Response:
    """Tags with their attributes; `digest` limits them to those of one manifest."""
    repository = readable(request)
    digest = request.query.get("digest")
    tags = [
        each
        for each in repository.tags.values()
        if each.locks.list_enabled and digest in {None, each.digest}
    ]
    names = ordered(request, tags, lambda each: each.name)
    shown, headers = page(request, names)
    signed = signed_digests(repository)
    bodies = [tag_body(repository.tags[name], signed) for name in shown]
    return answer({**identity(request, repository), "tags": bodies}, headers=headers)


async def get_tag(request: web.Request) -> web.Response:
    """The attributes of a tag."""
    repository = readable(request)
    return answer(one_tag(request, repository))


async def patch_tag(request: web.Request) -> web.Response:
    """Change the locks of a tag."""
    repository = writable(request)
    apply_locks(tag_of(request, repository).locks, await changes_of(request))
    return answer(one_tag(request, repository))


async def delete_tag(request: web.Request) -> web.Response:
    """Untag: the manifest stays, and no event tells of it."""
    name, tag = request.match_info["repository"], request.match_info["tag"]
    who = require(request, name, "delete")
    contents = contents_of(request)
    try:
        gone = changes.untag(contents, name, tag, world_of(request).now())
    except errors.RegistryError as error:
        note(request, who, "untag", name, tag, error=error)
        raise
    manifest = contents.repositories[name].manifests.get(gone.digest)
    note(request, who, "untag", name, tag, manifest=manifest)
    return answer(status=202)


async def list_manifests(request: web.Request) -> web.Response:
    """Manifests with their attributes and tags."""
    repository = readable(request)
    listed = [each for each in repository.manifests.values() if each.locks.list_enabled]
    shown, headers = page(request, ordered(request, listed, lambda each: each.digest))
    tags = repository.tag_names()
    bodies = [
        manifest_body(request, repository.manifests[digest], tags.get(digest)) for digest in shown
    ]
    return answer({**identity(request, repository), "manifests": bodies}, headers=headers)


async def get_manifest(request: web.Request) -> web.Response:
    """The attributes of a manifest."""
    repository = readable(request)
    return answer(one_manifest(request, repository))


async def patch_manifest(request: web.Request) -> web.Response:
    """Change the locks of a manifest, or release it from quarantine."""
    body = await changes_of(request)
    action = "quarantine_write" if "quarantineState" in body else "metadata_write"
    name, digest = request.match_info["repository"], request.match_info["digest"]
    who = require(request, name, action)
    repository, manifest = changes.find_manifest(contents_of(request), name, digest)
    apply_locks(manifest.locks, body)
    if body.get("quarantineState") == "Passed" and manifest.quarantined:
        manifest.quarantined = False
        note(request, who, "release", name, digest, manifest=manifest)
    return answer(one_manifest(request, repository))


async def delete_manifest(request: web.Request) -> web.Response:
    """Delete a manifest with every tag on it."""
    name, digest = request.match_info["repository"], request.match_info["digest"]
    who = require(request, name, "delete")
    remove(request, who, name, digest)
    return answer(status=202)


def readable(request: web.Request) -> Repository:
    """The repository asked for, by someone who may read its metadata."""
    name = request.match_info["repository"]
    require(request, name, "metadata_read")
    return changes.find_repository(contents_of(request), name)


def writable(request: web.Request) -> Repository:
    """The repository asked for, by someone who may change its metadata."""
    name = request.match_info["repository"]
    require(request, name, "metadata_write")
    return changes.find_repository(contents_of(request), name)


def tag_of(request: web.Request, repository: Repository) -> Tag:
    """The tag asked for. Raises RegistryError 404."""
    found = repository.tags.get(request.match_info["tag"])
    if found is None:
        raise errors.tag_unknown(request.match_info["tag"])
    return found


def ordered[T: (Tag, Manifest)](
    request: web.Request, items: Iterable[T], name: Callable[[T], str]
) -> list[str]:
    """Names in the order asked for: by name, `timeasc` or `timedesc`."""
    order = request.query.get("orderby", "")
    if order not in {"timeasc", "timedesc"}:
        return sorted(map(name, items))
    timed = sorted((each.updated, name(each)) for each in items)
    return [found for _, found in (timed if order == "timeasc" else reversed(timed))]


async def changes_of(request: web.Request) -> dict[str, Any]:
    """The body of a change. Raises RegistryError 400."""
    try:
        body = await request.json()
    except ValueError as error:
        raise errors.invalid_request("the body is no JSON") from error
    if not isinstance(body, dict):
        raise errors.invalid_request("the body is no object")
    return body


def apply_locks(locks: Locks, body: dict[str, Any]) -> None:
    """Set the locks that a change names."""
    for key, field in LOCKS.items():
        if isinstance(body.get(key), bool):
            setattr(locks, field, body[key])


def one_tag(request: web.Request, repository: Repository) -> dict[str, object]:
    """The answer for one tag."""
    tag = tag_of(request, repository)
    return {**identity(request, repository), "tag": tag_body(tag, signed_digests(repository))}


def one_manifest(request: web.Request, repository: Repository) -> dict[str, object]:
    """The answer for one manifest, with the children of an index. Raises RegistryError 404."""
    digest = request.match_info["digest"]
    manifest = repository.manifests.get(digest)
    if manifest is None:
        raise errors.manifest_not_found(repository.name, digest)
    body = manifest_body(request, manifest, repository.tag_names().get(digest))
    if manifest.parsed.entries:
        body["references"] = [
            {"digest": each.digest, "architecture": each.architecture, "os": each.os}
            for each in manifest.parsed.entries
        ]
    return {**identity(request, repository), "manifest": body}
