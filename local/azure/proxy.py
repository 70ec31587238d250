"""The HTTP CONNECT proxy: the way out of every place. The proxy user names the place.

Only simulated hosts are reached; whatever else is asked for is refused, so nothing leaves the
machine. The client sees the proxy's answer where it would have seen its own resolver or network:
502 for a name that does not resolve, 504 for an address that does not answer.
"""

import asyncio
import base64
import binascii
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from local.azure.places import Caller, Callers

log = logging.getLogger(__name__)

_HEAD_SECONDS = 30.0
_CHUNK = 65536


@dataclass(frozen=True)
class Refusal:
    """Why there is no tunnel: the proxy's status and a text for whoever reads it."""

    status: HTTPStatus
    reason: str


type Route = Callable[[str, str, int], Caller | Refusal]
# (proxy user, host, port) -> who this is for the server, or why there is no way.


class Proxy:
    """Tunnels CONNECT requests to the one TLS listener."""

    def __init__(self, route: Route, listener: tuple[str, int], callers: Callers) -> None:
        self._route = route
        self._listener = listener
        self._callers = callers
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Close the listener and every tunnel."""
        if self._server is None:
            return
        self._server.close()
        for writer in tuple(self._open):
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._answer(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("a proxy client left early")
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        routed = self._routed(head.decode("latin-1"))
        if isinstance(routed, Refusal):
            writer.write(_refusal(routed))
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection(*self._listener)
        port = inner_writer.get_extra_info("sockname")[1]
        self._callers.arrive(port, routed)
        self._open.add(inner_writer)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _relay(reader, writer, inner_reader, inner_writer)
        finally:
            self._callers.leave(port)
            self._open.discard(inner_writer)
            inner_writer.close()

    def _routed(self, head: str) -> Caller | Refusal:
        request, *lines = head.split("\r\n")
        match request.split(" "):
            case ["CONNECT", target, _]:
                host, _, port = target.rpartition(":")
            case _:
                reason = "this proxy only tunnels: use CONNECT, that is an https:// address"
                return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, reason)
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        if not host or not port.isdecimal():
            return Refusal(HTTPStatus.BAD_REQUEST, f"not a host and port: {target}")
        return self._route(_user(headers), host.strip("[]").lower(), int(port))


def _user(headers: Mapping[str, str]) -> str:
    scheme, _, credentials = headers.get("proxy-authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refusal(refusal: Refusal) -> bytes:
    body = refusal.reason.encode() + b"\n"
    head = (
        f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


async def _relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    inner_reader: asyncio.StreamReader,
    inner_writer: asyncio.StreamWriter,
) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_copy(reader, inner_writer))
        tasks.create_task(_copy(inner_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
