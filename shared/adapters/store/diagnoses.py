"""The latest diagnosis of every pull, and beside it what changed: the outbox.

Both are in the registry's partition, so that one batch writes them together.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from itertools import batched

from msgspec import Struct

from shared.adapters.store.packing import PIECES, TooLargeError, pack, size, unpack, unpack_bytes
from shared.adapters.tables import (
    BATCH,
    ConflictError,
    Delete,
    Insert,
    Operation,
    Put,
    Row,
    Tables,
    Value,
    give_way,
)
from shared.domain.changes import OpenProblem, StatusChange, standing_after, status_change
from shared.domain.diagnosis import Diagnosis
from shared.domain.facts.base import Evidence
from shared.domain.findings import Outcome
from shared.domain.pulls import Pull

TOGETHER = 40
"""Diagnoses in one batch: two rows each, of Table Storage's 100."""
MOST_BYTES = 2_900_000
"""In one batch; Table Storage takes 4 MiB, in base64."""
MOST_IN_ROW = 960_000
"""A diagnosis and its evidence; Table Storage takes 1 MiB."""
PULL = "pull:"
"""The prefix of a pull's row."""
CHANGE = "change:"
"""The prefix of a status change's row."""
BRIEF = ("outcome", "reason")
"""Columns beside a packed diagnosis that say how it stands."""
LONGEST = 600
TRIES = 8
"""Conflicts in a row that one save outlives: each means that another writer got through."""


class Stored(Struct, frozen=True, kw_only=True):
    """A pull's row: its latest diagnosis and the problems that stand."""

    diagnosis: Diagnosis
    standing: tuple[OpenProblem, ...]


class Brief(Struct, frozen=True):
    """How one pull stands, without its diagnosis: many can be read at once.

    ``key`` is the pull's. ``reason`` says why an unknown one is unknown.
    """

    registry: str
    key: str
    outcome: Outcome
    reason: str = ""


class Diagnoses:
    """Saves diagnoses with their status changes, and hands the changes out until settled."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("diagnoses")
        self._settling: dict[str, asyncio.Lock] = {}

    async def save(self, found: Sequence[tuple[Diagnosis, Evidence]]) -> tuple[Pull, ...]:
        """Store diagnoses of one registry and what they changed, a batch for up to 40 of them.

        So the pulls of one job change together: an incident does not open with half of them.
        Fewer go into a batch where their evidence is large.
        An older diagnosis than the stored one changes nothing: deliveries come out of order.
        Returns the pulls of which nothing was stored although some of it is newer than what is.
        """
        contested: list[Pull] = []
        for part in batched(found, TOGETHER, strict=False):
            contested += await self._save(part)
        return tuple(contested)

    async def _save(self, part: Sequence[tuple[Diagnosis, Evidence]]) -> list[Pull]:
        registry = part[0][0].pull.image.registry
        for attempt in range(TRIES):
            rows = await asyncio.gather(*(self._row(diagnosis.pull) for diagnosis, _ in part))
            known = [_Known(row, unpack("stored", row, Stored)) if row else None for row in rows]
            operations = [
                operation
                for before, (diagnosis, evidence) in zip(known, part, strict=True)
                for operation in _write(before, diagnosis, evidence)
            ]
            if len(part) > 1 and _bytes(operations) > MOST_BYTES:
                half = len(part) // 2
                return [*await self._save(part[:half]), *await self._save(part[half:])]
            try:
                await self._table.write(registry, operations)
            except ConflictError:
                await give_way(attempt)
                continue
            pairs = zip(known, part, strict=True)
            return [found.pull for before, (found, _) in pairs if _is_contested(before, found)]
        raise ConflictError(f"{TRIES} writers in a row were faster for pulls of {registry}")

    async def _row(self, pull: Pull) -> Row | None:
        return await self._table.get(pull.image.registry, _key(pull))

    async def retire(self, registry: str, key: str, end: Callable[[Stored], StatusChange]) -> None:
        """Forget a pull that is no longer deployed; the problems that stand close with it."""
        for attempt in range(TRIES):
            row = await self._table.get(registry, PULL + key)
            if row is None:
                return
            change = end(unpack("stored", row, Stored))
            operations: list[Operation] = [Delete(row.key, row.etag)]
            if change.closed:
                operations.append(_outbox(change))
            try:
                await self._table.write(registry, operations)
            except ConflictError:  # a diagnosis was stored in between
                await give_way(attempt)
                continue
            return
        raise ConflictError(f"{TRIES} writers in a row were faster for a pull of {registry}")

    async def of_pull(self, pull: Pull) -> Stored | None:
        """The latest diagnosis of a pull."""
        row = await self._row(pull)
        return unpack("stored", row, Stored) if row else None

    async def evidence(self, pull: Pull) -> Evidence | None:
        """What the latest diagnosis was decided from."""
        row = await self._row(pull)
        data = unpack_bytes("evidence", row) if row else None
        return Evidence.from_json(data) if data else None

    async def everything(self) -> AsyncIterator[Stored]:
        """The latest diagnosis of every pull."""
        async for row in self._table.partitions("", rows=PULL):
            yield unpack("stored", row, Stored)

    async def having(self, incident: str) -> tuple[Stored, ...]:
        """The pulls that have an incident's problem, by their own rows. It reads them all."""
        columns = tuple(f"stored{number}" for number in range(PIECES))
        rows = self._table.partitions("", columns, PULL)
        found = [unpack("stored", row, Stored) async for row in rows]
        return tuple(s for s in found if any(item.incident == incident for item in s.standing))

    async def briefs(self) -> AsyncIterator[Brief]:
        """How every pull stands."""
        async for row in self._table.partitions("", BRIEF, PULL):
            outcome = Outcome[str(row.columns["outcome"]).upper()]
            reason = str(row.columns.get("reason", ""))
            yield Brief(row.partition, row.key.removeprefix(PULL), outcome, reason)

    async def unsettled(self, registry: str) -> tuple[StatusChange, ...]:
        """Status changes that no incident has taken in yet, oldest first."""
        rows = self._table.query(registry, CHANGE)
        return tuple([unpack("change", row, StatusChange) async for row in rows])

    async def registries_unsettled(self) -> frozenset[str]:
        """Registries with unsettled changes: what a crash left behind."""
        rows = self._table.partitions("", BRIEF, CHANGE)
        return frozenset([row.partition async for row in rows])

    def settling(self, registry: str) -> asyncio.Lock:
        """Who holds it empties the registry's outbox; in this process nobody does so beside them.

        It spares work, no more: other processes do not know of it.
        """
        return self._settling.setdefault(registry, asyncio.Lock())

    async def settle(self, changes: Sequence[StatusChange]) -> None:
        """The incidents know: drop the changes, of one registry, from the outbox."""
        for part in batched(changes, BATCH, strict=False):
            await self._drop(part)

    async def _drop(self, part: Sequence[StatusChange]) -> None:
        operations = [Delete(_change_key(change)) for change in part]
        try:
            await self._table.write(part[0].pull.image.registry, operations)
        except ConflictError:  # another worker settled some of them
            if len(part) > 1:
                for change in part:
                    await self._drop((change,))


