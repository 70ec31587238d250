"""What is kept of a message, and what a receiver gets."""

import uuid

import pytest

from local.servicebus.codec import (
    DecodeError,
    Symbol,
    ULong,
    Value,
    decode,
    described_list,
    encode,
)
from local.servicebus.codec.sections import (
    APPLICATION_PROPERTIES,
    HEADER,
    MESSAGE_ANNOTATIONS,
    PROPERTIES,
    list_fields,
    split_message,
)
from local.servicebus.content import dead_lettered, parse_content
from local.servicebus.message import Lock, Message, State, encode_message
from tests.local.servicebus.support import wire

_TOKEN = uuid.UUID(int=7)
_SCHEDULED = Symbol("x-opt-scheduled-enqueue-time")


def _message(data: bytes, *, lock: Lock | None = None) -> Message:
    return Message(
        sequence_number=3,
        content=parse_content(data),
        state=State.ACTIVE,
        enqueued_at=1000,
        delivery_count=2,
        lock=lock,
    )


def _section(data: bytes, code: int) -> Value:
    return decode(split_message(data).get(code))[0]


def test_properties_and_body_are_carried_byte_for_byte() -> None:
    sent = wire("body", message_id="m", application_properties={"n": 1.5, "ü": [None, b"x"]})
    got = encode_message(_message(sent))
    for code in (PROPERTIES, APPLICATION_PROPERTIES):
        assert split_message(got).get(code) == split_message(sent).get(code)
    assert split_message(got).body == split_message(sent).body


def test_the_header_counts_deliveries_and_keeps_the_rest() -> None:
    got = encode_message(_message(wire(ttl_seconds=5)))
    assert _section(got, HEADER) == [True, 7, 5000, False, 2]


def test_annotations_tell_number_time_state_and_lock() -> None:
    got = encode_message(_message(wire(scheduled_at=900), lock=Lock(_TOKEN, 4000)))
    assert _section(got, MESSAGE_ANNOTATIONS) == {
        "x-opt-scheduled-enqueue-time": 900,
        "x-opt-enqueued-time": 1000,
        "x-opt-sequence-number": 3,
        "x-opt-enqueue-sequence-number": 3,
        "x-opt-message-state": 0,
        "x-opt-locked-until": 4000,
    }


def test_a_peeked_message_does_not_tell_of_its_lock() -> None:
    got = encode_message(_message(wire(), lock=Lock(_TOKEN, 4000)), peeked=True)
    annotations = _section(got, MESSAGE_ANNOTATIONS)
    assert isinstance(annotations, dict)
    assert "x-opt-locked-until" not in annotations


def test_a_message_sent_on_does_not_keep_the_annotations_of_its_first_queue() -> None:
    received = encode_message(_message(wire(), lock=Lock(_TOKEN, 4000)))
    assert parse_content(received).annotations == ()


@pytest.mark.parametrize("message_id", [None, "a", 5, uuid.UUID(int=1)])
def test_every_message_has_a_message_id(message_id: Value) -> None:
    content = parse_content(wire(message_id=message_id))
    found = decode(list_fields(content.properties)[0])[0]
    assert str(found) == content.message_id
    assert message_id is None or found == message_id


def test_a_dead_letter_says_why_and_keeps_its_properties() -> None:
    sent = wire(application_properties={"keep": 1, "DeadLetterReason": "an older one"})
    content = dead_lettered(parse_content(sent), "Reason", None)
    assert decode(content.application_properties)[0] == {"keep": 1, "DeadLetterReason": "Reason"}


def test_a_dead_letter_without_properties_gets_some() -> None:
    content = dead_lettered(parse_content(wire()), "R", "D")
    expected = {"DeadLetterReason": "R", "DeadLetterErrorDescription": "D"}
    assert decode(content.application_properties)[0] == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"text", id="no section"),
        pytest.param(b"\x00\x53\x10\x45", id="a performative as a section"),
        pytest.param(b"\x00\x53\x70\xa1\x01a", id="a header that is a string"),
        pytest.param(b"\x00\x53\x70\xc0\x06\x03\x42\x40\xa1\x01a", id="a time to live of a"),
        pytest.param(b"\x00\x53\x75\xa0\x09short", id="a body cut short"),
    ],
)
def test_a_malformed_message_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_content(data)


@pytest.mark.parametrize(
    "section",
    [
        pytest.param(described_list(HEADER, (True, None, ULong(2**32))), id="a time to live"),
        pytest.param(described_list(HEADER, (True, None, -1)), id="a time to live below 0"),
        pytest.param(b"\x00\x53\x72" + encode({_SCHEDULED: ULong(2**63)}), id="a time"),
    ],
)
def test_a_number_that_no_store_could_hold_is_refused(section: bytes) -> None:
    with pytest.raises(DecodeError, match="not a number"):
        parse_content(section + b"\x00\x53\x75" + encode(b"body"))
