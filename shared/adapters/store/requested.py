"""On-demand checks that somebody waits for."""

from datetime import datetime

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import Put, Tables
from shared.domain.diagnosis import Diagnosis


class Requested(Struct, frozen=True, kw_only=True):
    """An on-demand check; ``diagnoses`` is None while it runs, ``failed`` says why it ended."""

    id: str
    asked: datetime
    image: str
    diagnoses: tuple[Diagnosis, ...] | None = None
    failed: str = ""


class RequestedChecks:
    """Keeps on-demand checks."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("requested")

    async def put(self, requested: Requested) -> None:
        """Store the state of a check."""
        await self._table.write("requested", [Put(requested.id, pack("requested", requested))])

    async def get(self, check: str) -> Requested | None:
        """A check by its id."""
        row = await self._table.get("requested", check)
        return unpack("requested", row, Requested) if row else None