class _Known(Struct, frozen=True):
    """A pull's row as it was read."""

    row: Row
    stored: Stored


def _write(before: _Known | None, diagnosis: Diagnosis, evidence: Evidence) -> list[Operation]:
    if before and not diagnosis.covers(before.stored.diagnosis):
        return []
    standing = before.stored.standing if before else ()
    change = status_change(standing, before.stored.diagnosis if before else None, diagnosis)
    stored = Stored(diagnosis=diagnosis, standing=standing_after(standing, diagnosis))
    columns = pack("stored", stored)
    columns |= _evidence_columns(evidence, MOST_IN_ROW - size(columns)) | _brief(diagnosis)
    key = _key(diagnosis.pull)
    put: Operation = Put(key, columns, before.row.etag) if before else Insert(key, columns)
    return [put, _outbox(change)] if change else [put]


def _is_contested(before: _Known | None, found: Diagnosis) -> bool:
    """Whether neither of two looks is older in everything."""
    if before is None:
        return False
    stored = before.stored.diagnosis
    return not found.covers(stored) and not stored.covers(found)


def _brief(diagnosis: Diagnosis) -> dict[str, Value]:
    unknown = (r for r in diagnosis.results if r.outcome is Outcome.UNKNOWN and not r.advisory)
    reason = next((result.reason for result in unknown), "")
    blind = diagnosis.outcome is Outcome.UNKNOWN
    return {"outcome": diagnosis.outcome.label, "reason": reason[:LONGEST] if blind else ""}


def _evidence_columns(evidence: Evidence, room: int) -> dict[str, Value]:
    """Without room for it a replay is impossible, but the diagnosis stands."""
    try:
        columns = pack("evidence", evidence.to_json())
    except TooLargeError:
        return {}
    return columns if size(columns) <= room else {}


def _bytes(operations: Iterable[Operation]) -> int:
    return sum(size(one.columns) for one in operations if not isinstance(one, Delete))


def _outbox(change: StatusChange) -> Operation:
    return Put(_change_key(change), pack("change", change))


def _change_key(change: StatusChange) -> str:
    return f"{CHANGE}{_sortable(change.at)}:{change.id}"


def _key(pull: Pull) -> str:
    return PULL + pull.key


def _sortable(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S.%f")
