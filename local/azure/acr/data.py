"""Data endpoints and Azure Storage: the bytes behind signed URLs, for nobody's credential.

A client that sends the registry's token along is refused, as Azure Storage does (the registry's
FAQ: InvalidAuthenticationInfo).
"""

import hmac
import re
from http import HTTPStatus
from typing import Final

from aiohttp import web

from local.azure.acr.blobs import OCTETS, is_expired, registry_id, signature
from local.azure.acr.gate import host_of
from local.azure.acr.network import check_admitted, place_of
from local.azure.acr.service import service_of, world_of
from local.azure.contents.errors import RegistryError
from local.estates.registry import Registry

BLOB: Final = re.compile(r"/docker/registry/v2/blobs/sha256/[0-9a-f]{2}/([0-9a-f]{64})/data$")
RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")


async def get_data(request: web.Request) -> web.Response:
    """The bytes of a blob, or a part of them."""
    registry = registry_of(request)
    if registry is None:
        return refused(HTTPStatus.NOT_FOUND, "ResourceNotFound", "The resource does not exist.")
    if world_of(request).registry_at(host_of(request)):
        try:
            check_admitted(world_of(request), registry, place_of(request), host_of(request))
        except RegistryError as error:
            return refused(error.status, "AuthorizationFailure", error.message)
    if "Authorization" in request.headers:
        text = "Authentication information is not given in the correct format."
        return refused(HTTPStatus.BAD_REQUEST, "InvalidAuthenticationInfo", text)
    if not is_signed(request):
        text = "Server failed to authenticate the request. Signature did not match or has expired."
        return refused(HTTPStatus.FORBIDDEN, "AuthenticationFailed", text)
    return found(request, registry)


def registry_of(request: web.Request) -> Registry | None:
    """The registry that a signed URL belongs to."""
    wanted = request.query.get("regid", "")
    registries = world_of(request).estate.registries
    return next((each for each in registries if registry_id(each) == wanted), None)


def is_signed(request: web.Request) -> bool:
    """Whether the registry signed this URL, not too long ago."""
    service = service_of(request)
    expires = request.query.get("se", "")
    known = signature(service.signer.blob_key, request.path, expires)
    is_known = hmac.compare_digest(known, request.query.get("sig", ""))
    return is_known and not is_expired(expires, service.world.now())


def found(request: web.Request, registry: Registry) -> web.Response:
    """The blob that the path names."""
    match = BLOB.search(request.path)
    contents = world_of(request).contents[registry.name]
    data = contents.blobs.get(f"sha256:{match[1]}") if match else None
    if data is None:
        return refused(HTTPStatus.NOT_FOUND, "BlobNotFound", "The specified blob does not exist.")
    wanted = RANGE.fullmatch(request.headers.get("Range", ""))
    if not wanted:
        return web.Response(body=data, content_type=OCTETS, headers={"Accept-Ranges": "bytes"})
    return part(data, int(wanted[1]), int(wanted[2]) if wanted[2] else len(data) - 1)


def part(data: bytes, first: int, last: int) -> web.Response:
    """Bytes from first to last, both included."""
    if first >= len(data):
        text = "The range specified is invalid for the current size of the resource."
        return refused(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "InvalidRange", text)
    chunk = data[first : last + 1]
    shown = f"bytes {first}-{first + len(chunk) - 1}/{len(data)}"
    return web.Response(
        body=chunk, status=206, content_type=OCTETS, headers={"Content-Range": shown}
    )


def refused(status: int, code: str, message: str) -> web.Response:
    """An error as Azure Storage writes it."""
    text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code>'
    text += f"<Message>{message}</Message></Error>"
    headers = {"x-ms-error-code": code}
    return web.Response(text=text, status=status, content_type="application/xml", headers=headers)
