"""The attach: a client's wish for a link, and the answers to it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from local.servicebus.amqp.performatives import (
    RECEIVER,
    SENDER,
    Code,
    error,
    field,
    performative,
)
from local.servicebus.codec import DecodeError, Described, Encoded, UInt, ULong, Value, decode
from local.servicebus.codec.decode import Buffer
from local.servicebus.codec.sections import list_fields
from local.servicebus.errors import BrokerError

_NULL = b"\x40"
_FIELDS = 14
_NAME, _HANDLE, _ROLE, _SENDER_MODE, _RECEIVER_MODE, _SOURCE, _TARGET = range(7)
_DELIVERY_COUNT = 9
_SOURCE_FILTER = 7
_SETTLED = 1
_SESSION_FILTER = "com.microsoft:session-filter"


@dataclass(frozen=True, slots=True)
class Attach:
    """A link that a client asks for.

    `client_receives` says which end the client is; `path` names what is at ours, without leading
    slash or host; `settled` asks for receive-and-delete, `session` for a session of the queue;
    `delivery_count` is where a sending client starts to count.
    """

    handle: int
    client_receives: bool
    path: str
    settled: bool
    session: bool
    delivery_count: int
    fields: tuple[Encoded, ...]


def read_attach(body: Buffer, position: int) -> Attach:
    """The attach in a frame. Raises DecodeError."""
    fields = [Encoded(part) for part in list_fields(body, position)]
    fields += [Encoded(_NULL)] * (_FIELDS - len(fields))
    role = decode(fields[_ROLE])[0]
    if not isinstance(role, bool):
        raise DecodeError("attach: the role is missing")
    terminus = _terminus(fields[_SOURCE if role is RECEIVER else _TARGET])
    return Attach(
        handle=_uint(fields[_HANDLE]),
        client_receives=role is RECEIVER,
        path=_path(field(terminus, 0)),
        settled=decode(fields[_SENDER_MODE])[0] == _SETTLED,
        session=role is RECEIVER and _has_session_filter(terminus),
        delivery_count=_uint(fields[_DELIVERY_COUNT]),
        fields=tuple(fields),
    )


def _uint(encoded: bytes) -> int:
    """A number; 0 if it is null."""
    value, _ = decode(encoded)
    if value is None:
        return 0
    if isinstance(value, int) and 0 <= value < 2**32:
        return value
    raise DecodeError(f"attach: {value!r} is no number")


def _terminus(encoded: bytes) -> list[Value]:
    """The fields of a source or target; none if it is null."""
    value, _ = decode(encoded)
    if value is None:
        return []
    if isinstance(value, Described) and isinstance(value.value, list):
        return value.value
    raise DecodeError("attach: a source or target that is none")


def _path(address: Value) -> str:
    """`jobs` from `jobs`, `/jobs` or `amqps://host:port/jobs`: the SDK uses all three."""
    if not isinstance(address, str):
        return ""
    try:
        path = urlsplit(address).path if "://" in address else address
    except ValueError as invalid:
        raise DecodeError(f"attach: {invalid}") from invalid
    return path.strip("/")


def _has_session_filter(source: list[Value]) -> bool:
    filters = field(source, _SOURCE_FILTER)
    return isinstance(filters, dict) and _SESSION_FILTER in filters


def attached(attach: Attach, max_message_bytes: int) -> bytes:
    """The answer that opens the link. Source and target go back as they came, byte for byte."""
    return _answer(attach, attach.fields[_SOURCE], attach.fields[_TARGET], max_message_bytes)


def refused(attach: Attach, refusal: BrokerError) -> tuple[bytes, bytes]:
    """The two answers that refuse the link: our end is null, then a detach says why.

    With our end not null the SDK would send first and then report an unknown error.
    """
    source, target = attach.fields[_SOURCE], attach.fields[_TARGET]
    nothing = Encoded(_NULL)
    if attach.client_receives:
        answer = _answer(attach, nothing, target, None)
    else:
        answer = _answer(attach, source, nothing, None)
    return answer, performative(Code.DETACH, UInt(attach.handle), True, error(refusal))


def _answer(
    attach: Attach, source: Encoded, target: Encoded, max_message_bytes: int | None
) -> bytes:
    sends = attach.client_receives
    return performative(
        Code.ATTACH,
        attach.fields[_NAME],
        UInt(attach.handle),
        SENDER if sends else RECEIVER,
        attach.fields[_SENDER_MODE],
        attach.fields[_RECEIVER_MODE],
        source,
        target,
        None,
        None,
        UInt(0) if sends else None,
        None if max_message_bytes is None else ULong(max_message_bytes),
    )
