"""Incidents: one row each, so that an update is one conditional write.

One that hits many thousand pulls does not fit into a row; what is left is in rows beside it, which
are written with it. What does not fit there either, some 36,000 pulls, goes without names: an
incident is never too large to be written.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby

from msgspec import Struct

from shared.adapters.store.packing import TooLargeError, TornError, gather, spread
from shared.adapters.tables import (
    ConflictError,
    Delete,
    Insert,
    Operation,
    Put,
    Row,
    Tables,
    give_way,
)
from shared.domain.crowds import shed
from shared.domain.incidents import Incident

PARTITION = "incidents"
BESIDE = "~"
"""Between an incident's id and the number of a row beside its own."""
TRIES = 20
"""Conflicts in a row that one update outlives: jobs of one sweep may share an incident."""


class Kept(Struct, frozen=True):
    """An incident and the rows that it was read from."""

    incident: Incident
    rows: tuple[Row, ...]


class Incidents:
    """Reads incidents and changes them without losing anybody's change."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("incidents")

    async def get(self, incident_id: str) -> Incident | None:
        """One incident, open or resolved."""
        kept = await self._read(incident_id)
        return kept.incident if kept else None

    async def change(
        self, incident_id: str, decide: Callable[[Incident | None], Incident | None]
    ) -> Incident | None:
        """Apply a pure function to an incident until nobody else wrote in between.

        ``decide`` returns None to leave things as they are. Returns what stands afterwards.
        """
        for attempt in range(TRIES):
            kept = await self._read(incident_id)
            before = kept.incident if kept else None
            after = decide(before)
            if after is None or after == before:
                return before
            after, operations = _fitting(kept, after)
            try:
                await self._table.write(PARTITION, operations)
            except ConflictError:
                await give_way(attempt)
                continue
            return after
        raise ConflictError(f"{TRIES} writers in a row were faster for incident {incident_id}")

    async def everything(self) -> AsyncIterator[Incident]:
        """All incidents, open and resolved."""
        rows = [row async for row in self._table.query(PARTITION)]
        for incident_id, own in groupby(rows, lambda row: row.key.partition(BESIDE)[0]):
            try:
                yield gather("incident", own, Incident)
            except TornError:
                found = await self.get(incident_id)
                if found:
                    yield found

    async def open(self) -> tuple[Incident, ...]:
        """The open ones, worst first, then oldest."""
        found = [incident async for incident in self.everything() if incident.open]
        return tuple(sorted(found, key=lambda i: (-i.outcome, i.opened)))

    async def forget(self, before: datetime) -> int:
        """Forget incidents that ended before a time. Returns how many."""
        old = [one async for one in self.everything() if one.resolved and one.resolved < before]
        count = 0
        for incident in old:
            kept = await self._read(incident.id)
            if kept is None or kept.incident != incident:
                continue
            first, *beside = kept.rows
            gone = [Delete(first.key, first.etag), *(Delete(row.key) for row in beside)]
            with suppress(ConflictError):  # it came back
                await self._table.write(PARTITION, gone)
                count += 1
        return count

    async def _read(self, incident_id: str) -> Kept | None:
        for attempt in range(TRIES):
            found = [row async for row in self._table.query(PARTITION, incident_id)]
            rows = [row for row in found if row.key.partition(BESIDE)[0] == incident_id]
            try:
                return Kept(gather("incident", rows, Incident), tuple(rows)) if rows else None
            except TornError:
                await give_way(attempt)
        raise ConflictError(f"incident {incident_id} is written faster than it can be read")


def _fitting(kept: Kept | None, after: Incident) -> tuple[Incident, Sequence[Operation]]:
    """What is written: an incident that is too large for its rows sheds names until it fits."""
    try:
        return after, _write(kept, after)
    except TooLargeError:
        smaller = shed(after)
        if smaller == after:
            raise
        return _fitting(kept, smaller)


def _write(kept: Kept | None, after: Incident) -> Sequence[Operation]:
    """The first row is written only if it is still as it was read; the others go with it."""
    first, *beside = spread("incident", after)
    before = kept.rows if kept else ()
    columns = first | {"open": after.open}
    one: Operation = Put(after.id, columns, before[0].etag) if before else Insert(after.id, columns)
    more = [Put(f"{after.id}{BESIDE}{n}", part) for n, part in enumerate(beside, 1)]
    old = [Delete(row.key) for row in before[1 + len(beside) :]]
    return [one, *more, *old]
