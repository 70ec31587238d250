"""One request to a login server: answers are evidence, retries are capped, bodies are bounded."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from shared.adapters.http import Http, bounded
from shared.adapters.resilience import Dependency, TransientError
from shared.domain.facts.registry import Reach, RegistryAnswer
from shared.registry.answers import (
    BUSY,
    UNAUTHORIZED,
    Reply,
    answered,
    doubted,
    garbled,
    not_connected,
    with_detail,
)
from shared.settings import Settings

MANIFEST_LIMIT = 4 * 1024 * 1024
"""Bytes; the longest manifest ACR takes is 4 MiB (container-registry-skus)."""
LISTING_LIMIT = 16 * 1024 * 1024

ACCEPT_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.artifact.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, */*;q=0.1"
)

_DATA_HOSTS = re.compile(
    r"[a-z0-9.-]+\.(?:data\.azurecr\.(?:io|cn|us|de)|blob\.core\.(?:windows\.net|chinacloudapi\.cn|"
    r"usgovcloudapi\.net|cloudapi\.de))"
)
_CHALLENGE = re.compile(r'^Bearer\s.*\brealm="(?P<realm>[^"]+)"', re.IGNORECASE)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Ask:
    """What to ask of a login server. ``path`` is quoted already; ``form`` makes it a POST.

    ``change`` are attributes to set, and makes it a PATCH.
    """

    host: str
    path: str
    method: str = "GET"
    token: str = field(default="", repr=False)
    accept: str = "application/json"
    form: Mapping[str, str] | None = field(default=None, repr=False)
    change: Mapping[str, bool] | None = None
    most: int = LISTING_LIMIT

    @property
    def url(self) -> URL:
        """The address, quoted as given."""
        return URL(f"https://{self.host}{self.path}", encoded=True)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent along: the token among it."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept": self.accept, **bearer}


class _NotNowError(TransientError):
    """A try that another may mend, with the reply it got."""

    def __init__(self, host: str, reply: Reply) -> None:
        answer = reply.answer
        super().__init__(
            f"{host}: {answer.status or answer.reach.value}",
            retry_after=answer.retry_after,
            again=answer.reach in {Reach.ANSWERED, Reach.NO_CONNECTION},
        )
        self.reply = reply


class DataPlane:
    """The way to login servers. It sends the tokens that it is given and follows no redirect."""

    def __init__(self, settings: Settings, http: Http) -> None:
        """Use the lane's connections; each login server has its own breaker."""
        self._http = http
        self._timeout = settings.request_timeout_seconds
        self._dependency = lru_cache(512)(lambda host: Dependency(host, settings))

    async def ask(self, ask: Ask) -> Reply:
        """
        Ask, with capped retries while the registry is busy or the connection breaks.

        Raises:
            BreakerOpenError: the registry failed too often in a row and was not asked.

        """
        dependency: Dependency = self._dependency(ask.host)
        try:
            return await dependency.call(lambda: self._once(ask))
        except _NotNowError as why:
            return why.reply

    async def probe(self, host: str) -> RegistryAnswer:
        """Ask ``GET /v2/`` without credentials. Raises BreakerOpenError."""
        reply = await self.ask(Ask(host, "/v2/", most=MANIFEST_LIMIT))
        if reply.answer.status != UNAUTHORIZED:
            return RegistryAnswer(host, reply.answer)
        found = _CHALLENGE.match(reply.headers.get("WWW-Authenticate", ""))
        realm = _host_of(found["realm"]) if found else ""
        if realm and realm != host.partition(":")[0]:
            reply = with_detail(reply, f"the challenge names another host: {realm[:253]}")
        return RegistryAnswer(host, reply.answer, challenged=bool(realm))

    async def blob(self, ask: Ask) -> Reply:
        """
        Read a small blob, from the data endpoint where the registry redirects to one.

        The token does not go there: blob storage refuses requests that carry one.
        """
        reply = await self.ask(ask)
        if reply.answer.status not in _REDIRECTS:
            return reply
        location = reply.headers.get("Location", "")
        target = _data_endpoint(location)
        if target is None:  # the rest of the address may be a signature: nobody is to read it
            where = _host_of(location)[:253] or "nowhere"
            return garbled(f"redirected to {where}, which is no data endpoint")
        host, path = target
        return await self.ask(Ask(host, path, accept="*/*", most=ask.most))

    async def _once(self, ask: Ask) -> Reply:
        try:
            async with self._http.slot() as session:
                reply = await self._send(session, ask)
        except (aiohttp.ClientError, TimeoutError, OSError) as why:
            reply = not_connected(why)
        answer = reply.answer
        if answer.status in BUSY or answer.reach not in {Reach.ANSWERED, Reach.GARBLED}:
            raise _NotNowError(ask.host, reply)
        return reply

    async def _send(self, session: aiohttp.ClientSession, ask: Ask) -> Reply:
        async with session.request(
            "POST" if ask.form else "PATCH" if ask.change else ask.method,
            ask.url,
            headers=ask.headers,
            data=ask.form,
            json=ask.change,
            allow_redirects=False,
        ) as response:
            async with asyncio.timeout(self._timeout):
                body = await bounded(response, ask.most)
            if body is None:
                return garbled(f"more than {ask.most} bytes")
            reply = answered(response.status, response.headers, body)
            return reply if ask.method == "HEAD" else doubted(reply)


def _data_endpoint(location: str) -> tuple[str, str] | None:
    """The host and path of a redirect, None for one that leads to no data endpoint."""
    with suppress(ValueError):
        target = URL(location, encoded=True)
        if target.scheme == "https" and _DATA_HOSTS.fullmatch(target.host or ""):
            port = f":{target.explicit_port}" if target.explicit_port else ""
            return f"{target.host}{port}", target.raw_path_qs
    return None


def _host_of(url: str) -> str:
    """The host in a URL that a registry sent; empty where there is none."""
    with suppress(ValueError):
        return urlsplit(url).hostname or ""
    return ""
