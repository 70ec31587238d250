"""`/v2/{repository}/blobs/{digest}`: a redirect to where the bytes are, HEAD and DELETE."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from local.azure.acr.auth import require
from local.azure.acr.service import REGISTRY, answer, contents_of, service_of
from local.azure.contents import changes, errors
from local.azure.stamps import seconds
from local.estates.completing import data_endpoints
from local.estates.identity import stable_guid
from local.estates.registry import Registry

LIFETIME: Final = timedelta(minutes=20)
OCTETS: Final = "application/octet-stream"


async def get_blob(request: web.Request) -> web.Response:
    """307 to the data endpoint with a signed URL; HEAD is answered here."""
    name, digest = request.match_info["repository"], request.match_info["digest"]
    require(request, name, "pull")
    data = find(request, name, digest)
    headers = {"Docker-Content-Digest": digest}
    if request.method == "HEAD":
        headers |= {"Content-Length": str(len(data)), "Content-Type": OCTETS}
        return web.Response(headers=headers)
    return answer(status=307, headers=headers | {"Location": location(request, digest)})


def find(request: web.Request, name: str, digest: str) -> bytes:
    """The bytes of a blob of a repository. Raises RegistryError 404."""
    contents = contents_of(request)
    repository = changes.find_repository(contents, name)
    data = contents.blobs.get(digest) if digest in repository.blobs else None
    if data is None:
        raise errors.blob_unknown(digest)
    return data


async def delete_blob(request: web.Request) -> web.Response:
    """Take a blob out of a repository."""
    name, digest = request.match_info["repository"], request.match_info["digest"]
    require(request, name, "delete")
    find(request, name, digest)
    contents_of(request).repositories[name].blobs.discard(digest)
    return answer(status=202)


def location(request: web.Request, digest: str) -> str:
    """A signed URL that is good for a while."""
    registry, service = request[REGISTRY], service_of(request)
    expires = service.world.now() + LIFETIME
    query = {
        "se": seconds(expires),
        "sp": "r",
        "spr": "https",
        "sr": "b",
        "sv": "2018-03-28",
        "regid": registry_id(registry),
    }
    path = path_of(registry, digest)
    query["sig"] = signature(service.signer.blob_key, path, query["se"])
    return f"{request.scheme}://{data_host(registry)}{path}?{urlencode(query)}"


def registry_id(registry: Registry) -> str:
    """The id by which the data plane knows a registry."""
    return stable_guid("registry", registry.id)


def path_of(registry: Registry, digest: str) -> str:
    """Where the bytes of a digest lie."""
    hexadecimal = digest.removeprefix("sha256:")
    container = hashlib.sha256(registry.id.encode()).hexdigest()[:10]
    blob = f"sha256/{hexadecimal[:2]}/{hexadecimal}/data"
    return f"/{registry_id(registry)}-{container}//docker/registry/v2/blobs/{blob}"


def signature(key: bytes, path: str, expires: str) -> str:
    """What proves that a URL comes from the registry."""
    return hmac.new(key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()


def data_host(registry: Registry) -> str:
    """The dedicated data endpoint of the home region, or a host of Azure Storage."""
    if registry.data_endpoint_enabled:
        return data_endpoints(registry)[0]
    number = int(hashlib.sha256(registry.id.encode()).hexdigest()[:4], 16) % 100
    return f"{registry.location[:3]}managed{number}.blob.core.windows.net"


def is_expired(text: str, now: datetime) -> bool:
    """Whether the time in a signed URL is over; a text that is no time counts as over."""
    try:
        return datetime.fromisoformat(text) <= now
    except (ValueError, TypeError):
        return True
