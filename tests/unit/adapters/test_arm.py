"""The client of Azure Resource Manager, against scripted answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.identity import CredentialUnavailableError
from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
from msgspec.structs import replace

from shared.adapters.arm import MOST_AREAS, Arm, ForbiddenError, NotFoundError, area_of
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.adapters.resilience import BreakerOpenError
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings
from tests.support.azure import Entra, reader
from tests.support.wire import World, says, world

ARM = "management.azure.com"
PATH = "/subscriptions/s1/things/one"
GET = f"GET {ARM}{PATH}"
SETTINGS = Settings(retry_attempts=3, request_timeout_seconds=2)


@pytest.fixture
async def azure() -> AsyncIterator[World]:
    async with world(ARM, "elsewhere.example") as made:
        yield made


@pytest.fixture
async def arm(azure: World) -> AsyncIterator[Arm]:
    async with reader(azure, SETTINGS) as made:
        yield made


async def test_reads_a_resource_with_the_apps_token(azure: World, arm: Arm) -> None:
    azure.routes[GET] = {"id": PATH}
    assert await arm.get(PATH, "2024-01-01") == {"id": PATH}
    request = azure.requests[0]
    assert (
        request.headers["Authorization"] == "Bearer token for https://management.azure.com/.default"
    )
    assert request.query["api-version"] == "2024-01-01"


async def test_a_query_part_in_the_path_is_kept(azure: World, arm: Arm) -> None:
    azure.routes[GET] = {"value": []}
    await arm.list(f"{PATH}?$filter=atScope()", "1")
    assert dict(azure.requests[0].query) == {"$filter": "atScope()", "api-version": "1"}


async def test_a_thousand_readers_of_one_resource_make_one_request(azure: World, arm: Arm) -> None:
    azure.routes[GET] = {"id": PATH}
    azure.delay = 0.05
    await asyncio.gather(*(arm.get(PATH, "1") for _ in range(1000)))
    await arm.get(PATH, "1")
    assert azure.asked == [GET]


async def test_a_list_is_read_to_its_last_page(azure: World, arm: Arm) -> None:
    more = f"https://{ARM}/subscriptions/s1/page2?token=x"
    azure.routes[GET] = {"value": [{"n": 1}], "nextLink": more}
    azure.routes[f"GET {ARM}/subscriptions/s1/page2"] = {"value": [{"n": 2}]}
    assert await arm.list(PATH, "1") == ({"n": 1}, {"n": 2})


async def test_a_next_page_elsewhere_gets_no_token(azure: World, arm: Arm) -> None:
    azure.routes[GET] = {"value": [], "nextLink": "https://elsewhere.example/steal"}
    with pytest.raises(CouldNotLookError, match="another host"):
        await arm.list(PATH, "1")
    assert azure.asked == [GET]


async def test_what_is_not_there_is_not_found(azure: World, arm: Arm) -> None:
    azure.routes[GET] = says(404, {"error": {"code": "ResourceNotFound", "message": "gone"}})
    with pytest.raises(NotFoundError, match=r"404 reading /subscriptions/s1/things/one: .*gone"):
        await arm.get(PATH, "1")


async def test_a_refusal_names_the_action_that_is_needed(azure: World, arm: Arm) -> None:
    message = (
        "The client 'x' with object id 'x' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/read' over scope '/subscriptions/s1' or the "
        "scope is invalid."
    )
    azure.routes[GET] = says(403, {"error": {"code": "AuthorizationFailed", "message": message}})
    with pytest.raises(
        ForbiddenError,
        match=r"needs Microsoft.Authorization/roleAssignments/read at /subscriptions/s1",
    ):
        await arm.get(PATH, "1")


async def test_a_busy_arm_is_asked_again(azure: World, arm: Arm) -> None:
    azure.routes[GET] = [says(503), says(429, {}, Retry_After="1"), {"id": PATH}]
    assert await arm.get(PATH, "1") == {"id": PATH}


async def test_tries_are_counted(azure: World, arm: Arm) -> None:
    azure.routes[GET] = says(503, {"error": {"code": "ServerBusy", "message": "busy"}})
    with pytest.raises(CouldNotLookError, match="503 reading"):
        await arm.get(PATH, "1")
    assert len(azure.asked) == SETTINGS.retry_attempts


@pytest.mark.parametrize("status", [403, 404])
async def test_a_retry_after_on_a_refusal_is_ignored(azure: World, arm: Arm, status: int) -> None:
    azure.routes[GET] = says(status, {}, Retry_After="3600")
    with pytest.raises(CouldNotLookError):
        await arm.get(PATH, "1")
    assert len(azure.asked) == 1


async def test_a_long_retry_after_gives_up_at_once(azure: World, arm: Arm) -> None:
    azure.routes[GET] = says(429, {}, Retry_After="3600")
    with pytest.raises(CouldNotLookError, match="429"):
        await arm.get(PATH, "1")
    assert len(azure.asked) == 1


async def test_garbage_is_not_an_answer(azure: World, arm: Arm) -> None:
    azure.routes[GET] = says(200, "<html>", Content_Type="application/json")
    with pytest.raises(CouldNotLookError, match="not understood"):
        await arm.get(PATH, "1")


async def test_an_answer_that_never_comes_times_out_once(azure: World) -> None:
    azure.delay = 5
    async with reader(azure, replace(SETTINGS, request_timeout_seconds=0.1)) as arm:
        with pytest.raises(CouldNotLookError, match="timed out, reading"):
            await arm.get(PATH, "1")
    assert len(azure.asked) == 1


async def test_no_token_is_said_so(azure: World) -> None:
    class NoIdentity(Entra):
        async def get_token(self, *_: str, **__: Any) -> AccessToken:
            raise CredentialUnavailableError(message="no identity here")

    http = Http(SETTINGS, Lane.URGENT, azure.connector)
    arm = Arm(SETTINGS, http, Credentials(SETTINGS, NoIdentity()))
    with pytest.raises(CouldNotLookError, match="no identity here"):
        await arm.get(PATH, "1")
    await http.close()


async def test_resource_graph_is_asked_page_by_page(azure: World, arm: Arm) -> None:
    url = f"POST {ARM}/providers/Microsoft.ResourceGraph/resources"
    azure.routes[url] = [{"data": [{"n": 1}], "$skipToken": "next"}, {"data": [{"n": 2}]}]
    assert await arm.query("resources", ("s1",)) == ({"n": 1}, {"n": 2})
    assert '"$skipToken": "next"' in azure.bodies[1]
    assert '"subscriptions": ["s1"]' in azure.bodies[1]


async def test_rows_that_resource_graph_kept_back_are_not_taken_for_none(
    azure: World, arm: Arm
) -> None:
    url = f"POST {ARM}/providers/Microsoft.ResourceGraph/resources"
    azure.routes[url] = {"data": [{"n": 1}], "resultTruncated": "true"}
    with pytest.raises(CouldNotLookError, match="a part"):
        await arm.query("resources", ("s1",))


async def test_the_setting_names_the_subscriptions(azure: World, arm: Arm) -> None:
    azure.routes[f"GET {ARM}/subscriptions"] = {"value": [{"subscriptionId": "s1"}]}
    assert await arm.subscriptions() == ("s1",)
    async with reader(azure, replace(SETTINGS, subscriptions=("s2", "s3"))) as other:
        assert await other.subscriptions() == ("s2", "s3")
    assert len(azure.asked) == 1


async def test_a_generated_client_takes_the_token_nowhere_else(azure: World, arm: Arm) -> None:
    path = "/subscriptions/s1/providers/Microsoft.ContainerRegistry/registries"
    azure.routes[f"GET {ARM}{path}"] = {
        "value": [],
        "nextLink": f"https://elsewhere.example{path}?page=2",
    }
    client = ContainerRegistryManagementClient(
        Credentials(SETTINGS, Entra()),
        "s1",
        arm.endpoint,
        credential_scopes=[arm.endpoint + "/.default"],
        policies=arm.policies(),
        transport=arm.transport(),
    )

    async def read() -> list[Any]:
        return [one async for one in client.registries.list()]

    with pytest.raises(CouldNotLookError, match="another host"):
        await arm.call("reading registries", read)
    assert azure.asked == [f"GET {ARM}{path}"]


GROUP = "/subscriptions/s1/resourceGroups/rg/providers"
SITE = f"{GROUP}/Microsoft.Web/sites/shop"
ROLES = f"{SITE}/providers/Microsoft.Authorization/roleAssignments"
FRAGILE = replace(SETTINGS, breaker_failures=2, retry_attempts=1, cache_seconds=0)


@pytest.mark.parametrize(
    ("path", "area"),
    [
        (SITE, "Microsoft.Web/sites"),
        (f"{SITE}/config/appsettings/list", "Microsoft.Web/sites"),
        (ROLES, "Microsoft.Authorization/roleAssignments"),
        ("/subscriptions", ""),
        ("/providers/" + "x" * 10_000, ""),
    ],
)
def test_an_area_is_the_kind_of_resource(path: str, area: str) -> None:
    assert area_of(path) == area


@pytest.mark.parametrize("trouble", ["busy", "slow"])
async def test_a_kind_that_fails_takes_no_other_with_it(azure: World, trouble: str) -> None:
    async with reader(azure, replace(FRAGILE, request_timeout_seconds=0.2)) as arm:
        azure.routes[f"GET {ARM}{SITE}"] = says(503)
        azure.routes[f"GET {ARM}{ROLES}"] = {"value": []}
        azure.delay = 1.0 if trouble == "slow" else 0.0
        for _ in range(FRAGILE.breaker_failures):
            with pytest.raises(CouldNotLookError):
                await arm.get(SITE, "1")
        azure.delay = 0.0
        with pytest.raises(
            BreakerOpenError, match=r"Microsoft\.Web/sites of Azure Resource Manager"
        ):
            await arm.get(SITE, "1")
        assert azure.count(f"GET {ARM}{SITE}") == FRAGILE.breaker_failures
        assert await arm.list(ROLES, "1") == ()


async def test_a_refusal_is_remembered_as_an_answer_is(azure: World) -> None:
    """A hundred pulls that read one resource wait for its time-out once."""
    async with reader(azure, replace(FRAGILE, cache_seconds=45)) as arm:
        azure.routes[f"GET {ARM}{SITE}"] = says(403)
        azure.routes[f"POST {ARM}{SITE}/list"] = {"a": 1}
        for _ in range(3):
            with pytest.raises(ForbiddenError):
                await arm.get(SITE, "1")
            assert await arm.post(f"{SITE}/list", "1") == {"a": 1}
        assert len(azure.asked) == 2


async def test_a_host_that_nobody_reaches_is_left_alone_for_every_kind(azure: World) -> None:
    settings = replace(FRAGILE, arm_endpoint="https://arm.nowhere.example")
    async with reader(azure, settings) as arm:
        for path in (SITE, ROLES):
            with pytest.raises(CouldNotLookError, match="no connection to ARM"):
                await arm.get(path, "1")
        with pytest.raises(BreakerOpenError, match="Azure Resource Manager failed 2 times"):
            await arm.get("/subscriptions", "1")


async def test_breakers_are_not_made_without_end(azure: World) -> None:
    async with reader(azure, FRAGILE) as arm:
        for number in range(MOST_AREAS + 20):
            with pytest.raises(CouldNotLookError):
                await arm.get(f"{GROUP}/Some.Kind/things{number}/x", "1")
        assert len(arm._areas) <= MOST_AREAS + 1
