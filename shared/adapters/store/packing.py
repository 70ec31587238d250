"""Objects in columns: JSON, compressed, in pieces that a column can hold."""

import zlib
from typing import Any

import msgspec

from shared.adapters.tables import Row, Value

PIECE = 60_000
"""Bytes in one column; Table Storage takes 64 KiB."""
PIECES = 12
"""Pieces in one row; Table Storage takes 1 MiB."""


class TooLargeError(ValueError):
    """An object does not fit into one row."""


def pack(name: str, value: Any) -> dict[str, Value]:
    """Columns ``name0``, ``name1``... that hold a value.

    Raises:
        TooLargeError: more than 720 kB even when compressed.

    """
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    data = zlib.compress(data, 1)
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    if len(pieces) > PIECES:
        raise TooLargeError(f"{name}: {len(data)} bytes")
    return {f"{name}{n}": piece for n, piece in enumerate(pieces)}


def unpack_bytes(name: str, row: Row) -> bytes | None:
    """What `pack` put into a row, or None where it did not."""
    pieces: list[bytes] = []
    while isinstance(piece := row.columns.get(f"{name}{len(pieces)}"), bytes):
        pieces.append(piece)
    return zlib.decompress(b"".join(pieces)) if pieces else None


def unpack[T](name: str, row: Row, kind: type[T]) -> T:
    """What `pack` put into a row.

    Raises:
        LookupError: the row does not hold it.

    """
    data = unpack_bytes(name, row)
    if data is None:
        raise LookupError(f"row {row.key} holds no {name}")
    return msgspec.json.decode(data, type=kind)
