"""The deployment index: which pull uses which repository, tag and digest.

It is the only memory of what a deleted tag pointed to: events of a deletion do not say.
One partition per repository of a registry, one row per pull.
"""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import (
    BATCH,
    ConflictError,
    Delete,
    Insert,
    Put,
    Row,
    Tables,
    give_way,
)
from shared.domain.facts.registry import ImageContent
from shared.domain.forecast import Foreseen
from shared.domain.images import Digest
from shared.domain.pulls import Pull, short_hash
from shared.domain.removals import Removal, RemovalKind

TRIES = 8
"""Conflicts in a row that one change outlives."""
AT_ONCE = 16
"""Partitions that are read or written at the same time."""


class Entry(Struct, frozen=True, kw_only=True):
    """One pull in the index.

    ``seen`` is when it was first found. ``digest`` is what its reference last resolved to;
    ``content`` what that consists of, where it is an index of several images: it never changes,
    so no process has to read it again. ``gone`` says that the reference was last seen not to
    resolve, ``lost`` are children of its index that were last seen not to be there. ``foreseen`` is
    what clean-ups will take of it first, as last foretold.

    ``tags`` are all that were on the digest when it was last looked at, ``source`` and ``revision``
    what its labels say of its origin, ``pushed`` when it was last pushed, as far as is known.
    ``removal`` is the latest one that took it, by an event or a
    resource log. ``missed`` is when a discovery first did not find the workload. ``version`` is
    that of the row it was read from.
    """

    pull: Pull
    seen: datetime
    digest: Digest = Digest("")
    content: ImageContent | None = None
    resolved: datetime | None = None
    gone: bool = False
    foreseen: Foreseen | None = None
    lost: tuple[Digest, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    revision: str = ""
    pushed: datetime | None = None
    removal: Removal | None = None
    missed: datetime | None = None
    version: str = ""

    def taken_by(self, removal: Removal) -> bool:
        """Whether a removal takes what the pull needs, as far as is known of it."""
        image = self.pull.image
        if removal.takes(image):
            return True
        spares = removal.kind is RemovalKind.UNTAGGED
        return not spares and bool(removal.digest) and self.uses(removal.digest)

    def uses(self, digest: Digest) -> bool:
        """Whether the pull needs a manifest: its own, a pinned one, or a child of its index."""
        children = self.content.children if self.content else ()
        return digest in {self.digest, self.pull.image.digest, *(one.digest for one in children)}


class DeploymentIndex:
    """Reads and writes entries, which several writers know different things of."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("index")

    async def of_repository(self, registry: str, repository: str) -> tuple[Entry, ...]:
        """Every pull of one repository."""
        rows = self._table.query(_partition(registry, repository))
        return tuple([_entry(row) async for row in rows])

    async def of_pull(self, pull: Pull) -> Entry | None:
        """What is remembered of one pull."""
        row = await self._table.get(_partition_of(pull), pull.key)
        return _entry(row) if row else None

    async def of_pulls(self, pulls: Collection[Pull]) -> dict[Pull, Entry]:
        """What is remembered of many pulls, where anything is: one query for each repository."""
        partitions: dict[str, list[Pull]] = defaultdict(list)
        for pull in pulls:
            partitions[_partition_of(pull)].append(pull)
        found = await each(partitions.values(), self._of_partition, at_once=AT_ONCE)
        return {pull: entry for part in found for pull, entry in part.items()}

    async def _of_partition(self, pulls: Sequence[Pull]) -> dict[Pull, Entry]:
        if len(pulls) == 1:
            entry = await self.of_pull(pulls[0])
            return {pulls[0]: entry} if entry else {}
        image = pulls[0].image
        entries = await self.of_repository(image.registry, image.repository)
        known = {entry.pull.key: entry for entry in entries}
        return {pull: known[pull.key] for pull in pulls if pull.key in known}

    async def of_registry(self, registry: str) -> AsyncIterator[Entry]:
        """Every pull of one registry."""
        async for row in self._table.partitions(f"{registry}:"):
            yield _entry(row)

    async def everything(self) -> AsyncIterator[Entry]:
        """Every pull of every registry."""
        async for row in self._table.partitions(""):
            yield _entry(row)

    async def listed(self) -> tuple[Entry, ...]:
        """Every pull of every registry, at once. The service reads the whole table for it."""
        return tuple([entry async for entry in self.everything()])

    async def put(self, entries: Iterable[Entry]) -> None:
        """Write new entries. One that somebody else wrote first stays: more is known of it."""
        await each(_batches(entries), self._add, at_once=AT_ONCE)

    async def _add(self, part: Sequence[Entry]) -> None:
        try:
            await self._table.write(_partition_of(part[0].pull), [_insert(one) for one in part])
        except ConflictError:  # some are there
            if len(part) > 1:
                for entry in part:
                    await self._add((entry,))

    async def revise(self, entries: Iterable[Entry], change: Callable[[Entry], Entry]) -> None:
        """Change entries that were read.

        Where somebody else wrote since, their entry is changed; one that was forgotten stays so.
        """

        async def write(part: Sequence[Entry]) -> None:
            await self._revise(part, change)

        await each(_batches(entries), write, at_once=AT_ONCE)

    async def _revise(self, part: Sequence[Entry], change: Callable[[Entry], Entry]) -> None:
        partition = _partition_of(part[0].pull)
        for attempt in range(TRIES):
            changed = [(old, change(old)) for old in part]
            operations = [_put(new, old.version) for old, new in changed if new != old]
            try:
                await self._table.write(partition, operations)
            except ConflictError:
                await give_way(attempt)
                part = [now for old in part if (now := await self.of_pull(old.pull))]
                continue
            return
        raise ConflictError(f"{TRIES} writers in a row were faster for pulls in {partition}")

    async def remove(self, entries: Iterable[Entry]) -> None:
        """Forget pulls that are no longer deployed."""
        for entry in entries:
            with contextlib.suppress(ConflictError):  # already forgotten
                await self._table.write(_partition_of(entry.pull), [Delete(entry.pull.key)])


def _entry(row: Row) -> Entry:
    return replace(unpack("entry", row, Entry), version=row.etag)


def _insert(entry: Entry) -> Insert:
    return Insert(entry.pull.key, pack("entry", replace(entry, version="")))


def _put(entry: Entry, version: str) -> Put:
    return Put(entry.pull.key, pack("entry", replace(entry, version="")), version)


def _batches(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    partitions: dict[str, dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        partitions[_partition_of(entry.pull)][entry.pull.key] = entry
    for own in partitions.values():
        yield from batched(own.values(), BATCH, strict=False)


def _partition(registry: str, repository: str) -> str:
    return f"{registry}:{short_hash(repository)}"


def _partition_of(pull: Pull) -> str:
    return _partition(pull.image.registry, pull.image.repository)


def lasting(content: ImageContent) -> ImageContent | None:
    """What of an index holds for ever: not whether its children were there. None for an image."""
    children = tuple(replace(child, present=None) for child in content.children)
    return replace(content, children=children, missing=(), blobs_asked=False) if children else None


def repositories(entries: Sequence[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Entries by (registry, repository)."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.pull.image.registry, entry.pull.image.repository].append(entry)
    return found
