"""The locks that Pullwatch made itself: only these may ever be released."""

from collections.abc import AsyncIterator
from contextlib import suppress

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import ConflictError, Delete, Insert, Put, Tables
from shared.domain.protection import Missing, OwnLock, Target
from shared.domain.pulls import short_hash

LOCKS, MISSING = "locks", "missing"


class KeptLock:
    """A lock as it was read, with the version of its row."""

    def __init__(self, lock: OwnLock, version: str) -> None:
        self.lock = lock
        self.version = version


class OwnLocks:
    """One row for each lock, written before the lock is made and after; and what is missing."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("locks")

    async def everything(self) -> AsyncIterator[KeptLock]:
        """Every lock of our own."""
        async for row in self._table.query(LOCKS):
            yield KeptLock(unpack("lock", row, OwnLock), row.etag)

    async def get(self, target: Target) -> KeptLock | None:
        """One lock of our own."""
        row = await self._table.get(LOCKS, _key(target))
        return KeptLock(unpack("lock", row, OwnLock), row.etag) if row else None

    async def intend(self, lock: OwnLock) -> None:
        """Write down what is about to be done, where nothing is written yet.

        Raises:
            ConflictError: somebody else is at it.

        """
        await self._table.write(LOCKS, [Insert(_key(lock.target), pack("lock", lock))])

    async def revise(self, lock: OwnLock, version: str) -> None:
        """Write how far a lock has come, if its row is still as it was read.

        Raises:
            ConflictError: somebody else wrote since.

        """
        await self._table.write(LOCKS, [Put(_key(lock.target), pack("lock", lock), version)])

    async def forget(self, kept: KeptLock) -> None:
        """It is ours no more."""
        with suppress(ConflictError):  # somebody else knows better
            await self._table.write(LOCKS, [Delete(_key(kept.lock.target), kept.version)])

    async def miss(self, missing: Missing) -> None:
        """Remember why nothing can be locked in a registry."""
        await self._table.write(MISSING, [Put(missing.registry, pack("missing", missing))])

    async def missing(self) -> tuple[Missing, ...]:
        """Why nothing can be locked, by registry."""
        return tuple([unpack("missing", r, Missing) async for r in self._table.query(MISSING)])

    async def found(self, registry: str) -> None:
        """Locks can be made in the registry now."""
        with suppress(ConflictError):  # nothing was missing
            await self._table.write(MISSING, [Delete(registry)])


def _key(target: Target) -> str:
    return short_hash(target.registry, target.repository, target.reference)
