"""Bytes to values. The bytes come from a socket, so every length is checked before it is used."""

import struct
from collections.abc import Callable
from uuid import UUID

from local.servicebus.codec.types import Array, Described, Symbol, Timestamp, Value

type Buffer = bytes | memoryview
type Reader = Callable[[Buffer, int], tuple[Value, int]]

_SIZE = struct.Struct(">I")
_PAIR = struct.Struct(">II")
_DESCRIBED = 0x00


class DecodeError(ValueError):
    """The bytes are not the AMQP value that they should be."""


def decode(data: Buffer, position: int = 0) -> tuple[Value, int]:
    """The value encoded at `position`, and the position after it. Raises DecodeError."""
    try:
        return _read(data, position)
    except DecodeError:
        raise
    except (IndexError, KeyError, struct.error, ValueError, TypeError, RecursionError) as error:
        raise DecodeError(f"not an AMQP value: {error!r}") from error


def skip(data: Buffer, position: int) -> int:
    """The position after the value encoded at `position`. Raises DecodeError."""
    try:
        end = _end(data, position)
    except (IndexError, struct.error, RecursionError) as error:
        raise DecodeError(f"not an AMQP value: {error!r}") from error
    return _within(data, end)


def _read(data: Buffer, position: int) -> tuple[Value, int]:
    return _READERS[data[position]](data, position + 1)


_FIXED_WIDTHS = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
_ONE_BYTE_SIZES = (0xA, 0xC, 0xE)
_FOUR_BYTE_SIZES = (0xB, 0xD, 0xF)


def _end(data: Buffer, position: int) -> int:
    code = data[position]
    if code == _DESCRIBED:
        return _end(data, _end(data, position + 1))
    position += 1
    kind = code >> 4
    if kind in _FIXED_WIDTHS:
        return position + _FIXED_WIDTHS[kind]
    if kind in _ONE_BYTE_SIZES:
        return position + 1 + data[position]
    if kind in _FOUR_BYTE_SIZES:
        return position + 4 + int(_SIZE.unpack_from(data, position)[0])
    raise DecodeError(f"unknown constructor 0x{code:02x}")


def _within(data: Buffer, end: int) -> int:
    if end > len(data):
        raise DecodeError(f"value ends at {end}, data at {len(data)}")
    return end


def _constant(value: Value) -> Reader:
    return lambda _data, position: (value, position)


def _fixed(layout: str, convert: Callable[[int], Value] | None = None) -> Reader:
    unpacker = struct.Struct(layout)

    def read(data: Buffer, position: int) -> tuple[Value, int]:
        (value,) = unpacker.unpack_from(data, position)
        return (convert(value) if convert else value), position + unpacker.size

    return read


def _exactly(size: int, convert: Callable[[bytes], Value]) -> Reader:
    def read(data: Buffer, position: int) -> tuple[Value, int]:
        end = _within(data, position + size)
        return convert(bytes(data[position:end])), end

    return read


def _short(convert: Callable[[Buffer], Value]) -> Reader:
    def read(data: Buffer, position: int) -> tuple[Value, int]:
        start = position + 1
        end = _within(data, start + data[position])
        return convert(data[start:end]), end

    return read


def _long(convert: Callable[[Buffer], Value]) -> Reader:
    def read(data: Buffer, position: int) -> tuple[Value, int]:
        start = position + 4
        end = _within(data, start + int(_SIZE.unpack_from(data, position)[0]))
        return convert(data[start:end]), end

    return read


type Body = Callable[[Buffer, int, int], tuple[Value, int]]


def _small(body: Body) -> Reader:
    def read(data: Buffer, position: int) -> tuple[Value, int]:
        end = position + 1 + data[position]
        return _filled(body, data, position + 2, data[position + 1], end)

    return read


def _large(body: Body) -> Reader:
    def read(data: Buffer, position: int) -> tuple[Value, int]:
        size, count = _PAIR.unpack_from(data, position)
        return _filled(body, data, position + 8, count, position + 4 + size)

    return read


def _filled(body: Body, data: Buffer, start: int, count: int, end: int) -> tuple[Value, int]:
    # An array of nulls takes no room: without this, four bytes could ask for 4 G elements.
    if count > _within(data, end):
        raise DecodeError(f"{count} elements in {end} bytes")
    value, position = body(data, start, count)
    if position != end:
        raise DecodeError(f"compound value ends at {position}, not at {end}")
    return value, end


def _list(data: Buffer, position: int, count: int) -> tuple[Value, int]:
    items: list[Value] = []
    for _ in range(count):
        item, position = _read(data, position)
        items.append(item)
    return items, position


def _map(data: Buffer, position: int, count: int) -> tuple[Value, int]:
    if count % 2:
        raise DecodeError("a map with a key without a value")
    entries: dict[Value, Value] = {}
    for _ in range(count // 2):
        key, position = _read(data, position)
        entries[key], position = _read(data, position)
    return entries, position


def _array(data: Buffer, position: int, count: int) -> tuple[Value, int]:
    code = data[position]
    position += 1
    if code == _DESCRIBED:
        raise DecodeError("arrays of described values are not supported")
    reader = _READERS[code]
    items: list[Value] = []
    for _ in range(count):
        item, position = reader(data, position)
        items.append(item)
    return Array(code, tuple(items)), position


def _described(data: Buffer, position: int) -> tuple[Value, int]:
    descriptor, position = _read(data, position)
    value, position = _read(data, position)
    return Described(descriptor, value), position


def _text(data: Buffer) -> str:
    return str(data, "utf-8")


def _symbol(data: Buffer) -> Symbol:
    return Symbol(str(data, "ascii"))


def _boolean(number: int) -> bool:
    if number > 1:
        raise DecodeError(f"boolean {number}")
    return number == 1


def _character(data: bytes) -> str:
    return data.decode("utf-32-be")


_READERS: dict[int, Reader] = {
    _DESCRIBED: _described,
    0x40: _constant(None),
    0x41: _constant(True),
    0x42: _constant(False),
    0x43: _constant(0),
    0x44: _constant(0),
    0x45: lambda _data, position: ([], position),
    0x50: _fixed(">B"),
    0x51: _fixed(">b"),
    0x52: _fixed(">B"),
    0x53: _fixed(">B"),
    0x54: _fixed(">b"),
    0x55: _fixed(">b"),
    0x56: _fixed(">B", _boolean),
    0x60: _fixed(">H"),
    0x61: _fixed(">h"),
    0x70: _fixed(">I"),
    0x71: _fixed(">i"),
    0x72: _fixed(">f"),
    0x73: _exactly(4, _character),
    0x74: _exactly(4, bytes),
    0x80: _fixed(">Q"),
    0x81: _fixed(">q"),
    0x82: _fixed(">d"),
    0x83: _fixed(">q", Timestamp),
    0x84: _exactly(8, bytes),
    0x94: _exactly(16, bytes),
    0x98: _exactly(16, lambda data: UUID(bytes=data)),
    0xA0: _short(bytes),
    0xA1: _short(_text),
    0xA3: _short(_symbol),
    0xB0: _long(bytes),
    0xB1: _long(_text),
    0xB3: _long(_symbol),
    0xC0: _small(_list),
    0xC1: _small(_map),
    0xD0: _large(_list),
    0xD1: _large(_map),
    0xE0: _small(_array),
    0xF0: _large(_array),
}
