"""Tables in memory, with the rules of Table Storage: the contract suite runs on both."""

from collections.abc import AsyncIterator, Sequence

from shared.adapters.tables import (
    BATCH,
    ConflictError,
    Delete,
    Insert,
    Operation,
    Put,
    Row,
    Table,
)

type Cells = dict[tuple[str, str], Row]


class MemoryTable:
    """One table."""

    def __init__(self) -> None:
        self.rows: Cells = {}
        self._version = 0

    async def get(self, partition: str, key: str) -> Row | None:
        return self.rows.get((partition, key))

    async def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        for (where, key), row in sorted(self.rows.items()):
            if where == partition and key.startswith(prefix):
                yield row

    async def partitions(self, prefix: str, columns: Sequence[str] = ()) -> AsyncIterator[Row]:
        for (where, _), row in sorted(self.rows.items()):
            if where.startswith(prefix):
                yield _only(row, columns)

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        if len(operations) > BATCH:
            raise ValueError(f"{len(operations)} operations in one batch; at most {BATCH}")
        after = dict(self.rows)
        for operation in operations:
            self._apply(after, partition, operation)
        self.rows = after

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
        else:
            del rows[place]


def _only(row: Row, columns: Sequence[str]) -> Row:
    if not columns:
        return row
    some = {name: value for name, value in row.columns.items() if name in columns}
    return Row(row.partition, row.key, some, row.etag)


class MemoryTables:
    """Tables by name."""

    def __init__(self) -> None:
        self.tables: dict[str, MemoryTable] = {}

    def table(self, name: str) -> Table:
        return self.tables.setdefault(name, MemoryTable())
