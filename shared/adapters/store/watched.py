"""What the watch knows of each repository: what it costs to list, and when it was last all right.

One row a repository; and one for the resource logs, up to when they were read.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import BATCH, Delete, Put, Tables
from shared.domain.pulls import short_hash

LOGS = "logs"


class Watched(Struct, frozen=True, kw_only=True):
    """A repository as the watch last saw it.

    ``stamp`` and ``entries`` are of the last time when nothing was amiss: what the registry told
    of its counts, and a hash of what the index then knew. ``listed`` is when it was listed whole,
    in so many ``pages``; 0 is one page, of which nothing has to be kept. ``trouble`` says why it
    cannot be looked at, ``since`` since when; ``told`` that an operator was told so.
    """

    registry: str
    repository: str
    stamp: str = ""
    entries: str = ""
    pages: int = 0
    listed: datetime | None = None
    trouble: str = ""
    since: datetime | None = None
    told: bool = False

    @property
    def name(self) -> str:
        return f"{self.registry}/{self.repository}"


class LogMark(Struct, frozen=True):
    """Up to when the resource logs were read."""

    at: datetime


class WatchedRepositories:
    """Keeps what the watch knows."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("watched")

    async def everything(self) -> dict[tuple[str, str], Watched]:
        """All that is known, by registry and repository."""
        rows = [row async for row in self._table.partitions("repositories:")]
        found = [unpack("watched", row, Watched) for row in rows]
        return {(one.registry, one.repository): one for one in found}

    async def put(self, seen: Iterable[Watched]) -> None:
        """Remember repositories anew."""
        parts: dict[str, list[Put]] = {}
        for one in seen:
            row = Put(short_hash(one.repository), pack("watched", one))
            parts.setdefault(f"repositories:{one.registry}", []).append(row)
        for partition, rows in parts.items():
            for start in range(0, len(rows), BATCH):
                await self._table.write(partition, rows[start : start + BATCH])

    async def drop(self, seen: Iterable[Watched]) -> None:
        """Forget repositories that are no longer in use."""
        for one in seen:
            key = short_hash(one.repository)
            await self._table.write(f"repositories:{one.registry}", [Delete(key)])

    async def logs_read(self) -> datetime | None:
        """Up to when the resource logs were read; None if they never were."""
        row = await self._table.get(LOGS, LOGS)
        return unpack("mark", row, LogMark).at if row else None

    async def read_logs(self, at: datetime) -> None:
        """The resource logs were read up to a time."""
        await self._table.write(LOGS, [Put(LOGS, pack("mark", LogMark(at)))])
