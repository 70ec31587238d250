"""Events that are not acted on: each leaves a note, and Event Grid is not asked for it again."""

import uuid
from copy import deepcopy
from typing import Any

import pytest

from tests.support.live import Live
from tests.support.recorded import SCHEMAS, Kind, Schema, recorded

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = "<script>alert('ahoy')</script>"

type Json = dict[str, Any]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("kind", ["chart_pushed", "chart_deleted"])
async def test_an_event_of_a_chart_is_noted_and_not_acted_on(
    live: Live, before: int, schema: Schema, kind: Kind
) -> None:
    await _is_noted(live, recorded(schema, kind), before)


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_an_event_of_an_unknown_type_is_noted_and_not_acted_on(
    live: Live, before: int, schema: Schema
) -> None:
    strange = recorded(schema, "image_deleted")
    strange["type" if schema == "cloud-events" else "eventType"] = "Contoso.Weather.RainStarted"
    await _is_noted(live, strange, before)


MALFORMED: dict[str, Json] = {
    "no data": {"data": None},
    "data is text": {"data": "deleted"},
    "data is a list": {"data": [1, 2]},
    "no target": {"data": {"request": {"host": "harbour.azurecr.io"}}},
    "target is a number": {"data": {"target": 7}},
    "repository is a list": {"data": {"target": {"repository": ["deck/quay"]}}},
    "repository climbs": {"data": {"target": {"repository": "../../admin"}}},
    "repository is a script": {"data": {"target": {"repository": SCRIPT}}},
    "repository has a line break": {"data": {"target": {"repository": "deck/quay\r\nX: y"}}},
    "tag is no tag": {"data": {"target": {"repository": "deck/quay", "tag": "' or '' eq '"}}},
    "digest is no digest": {"data": {"target": {"repository": "deck/quay", "digest": "sha256:x"}}},
    "timestamp is no time": {
        "data": {"target": {"repository": "deck/quay"}, "timestamp": "yesterday"}
    },
}


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("what", MALFORMED)
async def test_a_malformed_event_is_noted_and_never_asked_for_again(
    live: Live, before: int, schema: Schema, what: str
) -> None:
    await _is_noted(live, recorded(schema, "image_deleted") | MALFORMED[what], before)


@pytest.mark.parametrize("data", [b"", b"{", b"7", b'["text"]', b"\xff"])
async def test_what_is_no_delivery_at_all_is_refused(live: Live, data: bytes) -> None:
    answer = await live.post_event(None, data=data)
    assert answer.status == 400


async def _is_noted(live: Live, said: Json, before: int) -> None:
    """The event is accepted, leaves a note, and leads to nothing else."""
    said = deepcopy(said) | {"id": f"{uuid.uuid4()}"}
    notes = (await live.health())["notes"]
    answer = await live.post_event([said])
    assert answer.status == 202, answer.text
    assert (await live.health())["notes"] == notes + 1
    await live.idle()
    assert await live.newest() == before
