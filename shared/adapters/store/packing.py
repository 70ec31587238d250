"""Objects in columns: JSON, compressed, in pieces that a column can hold."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.adapters.tables import Row, Value

PIECE = 60_000
"""Bytes in one column; Table Storage takes 64 KiB."""
PIECES = 12
"""Pieces in one row; Table Storage takes 1 MiB."""
ROWS = 4
"""Rows that one object may be spread over; Table Storage takes 4 MiB at once, in base64."""


class TooLargeError(ValueError):
    """An object does not fit into the rows that it may have."""


class TornError(LookupError):
    """The rows of one object are not of one writing: somebody wrote between two reads."""


def pack(name: str, value: Any) -> dict[str, Value]:
    """Columns ``name0``, ``name1``... that hold a value.

    Raises:
        TooLargeError: more than 720 kB even when compressed.

    """
    (row,) = spread(name, value, rows=1)
    return row


def spread(name: str, value: Any, *, rows: int = ROWS) -> list[dict[str, Value]]:
    """The columns of one or more rows that hold a value together.

    Raises:
        TooLargeError: more than 720 kB a row even when compressed.

    """
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    data = zlib.compress(data, 1)
    room = PIECE * PIECES
    if len(data) > room * rows:
        raise TooLargeError(f"{name}: {len(data)} bytes")
    return [_columns(name, data[at : at + room]) for at in range(0, len(data), room)]


def size(columns: Mapping[str, Value]) -> int:
    """Bytes that were packed into columns."""
    return sum(len(value) for value in columns.values() if isinstance(value, bytes))


def gather[T](name: str, rows: Iterable[Row], kind: type[T]) -> T:
    """What `spread` put into rows.

    Raises:
        TornError: they are not of one writing.

    """
    data = b"".join(_joined(name, row) for row in rows)
    try:
        return msgspec.json.decode(zlib.decompress(data), type=kind)
    except zlib.error as why:
        raise TornError(f"{name}: {why}") from why


def unpack_bytes(name: str, row: Row) -> bytes | None:
    """What `pack` put into a row, or None where it did not."""
    data = _joined(name, row)
    return zlib.decompress(data) if data else None


def unpack[T](name: str, row: Row, kind: type[T]) -> T:
    """What `pack` put into a row.

    Raises:
        LookupError: the row does not hold it.

    """
    data = unpack_bytes(name, row)
    if data is None:
        raise LookupError(f"row {row.key} holds no {name}")
    return msgspec.json.decode(data, type=kind)


def _columns(name: str, data: bytes) -> dict[str, Value]:
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    return {f"{name}{n}": piece for n, piece in enumerate(pieces)}


def _joined(name: str, row: Row) -> bytes:
    pieces: list[bytes] = []
    while isinstance(piece := row.columns.get(f"{name}{len(pieces)}"), bytes):
        pieces.append(piece)
    return b"".join(pieces)
