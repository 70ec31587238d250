"""`/v2/{repository}/manifests/{reference}` and `/v2/{repository}/referrers/{digest}`.

Protocol: OCI distribution specification 1.1; answers to a missing Accept as in CNCF distribution.
"""

import re
from typing import Final

from aiohttp import web

from local.azure.acr.accounts import Account
from local.azure.acr.auth import requester, require
from local.azure.acr.service import REGISTRY, answer, contents_of, world_of
from local.azure.contents import changes, errors
from local.azure.contents.model import Manifest, Repository
from local.azure.operations import Kind, Operation
from local.estates.content import DOCKER_LIST, OCI_INDEX, OCI_MANIFEST

LARGEST: Final = 4 * 1024 * 1024
NAME: Final = re.compile(r"[a-z0-9]+([._/-]+[a-z0-9]+)*")
TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


async def get_manifest(request: web.Request) -> web.Response:
    """The manifest of a tag or digest (GET, HEAD)."""
    name, reference = request.match_info["repository"], request.match_info["reference"]
    who = require(request, name, "pull")
    try:
        manifest = pulled(request, name, reference)
    except errors.RegistryError as error:
        note(request, who, "pull", name, reference, error=error)
        raise
    if request.method == "GET":
        note(request, who, "pull", name, reference, manifest=manifest)
    if request.headers.get("If-None-Match", "").strip('"') == manifest.digest:
        return web.Response(status=304, headers=headers_of(manifest))
    return web.Response(body=manifest.body, headers=headers_of(manifest))


def pulled(request: web.Request, name: str, reference: str) -> Manifest:
    """The manifest that a pull gets: as asked, or for Docker lists the platform of old clients."""
    repository, manifest = changes.find_manifest(contents_of(request), name, reference)
    changes.check_readable(repository, manifest, reference)
    accepted = ",".join(request.headers.getall("Accept", [])).lower()
    if not accepted or "*/*" in accepted or manifest.media_type in accepted:
        return manifest
    if manifest.media_type == DOCKER_LIST:
        return default_platform(repository, manifest, name)
    if manifest.media_type in {OCI_MANIFEST, OCI_INDEX}:
        what = "index" if manifest.media_type == OCI_INDEX else "manifest"
        many = "indexes" if manifest.media_type == OCI_INDEX else "manifests"
        text = f"OCI {what} found, but accept header does not support OCI {many}"
        raise errors.RegistryError(404, "MANIFEST_UNKNOWN", text)
    return manifest


def default_platform(repository: Repository, index: Manifest, name: str) -> Manifest:
    """The child for linux/amd64, for a client that does not know lists."""
    for child in index.parsed.entries:
        if (child.os, child.architecture) == ("linux", "amd64"):
            found = repository.manifests.get(child.digest)
            if found:
                return found
            raise errors.manifest_not_found(name, child.digest)
    raise errors.manifest_not_found(name, index.digest)


def headers_of(manifest: Manifest) -> dict[str, str]:
    """What identifies a manifest in an answer."""
    return {
        "Content-Type": manifest.media_type,
        "Docker-Content-Digest": manifest.digest,
        "ETag": f'"{manifest.digest}"',
    }


async def put_manifest(request: web.Request) -> web.Response:
    """Store a manifest under a tag or its digest."""
    name, reference = request.match_info["repository"], request.match_info["reference"]
    who = require(request, name, "push")
    check_names(name, reference)
    body = await request.read()
    if len(body) > LARGEST:
        raise errors.RegistryError(413, "SIZE_INVALID", "manifest exceeds the size limit")
    push = changes.Push(name, reference, request.content_type, body)
    world = world_of(request)
    try:
        made = changes.store(request[REGISTRY], contents_of(request), push, world.now())
    except errors.RegistryError as error:
        note(request, who, "push", name, reference, error=error)
        raise
    note(request, who, "push", name, reference, manifest=made)
    headers = {
        "Docker-Content-Digest": made.digest,
        "Location": f"/v2/{name}/manifests/{made.digest}",
    }
    if made.parsed.subject:
        headers["OCI-Subject"] = made.parsed.subject
    return answer(status=201, headers=headers)


def check_names(name: str, reference: str) -> None:
    """Raises RegistryError 400 for names that a registry does not take."""
    if not NAME.fullmatch(name):
        raise errors.name_invalid(name)
    if not TAG.fullmatch(reference) and not DIGEST.fullmatch(reference):
        raise errors.tag_invalid(reference)


async def delete_manifest(request: web.Request) -> web.Response:
    """Delete a manifest by its digest, with every tag on it."""
    name, reference = request.match_info["repository"], request.match_info["reference"]
    who = require(request, name, "delete")
    if not DIGEST.fullmatch(reference):
        raise errors.unsupported()
    remove(request, who, name, reference)
    return answer(status=202)


def remove(request: web.Request, who: Account, name: str, digest: str) -> None:
    """Delete a manifest and record it, also when it is refused."""
    world = world_of(request)
    try:
        gone = changes.delete_manifest(
            request[REGISTRY], contents_of(request), name, digest, world.now()
        )
    except errors.RegistryError as error:
        note(request, who, "delete", name, digest, error=error)
        raise
    note(request, who, "delete", name, digest, manifest=gone)


async def get_referrers(request: web.Request) -> web.Response:
    """An OCI index of what refers to a manifest; empty when nothing does."""
    name, digest = request.match_info["repository"], request.match_info["digest"]
    require(request, name, "pull")
    repository = changes.find_repository(contents_of(request), name)
    wanted = request.query.get("artifactType")
    entries = [
        {
            "mediaType": each.media_type,
            "digest": each.digest,
            "size": len(each.body),
            "artifactType": each.parsed.artifact_type,
            "annotations": dict(each.parsed.annotations),
        }
        for each in repository.referrers(digest)
        if wanted in {None, each.parsed.artifact_type}
    ]
    body = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
    headers = {"OCI-Filters-Applied": "artifactType"} if wanted else {}
    response = answer(body, headers=headers)
    response.content_type = OCI_INDEX
    return response


def note(
    request: web.Request,
    who: Account,
    kind: Kind,
    name: str,
    reference: str,
    *,
    manifest: Manifest | None = None,
    error: errors.RegistryError | None = None,
) -> None:
    """Record what was done to a manifest, or refused."""
    world = world_of(request)
    by_tag = ":" not in reference
    world.record(
        Operation(
            kind=kind,
            time=world.now(),
            registry=request[REGISTRY].name,
            requester=requester(request, who),
            repository=name,
            tag=reference if by_tag else "",
            digest=manifest.digest if manifest else ("" if by_tag else reference),
            media_type=manifest.media_type if manifest else "",
            size=len(manifest.body) if manifest else 0,
            artifact_type=manifest.parsed.artifact_type if manifest else "",
            quarantined=manifest.quarantined if manifest else False,
            status=error.status if error else 200,
            error=error.message if error else "",
        )
    )
