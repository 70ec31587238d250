"""Events that Event Grid puts on a queue instead of calling a webhook."""

import json
import uuid

import pytest

from local.story.scene import readable
from shared.adapters.queue import Outgoing
from tests.support.live import Live
from tests.support.recorded import SCHEMAS, Schema, event

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def put(live: Live, *bodies: bytes) -> None:
    """Messages as Event Grid sends them: the ids are the broker's business."""
    await live.queues.send("events", *(Outgoing(str(uuid.uuid4()), body) for body in bodies))


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_deletion_that_comes_twice_through_the_queue_is_told_once(
    live: Live, before: int, schema: Schema
) -> None:
    repository = {"event-grid": "queue/grid", "cloud-events": "queue/cloud"}[schema]
    estate = await live.stack.control.show("estate")
    registry = next(one["id"] for one in estate["registries"] if one["name"] == "harbour")
    deleted = await live.do("delete", image=f"harbour/{repository}:1.0")
    said = event(
        schema, "image_deleted", registry, repository, digest=deleted["digest"], actor="bosun"
    )
    body = json.dumps(said).encode()
    await put(live, body, body)
    card = readable(await live.card("FAIL", repository, "1.0", after=before))
    assert "1.0" in card
    await live.idle()
    assert len(await live.cards(repository)) == 1


@pytest.mark.parametrize("body", [b"{", b"7", b"\xff", b'[{"specversion": "1.0"}, 7]'])
async def test_what_is_no_event_is_noted_and_delivered_no_more(live: Live, body: bytes) -> None:
    notes = (await live.health())["notes"]
    await put(live, body)
    await live.idle()
    assert (await live.health())["notes"] > notes
    assert await live.queues.due("events") == 0
