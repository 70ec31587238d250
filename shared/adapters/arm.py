"""Azure Resource Manager: one generic client for what has no client of its own here. It reads."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.exceptions import ARMErrorFormat

from shared.adapters.arm_pipeline import policies_of
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http
from shared.adapters.resilience import (
    Dependency,
    TransientError,
    UnreachedError,
    asked_to_wait,
    remembered,
)
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

type Json = dict[str, Any]

RESOURCE_GRAPH = "/providers/Microsoft.ResourceGraph/resources"
RESOURCE_GRAPH_VERSION = "2024-04-01"
SUBSCRIPTIONS_VERSION = "2022-12-01"
MOST_PAGES = 500
NAME = "Azure Resource Manager"
MOST_AREAS = 64
"""Kinds of resources that have a breaker of their own; what is beyond shares one."""

_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_KIND = re.compile(r"/providers/([\w.]{1,80}/[\w.]{1,80})", re.ASCII)
_NEEDED = re.compile(
    r"perform action '(?P<action>[\w./*-]+)'(?: over scope '(?P<scope>[^']{1,500})')?"
)


class NotFoundError(CouldNotLookError):
    """ARM said 404: the resource is not there, or hidden."""


class ForbiddenError(CouldNotLookError):
    """403: the message names the action and the scope that are needed, where they are told."""


def refusal(status: int, reason: str) -> CouldNotLookError:
    """The error of a refusal: 403 and 404 are told apart."""
    kinds: dict[int, type[CouldNotLookError]] = {403: ForbiddenError, 404: NotFoundError}
    return kinds.get(status, CouldNotLookError)(reason)


class Arm:
    """
    Reads of Azure Resource Manager: capped retries, breakers, one memory for all that read.

    Behind one host there are many services: each kind of resource has a breaker of its own, so
    that a slow one takes no other with it. The host has one, for when nobody can reach it at all.
    Every failure is a `CouldNotLookError` whose message is for people. Answers and refusals serve
    for ``settings.cache_seconds``, Resource Graph's not. Callers must not change what they get: it
    is shared.
    """

    def __init__(self, settings: Settings, http: Http, credentials: Credentials) -> None:
        """Use the lane's connections and the app's identity."""
        self.endpoint = settings.arm_endpoint.rstrip("/")
        self._settings = settings
        self._http = http
        self._credentials = credentials
        self._host = Dependency(NAME, settings, UnreachedError)
        self._areas: dict[str, Dependency] = {}
        self._client: AsyncARMPipelineClient[HttpRequest, Any] | None = None
        self._get = remembered(self._read, seconds=settings.cache_seconds)
        self._list = remembered(self._read_pages, seconds=settings.cache_seconds)
        self._ask = remembered(self._read_by_post, seconds=settings.cache_seconds)

    async def get(self, path: str, api_version: str) -> Json:
        """
        Read one resource by its path, ``/subscriptions/...``; a query part may follow it.

        Raises:
            NotFoundError: it is not there, or hidden.
            ForbiddenError: the app may not read it.
            CouldNotLookError: anything else.

        """
        return await self._get(path, api_version)

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        """Read a whole collection, every page of it. Raises like `get`."""
        return await self._list(path, api_version)

    async def post(self, path: str, api_version: str, body: Json | None = None) -> Json:
        """Read what ARM only tells to a POST (listClusterUserCredential...); with a body, anew."""
        if body is None:
            return await self._ask(path, api_version)
        return await self._send("POST", self._url(path, api_version), body)

    async def query(self, kql: str, subscriptions: tuple[str, ...]) -> tuple[Json, ...]:
        """
        Ask Resource Graph, all pages. No subscriptions: all that can be read.

        What it tells lags behind: for finding resources, not for verdicts.
        """
        body: Json = {"query": kql, "options": {"resultFormat": "objectArray", "$top": 1000}}
        if subscriptions:
            body["subscriptions"] = list(subscriptions)
        rows: list[Json] = []
        for _ in range(MOST_PAGES):
            page = await self.post(RESOURCE_GRAPH, RESOURCE_GRAPH_VERSION, body)
            rows += _rows(page.get("data"))
            if not (more := page.get("$skipToken")):
                if str(page.get("resultTruncated")).lower() == "true":
                    raise CouldNotLookError("Resource Graph gave a part of the rows, and no more")
                return tuple(rows)
            body = {**body, "options": {**body["options"], "$skipToken": more}}
        raise CouldNotLookError(f"Resource Graph gave more than {MOST_PAGES} pages")

    async def subscriptions(self) -> tuple[str, ...]:
        """The ids of the subscriptions to look at: the setting, else all that can be read."""
        if self._settings.subscriptions:
            return self._settings.subscriptions
        found = await self.list("/subscriptions", SUBSCRIPTIONS_VERSION)
        return tuple(str(one["subscriptionId"]) for one in found if "subscriptionId" in one)

    async def call[T](self, what: str, once: Callable[[], Awaitable[T]], area: str = "") -> T:
        """
        Do one read with any client of ARM; ``what`` says it for people: "reading ...".

        ``area`` is the kind of resource, ``Microsoft.Web/sites``. Retries, breakers, the lane's
        connections, time-outs and errors are those of `get`.
        """

        async def through_host() -> T:
            return await self._host.guard(lambda: self._once(what, once))

        try:
            return await self._area(area).call(through_host)
        except TransientError as why:
            raise CouldNotLookError(str(why)) from why
        except ClientAuthenticationError as why:
            raise CouldNotLookError(f"no access to ARM, {what}: {_brief(why)}") from why
        except HttpResponseError as why:
            if isinstance(why, DecodeError):
                raise CouldNotLookError(f"answer not understood, {what}: {_brief(why)}") from why
            raise _refusal(what, why) from why
        except (AzureError, ValueError) as why:
            raise CouldNotLookError(f"answer not understood, {what}: {_brief(why)}") from why

    def transport(self) -> AioHttpTransport:
        """Make a transport over the lane's session, for a generated client, inside the loop."""
        return AioHttpTransport(
            session=self._http.session(),
            session_owner=False,
            # less than a request's time: a host that nobody reaches shows as just that
            connection_timeout=self._settings.request_timeout_seconds / 2,
        )

    def policies(self) -> Sequence[Any]:
        """Make the pipeline for a generated client: its ``policies`` argument."""
        return policies_of(self.endpoint, self._credentials)

    async def _read(self, path: str, api_version: str) -> Json:
        return await self._send("GET", self._url(path, api_version))

    async def _read_by_post(self, path: str, api_version: str) -> Json:
        return await self._send("POST", self._url(path, api_version))

    async def _read_pages(self, path: str, api_version: str) -> tuple[Json, ...]:
        url, rows = self._url(path, api_version), list[Json]()
        for _ in range(MOST_PAGES):
            page = await self._send("GET", url)
            rows += _rows(page.get("value"))
            if not (more := page.get("nextLink")):
                return tuple(rows)
            url = str(more)
        raise CouldNotLookError(f"{path}: more than {MOST_PAGES} pages")

    async def _send(self, method: str, url: str, body: Json | None = None) -> Json:
        path = url.removeprefix(self.endpoint).partition("?")[0]

        async def once() -> Json:
            client = self._opened()
            response = await client.send_request(HttpRequest(method, url, json=body))
            if response.status_code >= 400:  # noqa: PLR2004 - HTTP
                raise HttpResponseError(response=response, error_format=ARMErrorFormat)
            return _object(response.json())

        return await self.call(f"reading {path}", once, area_of(path))

    def _area(self, area: str) -> Dependency:
        key = area.lower()
        if key not in self._areas and len(self._areas) >= MOST_AREAS:
            key = area = ""
        if key not in self._areas:
            self._areas[key] = Dependency(f"{area} of {NAME}" if area else NAME, self._settings)
        return self._areas[key]

    async def _once[T](self, what: str, once: Callable[[], Awaitable[T]]) -> T:
        try:
            async with self._http.slot(), asyncio.timeout(self._settings.request_timeout_seconds):
                return await once()
        except TimeoutError:
            raise TransientError(f"timed out, {what}", again=False) from None
        except ServiceRequestError as why:
            raise UnreachedError(f"no connection to ARM, {what}: {_brief(why)}") from why
        except ServiceResponseError as why:
            raise TransientError(f"ARM broke off, {what}: {_brief(why)}") from why
        except HttpResponseError as why:
            if why.status_code not in _BUSY:
                raise
            raise TransientError(
                f"{why.status_code} {what}: {_brief(why)}",
                retry_after=asked_to_wait(getattr(why.response, "headers", {})),
            ) from why

    def _opened(self) -> "AsyncARMPipelineClient[HttpRequest, Any]":
        if self._client is None:
            self._client = AsyncARMPipelineClient(
                self.endpoint, policies=self.policies(), transport=self.transport()
            )
        return self._client

    def _url(self, path: str, api_version: str) -> str:
        if not path.startswith("/"):
            raise CouldNotLookError(f"{path[:200]!r} is not a path in ARM")
        joint = "&" if "?" in path else "?"
        return f"{self.endpoint}{quote(path, safe=_URL)}{joint}api-version={api_version}"


def area_of(path: str) -> str:
    """The kind of resource that a path reads, by its last provider; empty where it has none."""
    kinds: list[str] = _KIND.findall(path)
    return kinds[-1] if kinds else ""


_URL = "/:?&=%$()',;@!*+-._~"


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise CouldNotLookError("ARM's answer is not a JSON object")
    return value


def _rows(value: object) -> list[Json]:
    if not isinstance(value, list):
        raise CouldNotLookError("ARM's answer is not a list")
    return [row for row in value if isinstance(row, dict)]


def _brief(why: Exception) -> str:
    return " ".join(str(getattr(why, "message", "") or why).split())[:300]


def _refusal(what: str, why: HttpResponseError) -> CouldNotLookError:
    status, reason = why.status_code or 0, _brief(why)
    if status == 403 and (needed := _NEEDED.search(str(why.message))):  # noqa: PLR2004 - HTTP
        scope = f" at {needed['scope']}" if needed["scope"] else ""
        reason = f"needs {needed['action']}{scope}"
    return refusal(status, f"{status} {what}: {reason}")
