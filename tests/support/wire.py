"""A scripted HTTPS world: any host name, one local server, answers by host and path."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import trustme
from aiohttp import BaseConnector, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult

type Handler = Callable[[web.Request], web.StreamResponse]


@dataclass
class World:
    """
    What the server saw, and how it answers.

    ``routes`` maps ``"METHOD host/path"`` to a JSON object, a response maker, or a list of them
    that is used up down to its last one.
    """

    routes: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    delay: float = 0.0
    port: int = 0

    def count(self, prefix: str) -> int:
        """How many requests began like this."""
        return sum(1 for line in self.asked if line.startswith(prefix))

    def connector(self) -> BaseConnector:
        """A connector for which every host is this server."""
        return TCPConnector(limit=0, ssl=_trusting(), resolver=_Everywhere(self.port))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as scripted; 404 without a body for what nobody scripted."""
        line = f"{request.method} {request.host}{request.path}"
        self.asked.append(line)
        self.requests.append(request)
        self.bodies.append(await request.text())
        if self.delay:
            await asyncio.sleep(self.delay)
        scripted = self.routes.get(line)
        if isinstance(scripted, list):
            scripted = scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if callable(scripted):
            answer: web.StreamResponse = scripted(request)
            return answer
        if scripted is None:
            return web.Response(status=404)
        return web.json_response(scripted)


def says(status: int, body: Any = None, **headers: str) -> Handler:
    """A response of a status; a str or bytes body goes out as it is, anything else as JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def make(_: web.Request) -> web.StreamResponse:
        if body is None:
            return web.Response(status=status, headers=named)
        if isinstance(body, bytes | str):
            raw = body.encode() if isinstance(body, str) else body
            return web.Response(status=status, body=raw, headers=named)
        return web.json_response(body, status=status, headers=named)

    return make


@asynccontextmanager
async def world(*hosts: str) -> AsyncIterator[World]:
    """Serve the hosts on a free port of 127.0.0.1."""
    made = World()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _authority().issue_cert(*hosts).configure_cert(served)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served)
    await site.start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def _trusting() -> ssl.SSLContext:
    trusting = ssl.create_default_context()
    _authority().configure_trust(trusting)
    return trusting


class _Everywhere(AbstractResolver):
    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        del port, family
        if host.endswith(".nowhere.example"):
            raise OSError("no such name")
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self._port, family=2, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


def authority_pem() -> str:
    """The certificate of whoever vouches for the scripted server."""
    return _authority().cert_pem.bytes().decode()
