"""Cuts encoded lists, maps and messages into their still encoded parts."""

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from local.servicebus.codec.decode import Buffer, DecodeError, decode, skip
from local.servicebus.codec.types import Value

_COUNT = struct.Struct(">I")
_NULL, _EMPTY_LIST, _LIST8, _LIST32, _MAP8, _MAP32 = 0x40, 0x45, 0xC0, 0xD0, 0xC1, 0xD1


def _counted(data: Buffer, position: int, small: int, large: int) -> tuple[int, int]:
    """How many values a compound holds, and where the first one starts."""
    code = data[position] if position < len(data) else -1
    if code not in (small, large):
        raise DecodeError(f"expected constructor 0x{small:02x} or 0x{large:02x}, got {code}")
    end = skip(data, position)
    start = position + (3 if code == small else 9)
    if start > end:
        raise DecodeError("compound value without a count")
    count = data[start - 1] if code == small else _COUNT.unpack_from(data, start - 4)[0]
    return count, start


def _values(data: Buffer, position: int, count: int) -> list[bytes]:
    parts = []
    for _ in range(count):
        end = skip(data, position)
        parts.append(bytes(data[position:end]))
        position = end
    return parts


def list_fields(data: Buffer, position: int = 0) -> list[bytes]:
    """The fields of the list at `position`, each still encoded. Raises DecodeError."""
    if position < len(data) and data[position] == _EMPTY_LIST:
        return []
    count, start = _counted(data, position, _LIST8, _LIST32)
    return _values(data, start, count)


class Entry(NamedTuple):
    """One entry of a map: the key as a value, and key and value as they were encoded."""

    name: Value
    key: bytes
    value: bytes


def map_entries(data: Buffer, position: int = 0) -> list[Entry]:
    """The entries of the map (or null) at `position`, in order. Raises DecodeError."""
    if position < len(data) and data[position] == _NULL:
        return []
    count, start = _counted(data, position, _MAP8, _MAP32)
    parts = _values(data, start, count)
    if len(parts) % 2:
        raise DecodeError("a map with a key without a value")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [Entry(decode(key)[0], key, value) for key, value in pairs]


HEADER, MESSAGE_ANNOTATIONS, PROPERTIES, APPLICATION_PROPERTIES = 0x70, 0x72, 0x73, 0x74
_DATA, _FOOTER = 0x75, 0x78


@dataclass(slots=True)
class Sections:
    """A message in parts (part 3, section 3.2).

    `parts` holds the encoded value of each section before the body, by descriptor code; `body` is
    everything from the first body section on, descriptors and footer included.
    """

    parts: dict[int, bytes] = field(default_factory=dict)
    body: bytes = b""

    def get(self, code: int) -> bytes:
        """The encoded value of a section before the body, or b""."""
        return self.parts.get(code, b"")


def split_message(data: Buffer) -> Sections:
    """The sections of an encoded message. Raises DecodeError."""
    sections = Sections()
    position = 0
    while position < len(data):
        code, start = _section(data, position)
        end = skip(data, start)
        if code < _DATA:
            sections.parts[code] = bytes(data[start:end])
        elif not sections.body:
            sections.body = bytes(data[position:])
        position = end
    return sections


def body_values(body: Buffer) -> list[Value]:
    """The decoded value of each section of a body. Raises DecodeError."""
    values = []
    position = 0
    while position < len(body):
        _, start = _section(body, position)
        value, position = decode(body, start)
        values.append(value)
    return values


def _section(data: Buffer, position: int) -> tuple[int, int]:
    """The descriptor code of the section at `position`, and where its value starts."""
    if data[position] != 0:
        raise DecodeError("a message section without a descriptor")
    code, start = decode(data, position + 1)
    if not isinstance(code, int) or not HEADER <= code <= _FOOTER:
        raise DecodeError(f"unknown message section {code!r}")
    return code, start
