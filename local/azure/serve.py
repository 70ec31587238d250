"""The one TLS listener: every simulated host, told apart by the Host header."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from local.azure.cloud import Cloud
from local.azure.faults import Fault
from local.azure.places import Caller

CALLER: Final = web.RequestKey("caller", Caller)
ROUTE: Final = web.RequestKey("route", str)
"""Set by handlers of a catch-all: what was asked for, without names, for the counters."""
_LARGEST_BODY: Final = 1 << 30

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Listener:
    """Serves applications by host name; the first pattern that matches wins.

    Each request carries `request[CALLER]`.
    """

    def __init__(self, cloud: Cloud, hosts: Sequence[tuple[str, web.Application]]) -> None:
        self._cloud = cloud
        self._root = web.Application(middlewares=[self._around], client_max_size=_LARGEST_BODY)
        for pattern, application in hosts:
            self._root.add_domain(pattern, application)
        self._runner = web.AppRunner(self._root, access_log=None, shutdown_timeout=0.5)

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1; returns the port."""
        await self._runner.setup()
        context = self._cloud.authority.server_context()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=context).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def stop(self) -> None:
        """Stop listening, close connections."""
        await self._runner.cleanup()

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.host.partition(":")[0].lower()
        caller = self._cloud.callers.of(request)
        request[CALLER] = caller
        try:
            return await self._answered(request, host, handler)
        finally:
            world = self._cloud.world
            world.count(host, f"{request.method} {_route(request)}")
            if request.method in {"GET", "HEAD"}:
                world.reads[f"{request.method} {host}{request.path_qs}"] += 1

    async def _answered(
        self, request: web.Request, host: str, handler: Handler
    ) -> web.StreamResponse:
        fault = self._cloud.world.faults.at(host, request.path)
        answer = await _troubled(request, fault) if fault else None
        return answer or await handler(request)


def _route(request: web.Request) -> str:
    """The pattern of the route; of a catch-all what its handler says it was asked for."""
    if ROUTE in request:
        return request[ROUTE]
    resource = request.match_info.route.resource
    return resource.canonical if resource else "(no such path)"


async def _troubled(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    """The fault's answer; None = it only delays the true one."""
    match fault.trouble:
        case "slow":
            await asyncio.sleep(fault.seconds)
            return None
        case "garbage":
            return web.Response(
                text='{"value": [{"<!doctype html>', content_type="application/json"
            )
        case "hang-up":
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        case "status":
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            code = HTTPStatus(fault.status).phrase.replace(" ", "")
            body = {"error": {"code": code, "message": "A planted fault."}}
            return web.json_response(body, status=fault.status, headers=headers)
