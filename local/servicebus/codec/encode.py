"""Values to bytes, each in its shortest encoding."""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import cast
from uuid import UUID

from local.servicebus.codec.types import (
    Array,
    Described,
    Encoded,
    Long,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

_BYTE = struct.Struct(">B")
_UINT = struct.Struct(">I")
_INT = struct.Struct(">i")
_LONG = struct.Struct(">q")
_ULONG = struct.Struct(">Q")
_SMALL = 256


def encode(value: Value) -> bytes:
    """The encoding of `value`. Raises TypeError for anything that is not an AMQP value."""
    try:
        encoder = _ENCODERS[type(value)]
    except KeyError:
        raise TypeError(f"not an AMQP value: {type(value).__name__}") from None
    return encoder(value)


def encode_list(fields: Sequence[bytes]) -> bytes:
    """A list of fields that are encoded already."""
    return _compound(0xC0, 0xD0, len(fields), b"".join(fields)) if fields else b"\x45"


def encode_map(parts: Sequence[bytes]) -> bytes:
    """A map from keys and values that are encoded already: key, value, key, value."""
    return _compound(0xC1, 0xD1, len(parts), b"".join(parts))


def described_list(code: int, fields: Iterable[Value]) -> bytes:
    """A composite type: the list of its fields under its one-byte descriptor."""
    return b"\x00\x53" + _BYTE.pack(code) + encode_list([encode(field) for field in fields])


def _compound(small: int, large: int, count: int, body: bytes) -> bytes:
    size = len(body)
    if size < _SMALL - 1 and count < _SMALL:
        return bytes((small, size + 1, count)) + body
    return bytes((large,)) + _UINT.pack(size + 4) + _UINT.pack(count) + body


def _variable(small: int, large: int, data: bytes) -> bytes:
    size = len(data)
    if size < _SMALL:
        return bytes((small, size)) + data
    return bytes((large,)) + _UINT.pack(size) + data


def _uint(value: int) -> bytes:
    if value == 0:
        return b"\x43"
    return b"\x52" + _BYTE.pack(value) if value < _SMALL else b"\x70" + _UINT.pack(value)


def _ulong(value: int) -> bytes:
    if value == 0:
        return b"\x44"
    return b"\x53" + _BYTE.pack(value) if value < _SMALL else b"\x80" + _ULONG.pack(value)


def _long(value: int) -> bytes:
    return b"\x81" + _LONG.pack(value)


def _integer(value: int) -> bytes:
    return b"\x71" + _INT.pack(value) if -(2**31) <= value < 2**31 else _long(value)


def _text(value: str) -> bytes:
    return _variable(0xA1, 0xB1, value.encode())


def _symbol(value: str) -> bytes:
    return _variable(0xA3, 0xB3, value.encode("ascii"))


def _list(values: list[Value]) -> bytes:
    return encode_list([encode(value) for value in values])


def _map(entries: dict[Value, Value]) -> bytes:
    return encode_map([encode(part) for entry in entries.items() for part in entry])


def _described(described: Described) -> bytes:
    descriptor = described.descriptor
    name = _ulong(descriptor) if isinstance(descriptor, int) else encode(descriptor)
    return b"\x00" + name + encode(described.value)


def _long_bytes(data: bytes) -> bytes:
    return _UINT.pack(len(data)) + data


# What follows the shared constructor, for the element types that the broker speaks.
_ELEMENTS: dict[int, Callable[..., bytes]] = {
    0x70: _UINT.pack,
    0x71: _INT.pack,
    0x80: _ULONG.pack,
    0x81: _LONG.pack,
    0x83: _LONG.pack,
    0x98: lambda uuid: cast("UUID", uuid).bytes,
    0xB0: _long_bytes,
    0xB1: lambda text: _long_bytes(text.encode()),
    0xB3: lambda symbol: _long_bytes(symbol.encode("ascii")),
}


def _array(array: Array) -> bytes:
    try:
        element = _ELEMENTS[array.code]
    except KeyError:
        raise TypeError(f"no arrays of 0x{array.code:02x}") from None
    body = bytes((array.code,)) + b"".join(element(item) for item in array.items)
    return _compound(0xE0, 0xF0, len(array.items), body)


_ENCODERS: dict[type, Callable[..., bytes]] = {
    type(None): lambda _none: b"\x40",
    Encoded: bytes,
    bool: lambda value: b"\x41" if value else b"\x42",
    int: _integer,
    UByte: lambda value: b"\x50" + _BYTE.pack(value),
    UShort: lambda value: b"\x60" + struct.pack(">H", value),
    UInt: _uint,
    ULong: _ulong,
    Long: _long,
    Timestamp: lambda value: b"\x83" + _LONG.pack(value),
    float: lambda value: b"\x82" + struct.pack(">d", value),
    str: _text,
    Symbol: _symbol,
    bytes: lambda value: _variable(0xA0, 0xB0, value),
    UUID: lambda value: b"\x98" + value.bytes,
    list: _list,
    dict: _map,
    Array: _array,
    Described: _described,
}
