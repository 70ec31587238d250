"""What each registry's clean-up plan was when it was last read: a change of it is news."""

from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import Struct

from shared.adapters.store.packing import pack, unpack
from shared.adapters.tables import Put, Tables
from shared.domain.forecast import SeenPlan

PARTITION = "plans"


class KeptPlan(Struct, frozen=True):
    """A plan, and when it was last read."""

    plan: SeenPlan
    read: datetime


class Plans:
    """One row for each registry, by its login server."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("plans")

    async def get(self, registry: str) -> KeptPlan | None:
        """The plan of a registry as it was last read; None before that."""
        row = await self._table.get(PARTITION, registry)
        return unpack("plan", row, KeptPlan) if row else None

    async def put(self, registry: str, plan: KeptPlan) -> None:
        """Remember what was read."""
        await self._table.write(PARTITION, [Put(registry, pack("plan", plan))])

    async def everything(self) -> AsyncIterator[tuple[str, KeptPlan]]:
        """Every registry's plan."""
        async for row in self._table.query(PARTITION):
            yield row.key, unpack("plan", row, KeptPlan)
