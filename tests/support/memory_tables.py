"""Tables in memory, with the rules of Table Storage: the contract suite runs on both."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

from shared.adapters.tables import (
    BATCH,
    ConflictError,
    Delete,
    Insert,
    Operation,
    Put,
    Row,
    Table,
    Value,
)

COLUMN, ROW, REQUEST = 64 * 1024, 1024 * 1024, 4 * 1024 * 1024
"""What Table Storage takes, in bytes; in a request, bytes travel as base64."""
KEY = 512
"""Characters of a key: 1 KiB as UTF-16."""
FORBIDDEN = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")

type Clock = Callable[[], datetime]
type Cells = dict[tuple[str, str], Row]


class MemoryTable:
    """One table."""

    def __init__(self, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.rows: Cells = {}
        self.written: dict[tuple[str, str], datetime] = {}
        self._version = 0
        self._clock = clock

    async def get(self, partition: str, key: str) -> Row | None:
        return self.rows.get((partition, key))

    async def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        for (where, key), row in sorted(self.rows.items()):
            if where == partition and key.startswith(prefix):
                yield row

    async def partitions(
        self, prefix: str, columns: Sequence[str] = (), rows: str = ""
    ) -> AsyncIterator[Row]:
        for (where, key), row in sorted(self.rows.items()):
            if where.startswith(prefix) and key.startswith(rows):
                yield _only(row, columns)

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        if len(operations) > BATCH:
            raise ValueError(f"{len(operations)} operations in one batch; at most {BATCH}")
        _check_keys(partition, *(operation.key for operation in operations))
        _check_sizes(operations)
        after = dict(self.rows)
        for operation in operations:
            self._apply(after, partition, operation)
        self.rows = after

    async def forget(self, prefix: str, before: datetime) -> int:
        old = [p for p in self.rows if p[0].startswith(prefix) and self.written[p] < before]
        for place in old:
            del self.rows[place]
        return len(old)

    def _apply(self, rows: Cells, partition: str, operation: Operation) -> None:
        place = (partition, operation.key)
        row = rows.get(place)
        etag = "" if isinstance(operation, Insert) else operation.etag
        missing = row is None and (isinstance(operation, Delete) or bool(etag))
        exists = row is not None and isinstance(operation, Insert)
        if missing or exists or (etag and row and row.etag != etag):
            raise ConflictError(operation.key)
        if isinstance(operation, Insert | Put):
            self._version += 1
            rows[place] = Row(partition, operation.key, operation.columns, str(self._version))
            self.written[place] = self._clock()
        else:
            del rows[place]


def _check_keys(*keys: str) -> None:
    if any(len(key) > KEY or FORBIDDEN.search(key) for key in keys):
        raise ValueError("KeyValueTooLarge or OutOfRangeInput")


def _check_sizes(operations: Sequence[Operation]) -> None:
    rows = [_sizes(o.columns) for o in operations if not isinstance(o, Delete)]
    if any(size > COLUMN for sizes in rows for size in sizes):
        raise ValueError("PropertyValueTooLarge")
    if any(sum(sizes) > ROW for sizes in rows):
        raise ValueError("EntityTooLarge")
    if sum(600 + sum(sizes) * 4 // 3 for sizes in rows) > REQUEST:
        raise ValueError("RequestBodyTooLarge")


def _sizes(columns: dict[str, Value]) -> list[int]:
    values = columns.values()
    return [
        len(v) if isinstance(v, bytes) else 2 * len(v) if isinstance(v, str) else 8 for v in values
    ]


def _only(row: Row, columns: Sequence[str]) -> Row:
    if not columns:
        return row
    some = {name: value for name, value in row.columns.items() if name in columns}
    return Row(row.partition, row.key, some, row.etag)


class MemoryTables:
    """Tables by name."""

    def __init__(self, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.tables: dict[str, MemoryTable] = {}
        self._clock = clock

    def table(self, name: str) -> Table:
        return self.tables.setdefault(name, MemoryTable(self._clock))
