"""No storage: for the command line, which remembers nothing."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from shared.adapters.tables import Operation, Row

NOTHING: tuple[Row, ...] = ()


class NoTable:
    """A table that is always empty."""

    async def get(self, partition: str, key: str) -> Row | None:
        _ = partition, key
        return None

    async def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        _ = partition, prefix
        for row in NOTHING:
            yield row

    async def partitions(
        self, prefix: str, columns: Sequence[str] = (), rows: str = ""
    ) -> AsyncIterator[Row]:
        _ = prefix, columns, rows
        for row in NOTHING:
            yield row

    async def forget(self, prefix: str, before: datetime) -> int:
        _ = prefix, before
        return 0

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        raise NotImplementedError(f"nothing is stored here ({partition}: {len(operations)})")


class NoTables:
    """Tables that are always empty."""

    def table(self, name: str) -> NoTable:
        _ = name
        return NoTable()
