"""Frames: the envelopes in which performatives travel (part 2, section 2.3)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
AMQP_FRAME, SASL_FRAME = 0, 1
MAX_FRAME_BYTES = 1024 * 1024
MIN_FRAME_BYTES = 512

_PREFIX = struct.Struct(">IBBH")
_NAME = AMQP_HEADER[:4]
_DATA_OFFSET = 2


class FramingError(Exception):
    """The bytes are not AMQP frames."""


class Frame(NamedTuple):
    """A frame without its prefix; an empty body is a heartbeat."""

    kind: int
    channel: int
    body: memoryview


def encode_frame(kind: int, channel: int, body: bytes) -> bytes:
    """A frame ready to be sent."""
    return _PREFIX.pack(len(body) + _PREFIX.size, _DATA_OFFSET, kind, channel) + body


class FrameReader:
    """Cuts what a socket delivers into protocol headers (bytes) and frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes | Frame]:
        """Everything that is complete with these bytes. Raises FramingError."""
        self._buffer += data
        position = 0
        try:
            while (size := self._next_size(position)) is not None:
                unit = bytes(self._buffer[position : position + size])
                position += size
                yield unit if unit.startswith(_NAME) else _frame(unit)
        finally:
            del self._buffer[:position]

    def _next_size(self, position: int) -> int | None:
        """The size of the next unit, or None if it is not complete."""
        available = len(self._buffer) - position
        if available < _PREFIX.size:
            return None
        # No frame is so large that its size could be mistaken for the name in a header.
        if self._buffer.startswith(_NAME, position):
            return len(AMQP_HEADER)
        size: int = _PREFIX.unpack_from(self._buffer, position)[0]
        if not _PREFIX.size <= size <= MAX_FRAME_BYTES:
            raise FramingError(f"a frame of {size} bytes")
        return size if available >= size else None


def _frame(unit: bytes) -> Frame:
    size, offset, kind, channel = _PREFIX.unpack_from(unit)
    if not _PREFIX.size <= offset * 4 <= size:
        raise FramingError(f"a data offset of {offset} in a frame of {size} bytes")
    return Frame(kind, channel, memoryview(unit)[offset * 4 :])
