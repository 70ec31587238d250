"""What comes to the Event Grid webhook, in both schemas: good, late, twice, huge and hostile.

Nobody is subscribed here: the tests deliver, so that they decide what arrives and when.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import pytest_asyncio

from local.story.scene import readable
from tests.e2e.conftest import HARBOUR, SETTINGS
from tests.support.live import Live, Unsubscribed
from tests.support.recorded import SCHEMAS, Kind, Schema, event, recorded

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

NOTIFICATION = {"aeg-event-type": "Notification"}
MEGABYTE = 1024 * 1024
SCRIPT = "<script>alert('ahoy')</script>"

type Json = dict[str, Any]
type About = Callable[..., Json]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("events")
    async with Live.on(Unsubscribed(state, estate=HARBOUR, settings=SETTINGS)) as running:
        await running.swept()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def before(live: Live) -> int:
    return await live.newest()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def about(live: Live) -> About:
    """Make events of the registry harbour."""
    estate = await live.stack.control.show("estate")
    registry = next(one["id"] for one in estate["registries"] if one["name"] == "harbour")

    def made(schema: Schema, kind: Kind, repository: str, **said: str) -> Json:
        return event(schema, kind, registry, repository, **said)

    return made


async def test_the_handshake_of_the_event_grid_schema_is_answered(live: Live) -> None:
    validation = [
        {
            "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
            "topic": "/subscriptions/x",
            "subject": "",
            "data": {"validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"},
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime": "2018-01-25T22:12:19.4556811Z",
            "metadataVersion": "1",
            "dataVersion": "1",
        }
    ]
    headers = {"aeg-event-type": "SubscriptionValidation"}
    answer = await live.post_event(validation, headers=headers)
    assert answer.status == 200
    assert answer.body == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}


async def test_the_handshake_of_cloud_events_is_answered(live: Live) -> None:
    path = live.stack.event_endpoint.removeprefix(live.stack.url)
    headers = {"WebHook-Request-Origin": "eventgrid.azure.net"}
    answer = await live.call("OPTIONS", path, key="", headers=headers)
    assert answer.status == 200
    assert answer.headers["Webhook-Allowed-Origin"] == "eventgrid.azure.net"


async def test_a_subscription_of_cloud_events_is_made_and_its_events_arrive(
    live: Live, before: int
) -> None:
    url = live.stack.event_endpoint
    await live.do("subscribe", url=url, registry="slow", schema="CloudEventSchemaV1_0")
    await live.do("delete", image="slow/net:1.0", by="skipper")
    card = await live.card("FAIL", "slow.azurecr.io/net", "1.0", after=before)
    assert "skipper" in readable(card)


async def test_only_who_has_the_system_key_delivers(live: Live) -> None:
    path = live.stack.event_endpoint.removeprefix(live.stack.url).partition("&code=")[0]
    keys = ("", "wrong", live.stack.keys.function_keys["default"])
    for key in keys:
        for method in ("POST", "OPTIONS"):
            answer = await live.call(method, path, key=key, headers=NOTIFICATION, json=[])
            assert answer.status == 401


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_deletion_that_is_delivered_five_times_is_told_once(
    live: Live, before: int, about: About, schema: Schema
) -> None:
    repository = {"event-grid": "wire/grid", "cloud-events": "wire/cloud"}[schema]
    deleted = await live.do("delete", image=f"harbour/{repository}:1.0")
    said = about(schema, "image_deleted", repository, digest=deleted["digest"], actor="skipper")
    answers = await asyncio.gather(*(live.post_event([said]) for _ in range(3)))
    answers += await asyncio.gather(live.post_event([said, said]), live.post_event(said))
    assert {answer.status for answer in answers} == {202}
    card = readable(await live.card("FAIL", repository, "1.0", after=before))
    assert "skipper" in card
    assert "docker/27.5.1" in card
    await live.mail("FAIL", repository, "1.0", after=before)
    await live.post_event([said])
    await live.idle()
    assert len(await live.cards(repository)) == 1
    assert len(await live.cards(repository, channel="smtp")) == 1
    [posted] = await live.cards(repository, channel="webhook")
    assert json.loads(posted.text)["incident"]["origin"]["actor"] == "skipper"


async def test_a_deletion_that_is_delivered_after_a_new_push_calls_nothing_missing(
    live: Live, before: int, about: About
) -> None:
    deleted = await live.do("delete", image="harbour/wire/late:1.0")
    pushed = await live.do("push", image="harbour/wire/late:1.0")
    late = [
        about("event-grid", "image_pushed", "wire/late", digest=pushed["digest"], tag="1.0"),
        about("event-grid", "image_deleted", "wire/late", digest=deleted["digest"]),
    ]
    for said in late:
        assert (await live.post_event([said])).status == 202
    await live.idle()
    await live.watched()
    await live.idle()
    assert await live.newest() == before
    diagnosis = (await live.ask(image="harbour.azurecr.io/wire/late:1.0"))[0]
    assert "existence.manifest" in diagnosis["ruled_out"]


async def test_a_push_that_is_delivered_after_its_deletion_hides_nothing(
    live: Live, before: int, about: About
) -> None:
    pushed = await live.do("push", image="harbour/wire/swapped:1.0")
    await live.do("delete", image="harbour/wire/swapped:1.0")
    digest = pushed["digest"]
    for said in (
        about("cloud-events", "image_deleted", "wire/swapped", digest=digest),
        about("cloud-events", "image_pushed", "wire/swapped", digest=digest, tag="1.0"),
    ):
        assert (await live.post_event(said)).status == 202
    await live.watched()
    await live.card("FAIL", "wire/swapped", "1.0", after=before)
    await live.idle()
    assert len(await live.cards("wire/swapped")) == 1


async def test_a_good_event_beside_bad_ones_is_acted_on(
    live: Live, before: int, about: About
) -> None:
    deleted = await live.do("delete", image="harbour/deck/sail:1.0")
    good = about("event-grid", "image_deleted", "deck/sail", digest=deleted["digest"])
    bad = recorded("event-grid", "image_deleted") | {"data": 7, "id": "bad"}
    assert (
        await live.post_event([bad, good, recorded("event-grid", "chart_pushed")])
    ).status == 202
    await live.card("FAIL", "deck/sail", after=before)


@pytest.mark.parametrize("field", ["useragent", "actor", "id", "unknown"])
async def test_an_event_of_a_megabyte_is_acted_on_like_a_small_one(
    live: Live, about: About, field: str
) -> None:
    before = await live.newest()
    image = "harbour/wire/heavy:1.0"
    deleted = await live.do("delete", image=image)
    said = about("event-grid", "image_deleted", "wire/heavy", digest=deleted["digest"])
    huge = _inflated(said, field)
    assert (await live.post_event([huge])).status == 202
    card = await live.card("FAIL", "wire/heavy", "1.0", after=before)
    assert len(json.dumps(card.card)) < 28_000
    pushed = await live.do("push", image=image)
    said = about("event-grid", "image_pushed", "wire/heavy", digest=pushed["digest"], tag="1.0")
    assert (await live.post_event([_inflated(said, field)])).status == 202
    await live.card("RESOLVED", "wire/heavy", after=before)
    assert (await live.call("GET", "/")).status == 200


async def test_names_in_events_stay_names_in_cards_mails_and_on_the_page(
    live: Live, before: int, about: About
) -> None:
    deleted = await live.do("delete", image="harbour/cargo/box:1.0")
    agent = f"curl/8 {SCRIPT} [click](https://evil.example) <at>everyone</at>"
    said = about(
        "cloud-events",
        "image_deleted",
        "cargo/box",
        digest=deleted["digest"],
        actor=f"{SCRIPT}**mallory**",
        user_agent=agent,
    )
    assert (await live.post_event(said)).status == 202
    card = await live.card("FAIL", "cargo/box", "mallory", after=before)
    named = [element for element in _elements(card.card) if "evil" in str(element.get("text"))]
    assert {element["type"] for element in named} == {"TextRun"}, "a TextBlock would be Markdown"
    mail = await live.mail("FAIL", "cargo/box", "mallory", after=before)
    page = (await live.call("GET", "/")).text
    for html in (mail.html, page):
        assert "<script" not in html.lower()
        assert "&lt;script&gt;alert(" in html
        assert 'href="https://evil.example' not in html
        assert "<at>" not in html


def _elements(card: object) -> Iterator[Json]:
    """Every element of a card, at any depth."""
    if isinstance(card, dict):
        yield card
    for inner in (
        card.values() if isinstance(card, dict) else card if isinstance(card, list) else ()
    ):
        yield from _elements(inner)


def _inflated(said: Json, field: str) -> Json:
    """The event with a megabyte of something in one of its fields."""
    said = deepcopy(said)
    data = said["data"]
    match field:
        case "useragent":
            data["request"]["useragent"] = "x" * MEGABYTE
        case "actor":
            data["actor"] = {"name": "y" * MEGABYTE}
        case "id":
            said["id"] = data["id"] = data["request"]["id"] = said["id"] + "z" * MEGABYTE
        case _:
            data["padding"] = ["w" * 1024] * 1024
    return said
