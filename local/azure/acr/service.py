"""What the handlers of a registry share: the world, the registry asked for, and the answers."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import web

from local.azure.acr.tokens import Signer
from local.azure.contents.model import Contents
from local.azure.places import INTERNET
from local.azure.replicas import contents_at
from local.azure.serve import CALLER
from local.azure.world import World
from local.estates.registry import Registry


class TokenVerifier(Protocol):
    """Verifies access tokens of Entra."""

    def verify(self, token: str, audiences: Collection[str]) -> Mapping[str, Any] | None:
        """The claims (`oid`, `tid`, `aud`) of a valid token for one of the audiences, or None."""


@dataclass(frozen=True)
class Service:
    """One for all registries of a world."""

    world: World
    verifier: TokenVerifier
    signer: Signer
    exchange_needs_role: bool = True
    """Whether a principal without any role is refused at `/oauth2/exchange` already. Azure's tools
    read a 401 there so; no source says whether it always is."""


SERVICE: Final = web.AppKey("acr", Service)
REGISTRY: Final = web.RequestKey("registry", Registry)
CORRELATION: Final = web.RequestKey("correlation", str)


def service_of(request: web.Request) -> Service:
    """The service that handles a request."""
    return request.config_dict[SERVICE]


def world_of(request: web.Request) -> World:
    """The world that a request reaches."""
    return service_of(request).world


def contents_of(request: web.Request) -> Contents:
    """What the registry that was asked holds; to a read, as the replica near the client has it."""
    world, registry = world_of(request), request[REGISTRY]
    if request.method not in {"GET", "HEAD"}:
        return world.contents[registry.name]
    caller = request.get(CALLER)
    return contents_at(world, registry, caller.place if caller else INTERNET)


def answer(
    body: object = None, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON answer, or an empty one. Apostrophes are escaped, as the registry does."""
    if body is None:
        return web.Response(status=status, headers=headers)
    text = json.dumps(body, separators=(",", ":")).replace("'", "\\u0027")
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")
