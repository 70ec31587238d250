"""The little of Table Storage that the app needs, as a port, and its real adapter.

A batch is atomic within one partition and holds at most 100 operations (Table Storage's limit).
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import batched, groupby
from typing import Any, Protocol

from azure.core import MatchConditions
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient
from msgspec import Struct

BATCH = 100
LONGEST_WAIT = 0.5

type Value = str | int | float | bool | bytes


class Row(Struct, frozen=True):
    """One entity: its keys, its columns, and the version that was read."""

    partition: str
    key: str
    columns: dict[str, Value]
    etag: str = ""


class Insert(Struct, frozen=True):
    """Write a row that must not be there."""

    key: str
    columns: dict[str, Value]


class Put(Struct, frozen=True):
    """Write a row whole; with an etag only if it is still that version."""

    key: str
    columns: dict[str, Value]
    etag: str = ""


class Delete(Struct, frozen=True):
    """Remove a row; one that is gone is an error only with an etag."""

    key: str
    etag: str = ""


type Operation = Insert | Put | Delete


class ConflictError(Exception):
    """Somebody else wrote first; nothing of the batch was done. Read again and decide again."""


async def give_way(attempt: int) -> None:
    """Whoever lost a race waits a little, longer each time, before the next try."""
    longest = min(0.01 * 2**attempt, LONGEST_WAIT)
    await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - no secret


class Table(Protocol):
    r"""One table. Keys must not hold ``/ \ # ?`` or control characters: hash hostile names."""

    async def get(self, partition: str, key: str) -> Row | None:
        """One row, or None."""

    def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        """The rows of a partition whose key starts with a prefix, in key order."""

    def partitions(
        self, prefix: str, columns: Sequence[str] = (), rows: str = ""
    ) -> AsyncIterator[Row]:
        """The rows of every partition whose name starts with a prefix; all columns, or some.

        ``rows`` is a prefix of their keys. The service reads the whole table to find them.
        """

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        """All or nothing. Raises ConflictError, and ValueError for more than 100 operations."""

    async def forget(self, prefix: str, before: datetime) -> int:
        """Remove the rows of partitions with a prefix that were last written before a time.

        Returns how many. What is written meanwhile stays.
        """


class Tables(Protocol):
    """Where tables come from."""

    def table(self, name: str) -> Table:
        """A table; it is made when it is first used."""


class AzureTables:
    """Table Storage through its SDK. One client per process, made on first use."""

    def __init__(
        self, *, connection: str = "", endpoint: str = "", credential: AsyncTokenCredential | None
    ) -> None:
        if connection:
            self._service = TableServiceClient.from_connection_string(connection)
        else:
            self._service = TableServiceClient(endpoint=endpoint, credential=credential)
        self._tables: dict[str, AzureTable] = {}

    def table(self, name: str) -> "AzureTable":
        if name not in self._tables:
            self._tables[name] = AzureTable(self._service.get_table_client(name))
        return self._tables[name]

    async def close(self) -> None:
        await self._service.close()


class AzureTable:
    """One table. It is created when the service first says that it is not there."""

    def __init__(self, client: TableClient) -> None:
        self._client = client
        self._made = False
        self._making = asyncio.Lock()

    async def get(self, partition: str, key: str) -> Row | None:
        try:
            return _row(await self._client.get_entity(partition, key))
        except ResourceNotFoundError:
            return None

    async def query(self, partition: str, prefix: str = "") -> AsyncIterator[Row]:
        conditions = f"PartitionKey eq {_literal(partition)}" + _starts("RowKey", prefix)
        async for row in self._select(conditions):
            yield row

    async def partitions(
        self, prefix: str, columns: Sequence[str] = (), rows: str = ""
    ) -> AsyncIterator[Row]:
        conditions = _starts("PartitionKey", prefix) + _starts("RowKey", rows)
        conditions = conditions.removeprefix(" and ")
        async for row in self._select(conditions, columns):
            yield row

    async def _select(self, conditions: str, columns: Sequence[str] = ()) -> AsyncIterator[Row]:
        await self._make()
        wanted = ["PartitionKey", "RowKey", *columns] if columns else None
        async for entity in self._client.query_entities(conditions, select=wanted):
            yield _row(entity)

    async def write(self, partition: str, operations: Sequence[Operation]) -> None:
        if len(operations) > BATCH:
            raise ValueError(f"{len(operations)} operations in one batch; at most {BATCH}")
        if not operations:
            return
        await self._make()
        try:
            await self._client.submit_transaction([_wire(partition, o) for o in operations])
        except (TableTransactionError, ResourceExistsError) as error:
            if _is_conflict(error):
                raise ConflictError(str(error)[:200]) from error
            raise

    async def forget(self, prefix: str, before: datetime) -> int:
        written = f"Timestamp lt datetime'{before.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
        conditions = written + _starts("PartitionKey", prefix)
        old = [row async for row in self._select(conditions, ("Timestamp",))]
        count = 0
        for partition, rows in groupby(old, lambda row: row.partition):
            for part in batched(rows, BATCH, strict=False):
                with contextlib.suppress(ConflictError):  # the next time, then
                    await self.write(partition, [Delete(row.key, row.etag) for row in part])
                    count += len(part)
        return count

    async def _make(self) -> None:
        if self._made:
            return
        async with self._making:
            with contextlib.suppress(ResourceExistsError):
                await self._client.create_table()
            self._made = True


def _is_conflict(error: Exception) -> bool:
    status = getattr(error, "status_code", None)
    code = str(getattr(error, "error_code", "") or error)
    return status in {404, 409, 412} or any(
        word in code for word in ("EntityAlreadyExists", "UpdateConditionNotSatisfied")
    )


def _wire(partition: str, operation: Operation) -> tuple[Any, ...]:
    keys: dict[str, Any] = {"PartitionKey": partition, "RowKey": operation.key}
    if isinstance(operation, Delete):
        return "delete", keys, _condition(operation.etag)
    entity = keys | operation.columns
    if isinstance(operation, Insert):
        return "create", entity
    if not operation.etag:
        return "upsert", entity, {"mode": UpdateMode.REPLACE}
    return "update", entity, {"mode": UpdateMode.REPLACE, **_condition(operation.etag)}


def _condition(etag: str) -> dict[str, Any]:
    if not etag:
        return {}
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}


def _row(entity: Any) -> Row:
    columns = {k: v for k, v in entity.items() if k not in {"PartitionKey", "RowKey"}}
    etag = str(entity.metadata.get("etag", ""))
    return Row(entity["PartitionKey"], entity["RowKey"], columns, etag)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _starts(column: str, prefix: str) -> str:
    if not prefix:
        return ""
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return f" and {column} ge {_literal(prefix)} and {column} lt {_literal(end)}"
