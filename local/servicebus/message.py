"""A message as it lies in a queue, and as it goes to a receiver."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from local.servicebus.codec import (
    Long,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    described_list,
    encode,
    encode_map,
)
from local.servicebus.codec.sections import (
    APPLICATION_PROPERTIES,
    HEADER,
    MESSAGE_ANNOTATIONS,
    PROPERTIES,
)
from local.servicebus.content import Content

_MAX_UINT = 2**32 - 1


class State(IntEnum):
    """Where a message stands; the numbers are those of the annotation x-opt-message-state."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


class Lock(NamedTuple):
    """A receiver's hold on a message; `until` is in milliseconds since 1970."""

    token: UUID
    until: int


@dataclass(slots=True)
class Message:
    """A message in a queue. Times are in milliseconds since 1970."""

    sequence_number: int
    content: Content
    state: State
    enqueued_at: int
    expires_at: int | None = None
    delivery_count: int = 0
    lock: Lock | None = None

    def is_visible(self, now: int) -> bool:
        """Whether a peek shows it: a message that expired in the open is as good as gone."""
        if self.state is not State.ACTIVE or self.lock is not None or self.expires_at is None:
            return True
        return self.expires_at > now


def encode_message(message: Message, *, peeked: bool = False) -> bytes:
    """The message as a receiver gets it; a peeked one does not tell of its lock."""
    content = message.content
    header = described_list(
        HEADER,
        (
            content.durable,
            UByte(content.priority),
            None if content.ttl is None else UInt(min(content.ttl, _MAX_UINT)),
            False,
            UInt(message.delivery_count),
        ),
    )
    annotations = encode_map([*content.annotations, *_broker_annotations(message, peeked=peeked)])
    return b"".join(
        (
            header,
            _section(MESSAGE_ANNOTATIONS, annotations),
            _section(PROPERTIES, content.properties),
            _section(APPLICATION_PROPERTIES, content.application_properties),
            content.body,
        )
    )


def _section(code: int, value: bytes) -> bytes:
    return b"\x00\x53" + bytes((code,)) + value if value else b""


_ENQUEUED_TIME = encode(Symbol("x-opt-enqueued-time"))
_SEQUENCE_NUMBER = encode(Symbol("x-opt-sequence-number"))
_ENQUEUE_SEQUENCE_NUMBER = encode(Symbol("x-opt-enqueue-sequence-number"))
_MESSAGE_STATE = encode(Symbol("x-opt-message-state"))
_LOCKED_UNTIL = encode(Symbol("x-opt-locked-until"))


def _broker_annotations(message: Message, *, peeked: bool) -> list[bytes]:
    number = encode(Long(message.sequence_number))
    parts = [
        _ENQUEUED_TIME,
        encode(Timestamp(message.enqueued_at)),
        _SEQUENCE_NUMBER,
        number,
        _ENQUEUE_SEQUENCE_NUMBER,
        number,
        _MESSAGE_STATE,
        encode(int(message.state)),
    ]
    if message.lock is not None and not peeked:
        parts += (_LOCKED_UNTIL, encode(Timestamp(message.lock.until)))
    return parts
