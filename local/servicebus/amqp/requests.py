"""Requests and responses: messages between a client and a node that is not a queue."""

from dataclasses import dataclass
from typing import cast

from local.servicebus.codec import Encoded, Value, decode, described_list, encode
from local.servicebus.codec.sections import (
    APPLICATION_PROPERTIES,
    PROPERTIES,
    body_values,
    list_fields,
    split_message,
)

_NULL = Encoded(b"\x40")
_VALUE_SECTION = b"\x00\x53\x77"
_APPLICATION_PROPERTIES_SECTION = b"\x00\x53\x74"


@dataclass(frozen=True, slots=True)
class Request:
    """`message_id` is still encoded: it goes back with the type that it came with."""

    message_id: Encoded
    properties: dict[Value, Value]
    body: Value


def read_request(data: bytes) -> Request:
    """A request out of an encoded message. Raises DecodeError."""
    sections = split_message(data)
    fields = list_fields(sections.get(PROPERTIES)) if sections.get(PROPERTIES) else []
    named = sections.get(APPLICATION_PROPERTIES)
    properties = decode(named)[0] if named else {}
    values = body_values(sections.body)
    return Request(
        message_id=Encoded(fields[0]) if fields else _NULL,
        properties=properties if isinstance(properties, dict) else {},
        body=values[0] if values else None,
    )


def encode_response(
    request: Request, properties: dict[str, Value], body: dict[str, Value] | None = None
) -> bytes:
    """The answer to a request as an encoded message."""
    correlated = (*(_NULL,) * 5, request.message_id)
    return b"".join(
        (
            described_list(PROPERTIES, correlated),
            _APPLICATION_PROPERTIES_SECTION,
            encode(cast("Value", properties)),
            _VALUE_SECTION,
            encode(cast("Value", body)),
        )
    )
