"""The control API: verbs, what it says of wrong arguments, undo, counters, faults."""

import asyncio
import json
import time

import aiohttp
import pytest
from aiohttp import web

from tests.local.azure.conftest import Azure, Client


async def test_every_verb_is_listed_with_its_arguments(azure: Azure, client: Client) -> None:
    async with client.session.get(azure.control) as response:
        verbs = await response.json()
    assert verbs["firewall"]["arguments"]["action"] == "open | close | allow"
    assert all(verb["does"] for verb in verbs.values())


@pytest.mark.parametrize(
    ("verb", "arguments", "told"),
    [
        (
            "firewall",
            {"registry": "contoso", "action": "shut"},
            ("action", "shut", "open | close"),
        ),
        ("firewall", {"action": "open"}, ("registry", None, "name of a registry")),
        ("firewall", {"registry": 5, "action": "open"}, ("registry", 5, "name of a registry")),
        ("firewall", {"registry": "x", "action": "open"}, ("registry", "x", "fabrikam")),
        ("delete", {"image": "fabrikam/api:v1", "tag": "v1"}, ("tag", "v1", "image")),
        (
            "grant",
            {"principal": "monitor", "role": "King", "scope": "/"},
            ("role", "King", "AcrPull"),
        ),
        (
            "grant",
            {"principal": "nobody", "role": "AcrPull", "scope": "/"},
            ("principal", "nobody", "monitor"),
        ),
        ("expire-secret", {"identity": "nobody"}, ("identity", "nobody", "deployer")),
        ("run-task", {"registry": "contoso", "task": "x"}, ("task", "x", "nightly")),
    ],
)
async def test_wrong_arguments_name_field_value_and_what_is_accepted(
    client: Client, verb: str, arguments: dict[str, object], told: tuple[str, object, str]
) -> None:
    status, body = await client.do(verb, **arguments)
    assert status == 400
    field, value, accepted = told
    assert (body["field"], body["value"]) == (field, value)
    assert accepted in str(body["accepted"])


async def test_other_mistakes(azure: Azure, client: Client) -> None:
    assert (await client.do("explode"))[0] == 404
    async with client.session.post(f"{azure.control}/push", data="{") as response:
        assert response.status == 400
    assert (await client.do("delete", image="fabrikam/nope:v1"))[0] == 409
    assert (await client.do("undo"))[0] == 409


async def test_an_edit_can_be_undone(azure: Azure, client: Client) -> None:
    await client.do("firewall", registry="fabrikam", action="close")
    await client.do("delete", image="fabrikam/api:v1")
    assert (await client.do("undo"))[1]["undone"] == "delete"
    assert (await client.do("untag", image="fabrikam/api:v1"))[0] == 200
    await client.do("undo")
    assert (await client.do("undo"))[1]["undone"] == "firewall"
    _, registry = await client.ask(azure.registry("fabrikam"))
    assert registry["properties"]["networkRuleSet"]["defaultAction"] == "Allow"


async def test_a_verb_that_failed_leaves_nothing_to_undo(client: Client) -> None:
    await client.do("delete", image="fabrikam/nope:v1")
    assert (await client.do("undo"))[0] == 409


async def test_a_task_purges_what_is_old(client: Client) -> None:
    _, done = await client.do("run-task", registry="contoso", task="nightly")
    assert sorted(done["tags"]) == ["shop/web:v1", "shop/web:v2"]


async def test_a_password_is_regenerated(client: Client) -> None:
    first, second = [
        (await client.do("rotate-password", registry="fabrikam", number=number))[1]["password"]
        for number in (1, 2)
    ]
    assert first
    assert first != second
    assert (await client.do("rotate-password", registry="fabrikam", number=3))[0] == 400


async def test_the_clock_tells_which_tasks_ran(client: Client) -> None:
    await client.do("schedules", on=True)
    _, moved = await client.do("clock", advance="PT0S")
    assert moved["ran"] == []


async def test_requests_are_counted_by_host_and_route(azure: Azure, client: Client) -> None:
    await client.do("reset-requests")
    for _ in range(3):
        await client.ask(azure.registry("contoso"))
    await client.ask("https://contoso.azurecr.io/v2/", who="")
    async with client.session.get(f"{azure.control}/requests") as response:
        counted = await response.json()
    assert counted["total"] == 4
    assert counted["hosts"]["management.azure.com"] == {
        "GET Microsoft.ContainerRegistry/registries": 3
    }
    assert counted["hosts"]["contoso.azurecr.io"] == {"GET /v2/": 1}
    [(repeated, times)] = counted["repeated"].items()
    assert repeated.startswith("GET management.azure.com/subscriptions/")
    assert times == 3

    await client.do("reset-requests")
    async with client.session.get(f"{azure.control}/requests") as response:
        assert (await response.json())["repeated"] == {}


async def test_a_planted_status_ends_after_so_many_times(azure: Azure, client: Client) -> None:
    path = azure.registry("contoso")
    host = "management.azure.com"
    await client.do("fault", host=host, trouble="status", status=429, retryAfter=7, times=1)
    assert (await client.ask(path))[0] == 429
    assert client.headers["Retry-After"] == "7"
    assert (await client.ask(path))[0] == 200


async def test_garbage_slowness_and_hanging_up(azure: Azure, client: Client) -> None:
    path, host = azure.registry("contoso"), "management.azure.com"
    await client.do("fault", host=host, trouble="garbage", times=1)
    with pytest.raises(json.JSONDecodeError):
        await client.ask(path)
    await client.do("fault", host=host, trouble="hang-up")
    with pytest.raises(aiohttp.ClientError):
        await client.ask(path)
    await client.do("clear-faults")
    await client.do("fault", host=host, trouble="slow", seconds=0.2, times=1)
    before = time.monotonic()
    assert (await client.ask(path))[0] == 200
    assert time.monotonic() - before >= 0.2


async def test_events_go_to_whoever_passes_the_handshake(
    client: Client,
) -> None:
    received: asyncio.Queue[object] = asyncio.Queue()

    async def webhook(request: web.Request) -> web.Response:
        (event,) = await request.json()
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            code = event["data"]["validationCode"]
            return web.json_response({"validationResponse": code})
        await received.put(event["eventType"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/", webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    assert (await client.do("subscribe", url=url, registry="fabrikam"))[0] == 200
    await client.do("delete", image="fabrikam/api:v1")
    assert await asyncio.wait_for(received.get(), 20) == "Microsoft.ContainerRegistry.ImageDeleted"
    await runner.cleanup()


async def test_an_endpoint_that_does_not_answer_is_not_subscribed(client: Client) -> None:
    status, _ = await client.do("subscribe", url="http://127.0.0.1:9/")
    assert status == 400
