"""`/v2/{repository}/blobs/uploads/`: at once, in chunks, or mounted from another repository.

Protocol: OCI distribution specification 1.1, "Pushing blobs".
"""

import re
import uuid
from typing import Final

from aiohttp import web

from local.azure.acr.auth import demand, require
from local.azure.acr.manifests import NAME
from local.azure.acr.scopes import Scope
from local.azure.acr.service import answer, contents_of, world_of
from local.azure.contents import changes, errors
from local.azure.contents.model import Upload
from local.estates.content import digest as digest_of

CONTENT_RANGE: Final = re.compile(r"(\d+)-(\d+)")


async def start(request: web.Request) -> web.Response:
    """Begin an upload; mount a known blob, or take it whole, if asked to."""
    name = request.match_info["repository"]
    if not NAME.fullmatch(name):
        raise errors.name_invalid(name)
    require(request, name, "push")
    mounted = mount(request, name)
    if mounted:
        return created(name, mounted)
    upload = Upload(str(uuid.uuid4()), name, world_of(request).now())
    if "digest" in request.query:
        upload.data += await request.read()
        return finished(request, upload)
    contents_of(request).uploads[upload.id] = upload
    return accepted(upload)


def mount(request: web.Request, name: str) -> str:
    """The digest of a blob now shared with another repository; empty if there is none such."""
    digest, source = request.query.get("mount", ""), request.query.get("from", "")
    contents = contents_of(request)
    held = contents.repositories.get(source)
    if not held or digest not in held.blobs or digest not in contents.blobs:
        return ""
    try:
        demand(request, Scope("repository", source, ("pull",)))
    except errors.RegistryError:
        return ""
    contents.repository(name, world_of(request).now()).blobs.add(digest)
    return digest


async def status(request: web.Request) -> web.Response:
    """How far an upload is."""
    upload = find(request)
    return answer(status=204, headers=headers_of(upload))


async def append(request: web.Request) -> web.Response:
    """Take the next chunk; it must begin where the last one ended."""
    upload = find(request)
    await take(request, upload)
    return accepted(upload)


async def take(request: web.Request, upload: Upload) -> None:
    """Add the body of a request to an upload. Raises RegistryError 416."""
    given = CONTENT_RANGE.search(request.headers.get("Content-Range", ""))
    if given and int(given[1]) != len(upload.data):
        raise errors.RegistryError(416, "BLOB_UPLOAD_INVALID", "blob upload invalid")
    async for chunk in request.content.iter_any():
        upload.data += chunk


async def finish(request: web.Request) -> web.Response:
    """Take the last chunk, if there is one, and check the digest."""
    upload = find(request)
    await take(request, upload)
    return finished(request, upload)


async def cancel(request: web.Request) -> web.Response:
    """Forget an upload."""
    upload = find(request)
    del contents_of(request).uploads[upload.id]
    return answer(status=204)


def find(request: web.Request) -> Upload:
    """The upload that a request is about. Raises RegistryError 404."""
    name = request.match_info["repository"]
    require(request, name, "push")
    upload = contents_of(request).uploads.get(request.match_info["upload"])
    if upload is None or upload.repository != name:
        raise errors.upload_unknown()
    return upload


def finished(request: web.Request, upload: Upload) -> web.Response:
    """Keep a complete blob. Raises RegistryError 400 when it is not what its digest says."""
    contents = contents_of(request)
    digest = digest_of(bytes(upload.data))
    if request.query.get("digest") != digest:
        raise errors.digest_invalid()
    changes.keep_blob(contents, upload.repository, bytes(upload.data), world_of(request).now())
    contents.uploads.pop(upload.id, None)
    return created(upload.repository, digest)


def created(name: str, digest: str) -> web.Response:
    """The answer for a blob that is there now."""
    where = f"/v2/{name}/blobs/{digest}"
    return answer(status=201, headers={"Location": where, "Docker-Content-Digest": digest})


def accepted(upload: Upload) -> web.Response:
    """The answer for an upload that goes on."""
    return answer(status=202, headers=headers_of(upload))


def headers_of(upload: Upload) -> dict[str, str]:
    """Where to send the next chunk, and what has arrived."""
    where = f"/v2/{upload.repository}/blobs/uploads/{upload.id}?_nouploadcache=false"
    return {
        "Location": where,
        "Range": f"0-{max(len(upload.data) - 1, 0)}",
        "Docker-Upload-Uuid": upload.id,
    }
