"""The performatives: what the peers say to each other (part 2, section 2.7).

Incoming ones are read into the structs below, which list the fields up to the last one of
interest, in wire order. Outgoing ones are built with `performative`.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Annotated, Any

import msgspec

from local.servicebus.codec import DecodeError, Encoded, Symbol, Value, decode, described_list
from local.servicebus.codec.decode import Buffer
from local.servicebus.errors import BrokerError

SENDER, RECEIVER = False, True
"""The role in attach and disposition."""

_ERROR = 0x1D


class Code(IntEnum):
    """Descriptors of performatives."""

    OPEN = 0x10
    BEGIN = 0x11
    ATTACH = 0x12
    FLOW = 0x13
    TRANSFER = 0x14
    DISPOSITION = 0x15
    DETACH = 0x16
    END = 0x17
    CLOSE = 0x18
    SASL_MECHANISMS = 0x40
    SASL_INIT = 0x41
    SASL_OUTCOME = 0x44


class Outcome(IntEnum):
    """Descriptors of the delivery states that end a delivery."""

    ACCEPTED = 0x24
    REJECTED = 0x25
    RELEASED = 0x26
    MODIFIED = 0x27


_FIELDS = {
    Code.OPEN: 10,
    Code.BEGIN: 8,
    Code.ATTACH: 14,
    Code.FLOW: 11,
    Code.TRANSFER: 11,
    Code.DISPOSITION: 6,
    Code.DETACH: 3,
    Code.END: 1,
    Code.CLOSE: 1,
    Code.SASL_MECHANISMS: 1,
    Code.SASL_OUTCOME: 2,
}


def performative(code: Code, *fields: Value) -> bytes:
    """An encoded performative with all its fields, the last ones null.

    Trailing nulls could be left out, but azure-servicebus up to 7.14 counts on them.
    """
    return described_list(code, (*fields, *(None,) * (_FIELDS[code] - len(fields))))


def outcome(code: Outcome, *fields: Value) -> Encoded:
    """An encoded delivery state, to be a field of a performative."""
    return Encoded(described_list(code, fields))


def error(refusal: BrokerError) -> Encoded:
    """An encoded error: condition, description and info, all three, which pyamqp insists on."""
    fields = (Symbol(refusal.condition), refusal.description, None)
    return Encoded(described_list(_ERROR, fields))


type Number = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
"""What AMQP calls a uint."""


class Open(msgspec.Struct, array_like=True, frozen=True):
    """The first frame of a connection."""

    container_id: str
    hostname: str | None = None
    max_frame_size: Number | None = None


class Begin(msgspec.Struct, array_like=True, frozen=True):
    """The start of a session."""

    remote_channel: Number | None
    next_outgoing_id: Number
    incoming_window: Number


class Flow(msgspec.Struct, array_like=True, frozen=True):
    """How much more a session (no handle) or one link may send."""

    next_incoming_id: Number | None
    incoming_window: Number
    next_outgoing_id: Number
    outgoing_window: Number
    handle: Number | None = None
    delivery_count: Number | None = None
    link_credit: Number | None = None
    available: Number | None = None
    drain: bool | None = None
    echo: bool | None = None


class Transfer(msgspec.Struct, array_like=True, frozen=True):
    """A message, or a part of one; its bytes follow the performative."""

    handle: Number
    delivery_id: Number | None = None
    delivery_tag: bytes | None = None
    message_format: Number | None = None
    settled: bool | None = None
    more: bool | None = None
    receiver_settle_mode: Number | None = None
    state: Any = None
    resume: bool | None = None
    aborted: bool | None = None


class Disposition(msgspec.Struct, array_like=True, frozen=True):
    """What became of the deliveries `first` to `last`; `state` is Described or None."""

    role: bool
    first: Number
    last: Number | None = None
    settled: bool | None = None
    state: Any = None


class Detach(msgspec.Struct, array_like=True, frozen=True):
    """The end of a link."""

    handle: Number


def read_code(body: Buffer) -> tuple[int, int]:
    """The code of the performative in a frame, and where its fields start. Raises DecodeError."""
    if not body or body[0] != 0:
        raise DecodeError("a frame without a performative")
    code, position = decode(body, 1)
    if not isinstance(code, int):
        raise DecodeError(f"unknown performative {code!r}")
    return code, position


def read[Fields](body: Buffer, position: int, fields: type[Fields]) -> Fields:
    """The fields of a performative. Raises DecodeError."""
    values, _ = decode(body, position)
    try:
        return msgspec.convert(values, fields)
    except msgspec.ValidationError as invalid:
        raise DecodeError(f"{fields.__name__}: {invalid}") from invalid


def field(values: Sequence[Value], index: int) -> Value:
    """A field that may have been left out."""
    return values[index] if index < len(values) else None
