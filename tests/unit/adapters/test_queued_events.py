"""A message's body becomes the events that the Event Grid trigger would have given."""

import json
from contextlib import suppress
from typing import Any

import azure.functions as func
import hypothesis.strategies as st
import pytest
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum
from hypothesis import given

from shared.adapters.events import IgnoredEventError, MalformedEventError, read_event
from shared.adapters.queued_events import MOST_EVENTS, NoEventsError, events_in
from tests.support.recorded import SCHEMAS, Kind, Schema, recorded

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FIELDS = st.dictionaries(
    st.sampled_from(["id", "topic", "eventType", "eventTime", "specversion", "type", "time"]), JSON
)


def by_trigger(sent: Any) -> Any:
    """The event as the trigger's own converter makes it of the same JSON."""
    return EventGridEventInConverter.decode(Datum(json.dumps(sent), "json"), trigger_metadata={})


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("kind", ["image_pushed", "image_deleted"])
def test_a_queue_and_the_trigger_say_the_same(schema: Schema, kind: Kind) -> None:
    sent = recorded(schema, kind)
    for body in (sent, [sent]):
        (event,) = events_in(json.dumps(body).encode())
        assert read_event(event) == read_event(by_trigger(sent))


def test_several_events_in_one_message_keep_their_order() -> None:
    sent = [recorded(schema, "image_deleted") for schema in SCHEMAS]
    assert [event.id for event in events_in(json.dumps(sent).encode())] == [
        one["id"] for one in sent
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b'"text"', b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_holds_no_events_says_why(body: bytes) -> None:
    with pytest.raises(NoEventsError, match=r"not JSON|expected"):
        events_in(body)


def test_more_events_than_can_be_sent_are_refused() -> None:
    with pytest.raises(NoEventsError, match="5001 events"):
        events_in(json.dumps([{}] * (MOST_EVENTS + 1)).encode())


def test_what_is_no_object_hides_no_event_beside_it() -> None:
    sent = [7, recorded("event-grid", "image_deleted")]
    odd, good = events_in(json.dumps(sent).encode())
    with pytest.raises(IgnoredEventError):
        read_event(odd)
    assert read_event(good).repository


@pytest.mark.parametrize("time", ["yesterday", "", None, 7, "99999-01-01"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_event_is_dropped_for_its_time(schema: Schema, time: object) -> None:
    sent = recorded(schema, "image_deleted")
    sent["time" if schema == "cloud-events" else "eventTime"] = time
    (event,) = events_in(json.dumps(sent).encode())
    assert read_event(event).repository


@given(st.lists(FIELDS | JSON, max_size=3))
def test_whatever_comes_is_an_event_or_it_is_said_why_not(sent: list[Any]) -> None:
    for event in events_in(json.dumps(sent).encode()):
        assert isinstance(event, func.EventGridEvent | func.CloudEvent)
        with suppress(IgnoredEventError, MalformedEventError):
            assert read_event(event).repository
