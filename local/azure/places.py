"""Who is at the other end of a connection: proxy and TLS listener agree by its port."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from local.estates.network import Place, PrivateEndpoint

INTERNET: Final = Place(name="internet", egress="203.0.113.7")
# Documentation address (RFC 5737): a client that names no place.


@dataclass(frozen=True)
class Caller:
    """A client as a server sees it: its place, and the private endpoint it came through."""

    place: Place
    endpoint: PrivateEndpoint | None = None


class Callers:
    """Open connections from the proxy to the TLS listener, by local port."""

    def __init__(self) -> None:
        self._by_port: dict[int, Caller] = {}

    def arrive(self, port: int, caller: Caller) -> None:
        """Remember who uses this port."""
        self._by_port[port] = caller

    def leave(self, port: int) -> None:
        """Forget a closed connection."""
        self._by_port.pop(port, None)

    def of(self, request: web.BaseRequest) -> Caller:
        """Whoever sent this request; a client that skipped the proxy stands on the internet."""
        peer = request.transport.get_extra_info("peername") if request.transport else None
        return self._by_port.get(peer[1], Caller(INTERNET)) if peer else Caller(INTERNET)


def place_named(places: Mapping[str, Place], name: str) -> Place | None:
    """The place of this name, as a proxy user gives it; an empty name is the internet."""
    return places.get(name) or (INTERNET if name in {"", INTERNET.name} else None)
