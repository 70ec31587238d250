"""Event Grid: what makes an event, how it is written, and how it is delivered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent, SystemEventNames

from local.azure import actions, cleaning, replicas
from local.azure.events import EventGrid, HandshakeError, Mischief, Subscription
from local.azure.world import World
from tests.support.waiting import wait_until


@dataclass
class Endpoint:
    """A webhook that remembers, and answers as told."""

    answers: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    agrees: bool = True
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "OPTIONS":
            allowed = {"WebHook-Allowed-Origin": "eventgrid.azure.net"} if self.agrees else {}
            return web.Response(headers=allowed)
        body = await request.json()
        if request.headers["aeg-event-type"] == "SubscriptionValidation":
            code = body[0]["data"]["validationCode"] if self.agrees else "none"
            return web.json_response({"validationResponse": code})
        self.headers.append(dict(request.headers))
        self.events += body if isinstance(body, list) else [body]
        return web.Response(status=self.answers.pop(0) if self.answers else 202)


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = web.Application()
    app.router.add_route("*", "/hook", found.handle)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/hook"))
        yield found


@pytest.fixture
async def grid(world: World) -> AsyncIterator[EventGrid]:
    made = EventGrid(world, scale=0.0001)
    yield made
    await made.close()


async def test_a_push_tells_tag_and_digest(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    manifest = actions.push(world, "fabrikam/tools:two", by="alice")
    await grid.drain()
    event = EventGridEvent.from_dict(endpoint.events[0])
    assert event.event_type == SystemEventNames.ContainerRegistryImagePushedEventName
    assert event.subject == "tools:two"
    assert event.topic == world.registry("fabrikam").id
    target = endpoint.events[0]["data"]["target"]
    assert (target["tag"], target["digest"]) == ("two", manifest.digest)
    assert endpoint.events[0]["data"]["actor"]["name"] == "alice@contoso.onmicrosoft.com"
    assert endpoint.headers[0]["aeg-event-type"] == "Notification"


async def test_a_deletion_names_no_tag(world: World, grid: EventGrid, endpoint: Endpoint) -> None:
    await grid.subscribe(Subscription(endpoint.url, schema="CloudEventSchemaV1_0"))
    manifest = actions.delete_manifest(world, "fabrikam/tools:one")
    await grid.drain()
    event: CloudEvent[dict[str, Any]] = CloudEvent.from_dict(endpoint.events[0])
    assert event.type == SystemEventNames.ContainerRegistryImageDeletedEventName
    assert (event.subject, event.source) == ("tools", world.registry("fabrikam").id)
    assert endpoint.events[0]["data"]["target"] == {
        "mediaType": manifest.media_type,
        "digest": manifest.digest,
        "repository": "tools",
    }
    assert endpoint.headers[0]["Content-Type"].startswith("application/cloudevents+json")


async def test_untag_and_purge_are_silent(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    actions.untag(world, "fabrikam/shop/web:v0")
    cleaning.purge(world, "fabrikam", "acr purge --filter 'shop/web:.*' --ago 1d")
    await grid.drain()
    assert world.contents["fabrikam"].repositories["shop/web"].tags == {}
    assert endpoint.events == []


async def test_a_purge_of_manifests_is_told(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    done = cleaning.purge(world, "fabrikam", "acr purge --filter 'tools:.*' --ago 1d --untagged")
    await grid.drain()
    told = [each["data"]["target"]["digest"] for each in endpoint.events]
    assert [f"tools@{digest}" for digest in told] == done.manifests


async def test_a_quarantined_push_is_told_when_it_is_released(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    world.registry("fabrikam").policies.quarantine = "Enabled"
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    assert endpoint.events == []
    actions.quarantine(world, "fabrikam/tools:two", on=False)
    await grid.drain()
    assert [each["subject"] for each in endpoint.events] == ["tools:two"]


async def test_a_failed_delivery_comes_again(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    endpoint.answers = [500, 404, 202]
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    assert [each["aeg-delivery-count"] for each in endpoint.headers] == ["0", "1", "2"]
    assert len({each["id"] for each in endpoint.events}) == 1
    assert [each.outcome for each in grid.attempts] == ["again", "again", "delivered"]


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_some_answers_drop_an_event_at_once(
    world: World, grid: EventGrid, endpoint: Endpoint, status: int
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    endpoint.answers = [status]
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    assert (len(endpoint.events), len(grid.dead)) == (1, 1)


async def test_an_event_is_given_up_when_it_is_a_day_old(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    grid.scale = 0
    await grid.subscribe(Subscription(endpoint.url))
    endpoint.answers = [500] * 40
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    assert (len(endpoint.events), len(grid.dead)) == (11, 1)


@pytest.mark.parametrize("schema", ["EventGridSchema", "CloudEventSchemaV1_0"])
async def test_an_endpoint_that_does_not_agree_gets_nothing(
    grid: EventGrid, endpoint: Endpoint, schema: Any
) -> None:
    endpoint.agrees = False
    with pytest.raises(HandshakeError):
        await grid.subscribe(Subscription(endpoint.url, schema=schema))
    assert grid.subscriptions == []


async def test_a_subscription_may_want_one_registry_and_type(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    pushed = frozenset({"Microsoft.ContainerRegistry.ImagePushed"})
    await grid.subscribe(Subscription(endpoint.url, registry="fabrikam", types=pushed))
    actions.push(world, "tailwind/other:v2")
    actions.delete_manifest(world, "fabrikam/tools:one")
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    assert [each["subject"] for each in endpoint.events] == ["tools:two"]


async def test_disorder_keeps_every_event(world: World, endpoint: Endpoint) -> None:
    grid = EventGrid(world, mischief=Mischief(duplicates=0.5, shuffle=0.02, seed=3))
    await grid.subscribe(Subscription(endpoint.url))
    for number in range(20):
        actions.push(world, f"fabrikam/tools:t{number:02}")
    await grid.drain()
    await grid.close()
    subjects = [each["subject"] for each in endpoint.events]
    assert len(subjects) > len(set(subjects)) == 20
    assert subjects != sorted(subjects)


async def test_disorder_can_be_mended(world: World, grid: EventGrid, endpoint: Endpoint) -> None:
    grid.mischief = Mischief(duplicates=1.0, per_replica=True)
    await grid.subscribe(Subscription(endpoint.url))
    grid.mend()
    actions.push(world, "contoso/app:v1")
    await grid.drain()
    assert len(endpoint.events) == 1


async def test_an_event_has_the_keys_of_its_schema(
    world: World, grid: EventGrid, endpoint: Endpoint
) -> None:
    await grid.subscribe(Subscription(endpoint.url))
    actions.push(world, "fabrikam/tools:two")
    await grid.drain()
    keys = "id topic subject eventType eventTime data dataVersion metadataVersion"
    assert set(endpoint.events[0]) == set(keys.split())


async def test_a_replica_tells_of_a_push_too(world: World, endpoint: Endpoint) -> None:
    grid = EventGrid(world, mischief=Mischief(per_replica=True))
    await grid.subscribe(Subscription(endpoint.url))
    actions.push(world, "contoso/app:v1")
    actions.delete_manifest(world, "contoso/app:v1")
    await grid.drain()
    await grid.close()
    told = [(each["data"]["action"], each["data"]["location"]) for each in endpoint.events]
    assert sorted(told) == [
        ("delete", "westeurope"),
        ("push", "northeurope"),
        ("push", "westeurope"),
    ]
    assert len({each["data"]["request"]["id"] for each in endpoint.events}) == 2


async def test_a_replica_that_lags_behind_tells_of_a_push_when_it_has_it(
    world: World, endpoint: Endpoint
) -> None:
    replicas.lag_behind(world, "contoso", "northeurope", timedelta(hours=1))
    grid = EventGrid(world, mischief=Mischief(per_replica=True))
    await grid.subscribe(Subscription(endpoint.url))
    actions.push(world, "contoso/app:v1")
    waiting = asyncio.create_task(grid.drain())

    async def home_told() -> bool:
        return len(endpoint.events) == 1

    await wait_until(home_told, "the home region told nothing")
    assert not waiting.done()
    replicas.lag_behind(world, "contoso", "northeurope", timedelta())
    await waiting
    await grid.close()
    told = [each["data"]["location"] for each in endpoint.events]
    assert told == ["westeurope", "northeurope"]
