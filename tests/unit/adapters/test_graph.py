"""Microsoft Graph, against scripted answers."""

from collections.abc import AsyncIterator

import pytest

from shared.adapters.arm import ForbiddenError, NotFoundError
from shared.adapters.credentials import Credentials
from shared.adapters.graph import Graph
from shared.adapters.http import Http, Lane
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings
from tests.support.azure import Entra
from tests.support.wire import World, says, world

HOST = "graph.microsoft.com"
WHO = "11111111-2222-3333-4444-555555555555"
MEMBERSHIP = f"GET {HOST}/v1.0/servicePrincipals/{WHO}/transitiveMemberOf"
PRINCIPAL = f"GET {HOST}/v1.0/servicePrincipals(appId='{WHO}')"


@pytest.fixture
async def azure() -> AsyncIterator[World]:
    async with world(HOST, "elsewhere.example") as made:
        yield made


@pytest.fixture
async def graph(azure: World) -> AsyncIterator[Graph]:
    settings = Settings(request_timeout_seconds=2)
    http = Http(settings, Lane.URGENT, azure.connector)
    yield Graph(settings, http, Credentials(settings, Entra()))
    await http.close()


async def test_every_group_of_every_page_and_nothing_else(azure: World, graph: Graph) -> None:
    azure.routes[MEMBERSHIP] = {
        "value": [
            {"@odata.type": "#microsoft.graph.group", "id": "g1"},
            {"@odata.type": "#microsoft.graph.directoryRole", "id": "r1"},
        ],
        "@odata.nextLink": f"https://{HOST}/v1.0/more?$skiptoken=x",
    }
    azure.routes[f"GET {HOST}/v1.0/more"] = {"value": [{"id": "g2"}]}
    assert await graph.groups_of(WHO) == {"g1", "g2"}


async def test_the_next_page_elsewhere_gets_no_token(azure: World, graph: Graph) -> None:
    azure.routes[MEMBERSHIP] = {"value": [], "@odata.nextLink": "https://elsewhere.example/x"}
    with pytest.raises(CouldNotLookError, match="another host"):
        await graph.groups_of(WHO)
    assert azure.asked == [MEMBERSHIP]


async def test_a_refusal_is_told_apart(azure: World, graph: Graph) -> None:
    refusal = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient"}}
    azure.routes[MEMBERSHIP] = says(403, refusal)
    with pytest.raises(ForbiddenError, match="Insufficient"):
        await graph.groups_of(WHO)


async def test_an_object_that_is_not_there_is_told_apart(azure: World, graph: Graph) -> None:
    azure.routes[MEMBERSHIP] = says(404, {"error": {"code": "Request_ResourceNotFound"}})
    with pytest.raises(NotFoundError):
        await graph.groups_of(WHO)


async def test_no_service_principal_is_none(azure: World, graph: Graph) -> None:
    azure.routes[PRINCIPAL] = says(404, {"error": {"code": "Request_ResourceNotFound"}})
    assert await graph.service_principal(WHO) is None


async def test_a_service_principal_is_read_once(azure: World, graph: Graph) -> None:
    azure.routes[PRINCIPAL] = {"id": "object", "accountEnabled": True}
    assert await graph.service_principal(WHO) == {"id": "object", "accountEnabled": True}
    assert await graph.service_principal(WHO) is not None
    assert azure.asked == [PRINCIPAL]


async def test_throttling_is_waited_for(azure: World, graph: Graph) -> None:
    azure.routes[PRINCIPAL] = [says(429, {}, Retry_After="1"), {"id": "object"}]
    assert await graph.service_principal(WHO) == {"id": "object"}


@pytest.mark.parametrize("app_id", ["", "x')/../applications('", f"{WHO}x"])
async def test_only_ids_go_into_an_address(azure: World, graph: Graph, app_id: str) -> None:
    with pytest.raises(CouldNotLookError, match="no object or client id"):
        await graph.service_principal(app_id)
    assert azure.asked == []
