"""What a query reads and returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Value = Any
"""A cell: str, int, float, bool, None, datetime, timedelta, or JSON for a dynamic column."""
type Row = Mapping[str, Value]


@dataclass(frozen=True)
class Table:
    """Rows, and each column's kind (string, long, real, bool, datetime, timespan, dynamic)."""

    columns: Mapping[str, str]
    rows: Sequence[Row]
