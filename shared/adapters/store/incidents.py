"""Incidents: one row each, so that an update is one conditional write."""

from collections.abc import AsyncIterator, Callable

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import ConflictError, Insert, Operation, Put, Tables
from shared.domain.incidents import Incident

PARTITION = "incidents"
TRIES = 20
"""Conflicts in a row that one update outlives: jobs of one sweep may share an incident."""


class Incidents:
    """Reads incidents and changes them without losing anybody's change."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("incidents")

    async def get(self, incident_id: str) -> Incident | None:
        """One incident, open or resolved."""
        row = await self._table.get(PARTITION, incident_id)
        return unpack("incident", row, Incident) if row else None

    async def change(
        self, incident_id: str, decide: Callable[[Incident | None], Incident | None]
    ) -> Incident | None:
        """Apply a pure function to an incident until nobody else wrote in between.

        ``decide`` returns None to leave things as they are. Returns what stands afterwards.
        """
        for _ in range(TRIES):
            row = await self._table.get(PARTITION, incident_id)
            before = unpack("incident", row, Incident) if row else None
            after = decide(before)
            if after is None or after == before:
                return before
            columns = pack("incident", after) | {"open": after.open}
            write: Operation = (
                Put(incident_id, columns, row.etag) if row else Insert(incident_id, columns)
            )
            try:
                await self._table.write(PARTITION, [write])
            except ConflictError:
                continue
            return after
        raise ConflictError(f"{TRIES} writers in a row were faster for incident {incident_id}")

    async def everything(self) -> AsyncIterator[Incident]:
        """All incidents, open and resolved."""
        async for row in self._table.query(PARTITION):
            yield unpack("incident", row, Incident)

    async def open(self) -> tuple[Incident, ...]:
        """The open ones, worst first, then oldest."""
        found = [incident async for incident in self.everything() if incident.open]
        return tuple(sorted(found, key=lambda i: (-i.outcome, i.opened)))
