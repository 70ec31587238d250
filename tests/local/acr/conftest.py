"""A registry on a free port, spoken to over real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from local.azure.acr import Service, application, data_application
from local.azure.acr.tokens import Signer
from local.azure.places import Caller
from local.azure.serve import CALLER
from local.azure.world import World
from local.estates import loads
from local.estates.network import Place
from tests.local.acr.support import ESTATE, Client, Entra

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def world() -> World:
    return World(loads(ESTATE))


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    places: dict[str, Place] = {"now": world.place("office")}
    service = Service(world, Entra(), Signer())

    @web.middleware
    async def placed(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CALLER] = Caller(places["now"])
        return await handler(request)

    root = web.Application(middlewares=[placed])
    root.add_domain("*.data.azurecr.io", data_application(service))
    root.add_domain("*.blob.core.windows.net", data_application(service))
    root.add_domain("*.azurecr.io", application(service))
    async with TestServer(root) as server, aiohttp.ClientSession() as session:
        yield Client(world, session, str(server.make_url("")).rstrip("/"), places)
