"""What a sender sent, read from the wire once and then only carried.

Properties, application properties and body are kept byte for byte.
"""

from uuid import uuid4

import msgspec

from local.servicebus.codec import DecodeError, Value, decode, encode, encode_list, encode_map
from local.servicebus.codec.decode import Buffer
from local.servicebus.codec.sections import (
    APPLICATION_PROPERTIES,
    HEADER,
    MESSAGE_ANNOTATIONS,
    PROPERTIES,
    list_fields,
    map_entries,
    split_message,
)

_SCHEDULED_TIME = "x-opt-scheduled-enqueue-time"
_SET_BY_BROKER = frozenset(
    {
        "x-opt-enqueued-time",
        "x-opt-sequence-number",
        "x-opt-enqueue-sequence-number",
        "x-opt-locked-until",
        "x-opt-lock-token",
        "x-opt-message-state",
    }
)
_DEFAULT_PRIORITY = 4
_MAX_UBYTE, _MAX_UINT = 2**8 - 1, 2**32 - 1
_LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999 in milliseconds since 1970, where the dates of the SDKs end."""


class Content(msgspec.Struct, frozen=True):
    """What a sender sent. Times and durations are in milliseconds, sizes in bytes.

    `annotations` alternates keys and values; `properties` and `application_properties` are the
    values of their sections without descriptor; `body` is its sections as they came.
    """

    message_id: str
    size: int
    annotations: tuple[bytes, ...]
    properties: bytes
    application_properties: bytes
    body: bytes
    durable: bool = False
    priority: int = _DEFAULT_PRIORITY
    ttl: int | None = None
    scheduled_at: int | None = None


def parse_content(data: Buffer) -> Content:
    """Read an encoded message; one without a message id gets one. Raises DecodeError."""
    sections = split_message(data)
    message_id, properties = _identified(sections.get(PROPERTIES))
    annotations, scheduled_at = _annotations(sections.get(MESSAGE_ANNOTATIONS))
    durable, priority, ttl = _header(sections.get(HEADER))
    return Content(
        message_id=message_id,
        size=len(data),
        annotations=annotations,
        properties=properties,
        application_properties=sections.get(APPLICATION_PROPERTIES),
        body=sections.body,
        durable=durable,
        priority=priority,
        ttl=ttl,
        scheduled_at=scheduled_at,
    )


def _identified(properties: bytes) -> tuple[str, bytes]:
    """The message id as text, and the properties with a message id in them."""
    fields = list_fields(properties) if properties else []
    found = decode(fields[0])[0] if fields else None
    if found is not None:
        return str(found), properties
    message_id = uuid4().hex
    return message_id, encode_list([encode(message_id), *fields[1:]])


def _annotations(section: bytes) -> tuple[tuple[bytes, ...], int | None]:
    """The sender's annotations, and when the message is scheduled for."""
    entries = map_entries(section) if section else []
    kept: list[bytes] = []
    scheduled_at = None
    for entry in entries:
        if entry.name == _SCHEDULED_TIME:
            scheduled_at = _number(decode(entry.value)[0], _LAST_MOMENT)
        if entry.name not in _SET_BY_BROKER:
            kept += (entry.key, entry.value)
    return tuple(kept), scheduled_at


def _header(section: bytes) -> tuple[bool, int, int | None]:
    """Durable, priority and time to live."""
    fields = decode(section)[0] if section else []
    if not isinstance(fields, list):
        raise DecodeError("the header is not a list")
    durable, priority, ttl = [*fields, None, None, None][:3]
    number = _number(priority, _MAX_UBYTE)
    return durable is True, _DEFAULT_PRIORITY if number is None else number, _number(ttl, _MAX_UINT)


def _number(value: Value, limit: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit:
        return int(value)
    raise DecodeError(f"not a number from 0 to {limit}: {value!r}")


def dead_lettered(content: Content, reason: str | None, description: str | None) -> Content:
    """The same content, saying in its application properties why it was given up."""
    given = {"DeadLetterReason": reason, "DeadLetterErrorDescription": description}
    section = content.application_properties
    parts: list[bytes] = []
    for entry in map_entries(section) if section else []:
        if entry.name not in given:
            parts += (entry.key, entry.value)
    for name, value in given.items():
        if value is not None:
            parts += (encode(name), encode(value))
    return msgspec.structs.replace(content, application_properties=encode_map(parts))
