"""The values of AMQP 1.0 for which Python has no type of its own (part 1, section 1.6).

A plain `int` is sent as an AMQP int, or as a long when it needs the room; the subclasses below
ask for another width. Decoding gives plain ints back for all of them but `Timestamp`.
"""

from dataclasses import dataclass
from uuid import UUID


class Symbol(str):
    """A name from a registry: ASCII only."""

    __slots__ = ()


class UByte(int):
    """Sent as ubyte."""


class UShort(int):
    """Sent as ushort."""


class UInt(int):
    """Sent as uint."""


class ULong(int):
    """Sent as ulong."""


class Long(int):
    """Sent as long, however small."""


class Timestamp(int):
    """Milliseconds since 1970 in UTC."""


class Encoded(bytes):
    """A value that is encoded already; it is written as it stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one kind; `code` is the constructor byte that they share."""

    code: int
    items: "tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor (a ulong or a symbol) that says what it means."""

    descriptor: "Value"
    value: "Value"


type Value = (
    bool
    | int
    | float
    | str
    | bytes
    | UUID
    | list[Value]
    | dict[Value, Value]
    | Array
    | Described
    | None
)
