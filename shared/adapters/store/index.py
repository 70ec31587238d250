"""The deployment index: which pull uses which repository, tag and digest.

It is the only memory of what a deleted tag pointed to: events of a deletion do not say.
One partition per repository of a registry, one row per pull.
"""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from itertools import batched

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import BATCH, ConflictError, Delete, Operation, Put, Tables
from shared.domain.images import Digest
from shared.domain.pulls import Pull, short_hash


class Entry(Struct, frozen=True, kw_only=True):
    """One pull in the index.

    ``digest`` is what its reference last resolved to, ``children`` what an index at that
    digest consists of. ``gone`` says that the reference was last seen not to resolve.
    """

    pull: Pull
    seen: datetime
    digest: Digest = Digest("")
    children: tuple[Digest, ...] = ()
    resolved: datetime | None = None
    gone: bool = False
    deleted_at: datetime | None = None
    deleted_by: str = ""
    user_agent: str = ""

    def uses(self, digest: Digest) -> bool:
        """Whether the pull needs a manifest: its own, a pinned one, or a child of its index."""
        return digest in {self.digest, self.pull.image.digest, *self.children}


class DeploymentIndex:
    """Reads and writes entries. Writers are few and idempotent: the last one wins."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("index")

    async def of_repository(self, registry: str, repository: str) -> tuple[Entry, ...]:
        """Every pull of one repository."""
        rows = self._table.query(_partition(registry, repository))
        return tuple([unpack("entry", row, Entry) async for row in rows])

    async def of_pull(self, pull: Pull) -> Entry | None:
        """What is remembered of one pull."""
        row = await self._table.get(_partition_of(pull), pull.key)
        return unpack("entry", row, Entry) if row else None

    async def of_registry(self, registry: str) -> AsyncIterator[Entry]:
        """Every pull of one registry."""
        async for row in self._table.partitions(f"{registry}:"):
            yield unpack("entry", row, Entry)

    async def everything(self) -> AsyncIterator[Entry]:
        """Every pull of every registry."""
        async for row in self._table.partitions(""):
            yield unpack("entry", row, Entry)

    async def put(self, entries: Iterable[Entry]) -> None:
        """Write entries, whole."""
        partitions: dict[str, dict[str, Operation]] = defaultdict(dict)
        for entry in entries:
            put = Put(entry.pull.key, pack("entry", entry))
            partitions[_partition_of(entry.pull)][entry.pull.key] = put
        for partition, operations in partitions.items():
            for part in batched(operations.values(), BATCH, strict=False):
                await self._table.write(partition, part)

    async def remove(self, entries: Iterable[Entry]) -> None:
        """Forget pulls that are no longer deployed."""
        for entry in entries:
            with contextlib.suppress(ConflictError):  # already forgotten
                await self._table.write(_partition_of(entry.pull), [Delete(entry.pull.key)])


def _partition(registry: str, repository: str) -> str:
    return f"{registry}:{short_hash(repository)}"


def _partition_of(pull: Pull) -> str:
    return _partition(pull.image.registry, pull.image.repository)


def repositories(entries: Sequence[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Entries by (registry, repository)."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.pull.image.registry, entry.pull.image.repository].append(entry)
    return found
