"""On-demand checks that somebody waits for."""

from datetime import datetime

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import Put, Tables
from shared.domain.diagnosis import Diagnosis
from shared.domain.health import RegistryHealth


class Requested(Struct, frozen=True, kw_only=True):
    """An on-demand check of an image or of a registry.

    ``diagnoses``, or ``health`` for a registry, is None while it runs; ``failed`` says why it
    ended without. ``left_out`` are workloads that use the image and are not among the diagnoses:
    ask with their ``workload``, or see the dashboard.
    """

    id: str
    asked: datetime
    image: str = ""
    registry: str = ""
    diagnoses: tuple[Diagnosis, ...] | None = None
    health: RegistryHealth | None = None
    failed: str = ""
    left_out: int = 0

    @property
    def over(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.diagnoses is not None or self.health is not None or bool(self.failed)


class RequestedChecks:
    """Keeps on-demand checks."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("requested")

    async def put(self, requested: Requested) -> None:
        """Store the state of a check."""
        await self._table.write("requested", [Put(requested.id, pack("requested", requested))])

    async def forget(self, before: datetime) -> int:
        """Forget checks from before a time. Returns how many."""
        return await self._table.forget("requested", before)

    async def get(self, check: str) -> Requested | None:
        """A check by its id."""
        row = await self._table.get("requested", check)
        return unpack("requested", row, Requested) if row else None
