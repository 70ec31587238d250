"""A real push, as docker does it: Entra token, refresh token, blobs, manifest."""

import hashlib
import json
import ssl
from typing import Any, NamedTuple

import aiohttp

from local.stack import Stack

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
PLACE = "build"


class Principal(NamedTuple):
    """A service principal that may push."""

    client: str
    secret: str
    tenant: str


async def push(stack: Stack, image: str, who: Principal) -> str:
    """Push a tiny linux/amd64 image with a service principal's credentials; its digest.

    Raises aiohttp.ClientError where the registry refuses.
    """
    host, _, rest = image.partition("/")
    repository, _, tag = rest.rpartition(":")
    environment = stack.env(PLACE)
    connector = aiohttp.TCPConnector(ssl=_trust(environment["SSL_CERT_FILE"]))
    async with aiohttp.ClientSession(
        f"https://{host}",
        connector=connector,
        proxy=environment["HTTPS_PROXY"],
        raise_for_status=True,
    ) as session:
        token = await _token(session, host, repository, who)
        session.headers["Authorization"] = f"Bearer {token}"
        return await _upload(session, repository, tag)


async def _token(session: aiohttp.ClientSession, host: str, repository: str, who: Principal) -> str:
    login = f"https://login.microsoftonline.com/{who.tenant}/oauth2/v2.0/token"
    entra = {
        "grant_type": "client_credentials",
        "client_id": who.client,
        "client_secret": who.secret,
        "scope": "https://containerregistry.azure.net/.default",
    }
    async with session.post(login, data=entra) as answer:
        access = (await answer.json())["access_token"]
    exchange = {"grant_type": "access_token", "service": host, "access_token": access}
    async with session.post("/oauth2/exchange", data=exchange) as answer:
        refresh = (await answer.json())["refresh_token"]
    wanted = {
        "grant_type": "refresh_token",
        "service": host,
        "scope": f"repository:{repository}:pull,push",
        "refresh_token": refresh,
    }
    async with session.post("/oauth2/token", data=wanted) as answer:
        return str((await answer.json())["access_token"])


async def _upload(session: aiohttp.ClientSession, repository: str, tag: str) -> str:
    layer = f"{repository}:{tag}".encode()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    ).encode()
    for blob in (layer, config):
        await _blob(session, repository, blob)
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(CONFIG, config),
            "layers": [_descriptor(LAYER, layer)],
        }
    ).encode()
    path = f"/v2/{repository}/manifests/{tag}"
    async with session.put(path, data=manifest, headers={"Content-Type": MANIFEST}):
        return _digest(manifest)


async def _blob(session: aiohttp.ClientSession, repository: str, blob: bytes) -> None:
    async with session.post(f"/v2/{repository}/blobs/uploads/") as answer:
        where = answer.headers["Location"]
    joint = "&" if "?" in where else "?"
    headers = {"Content-Type": "application/octet-stream"}
    async with session.put(f"{where}{joint}digest={_digest(blob)}", data=blob, headers=headers):
        return


def _descriptor(media_type: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _trust(bundle: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)
