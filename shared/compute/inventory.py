"""Resources over many subscriptions, through Resource Graph."""

from collections.abc import Iterable, Iterator
from itertools import batched

from msgspec import Struct

from shared.adapters.concurrency import each
from shared.adapters.resilience import remembered
from shared.compute.reading import text
from shared.compute.sources import ArmReader, Json
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError

SUBSCRIPTIONS_API = "2022-12-01"
SUBSCRIPTIONS_A_QUERY = 200


class Found(Struct, frozen=True):
    """Resources as Resource Graph holds them, what could not be looked at, and where was looked."""

    resources: tuple[Json, ...]
    gaps: tuple[Gap, ...] = ()
    subscriptions: frozenset[str] = frozenset()


class Inventory:
    """
    Resource Graph with honest edges.

    It leaves out subscriptions that the caller cannot read without a word, so these are
    compared with what ARM lists. It lags behind ARM by minutes: good for finding, not for verdicts.
    """

    def __init__(self, arm: ArmReader, seconds: float = 0.0) -> None:
        """Remember what was found for some seconds."""
        self._arm = arm
        self._find = remembered(self._read, seconds=seconds)

    async def find(self, types: Iterable[str], subscriptions: tuple[str, ...]) -> Found:
        """Resources of some types (id, name, type, kind, location, identity, properties)."""
        return await self._find((tuple(types), subscriptions))

    async def _read(self, what: tuple[tuple[str, ...], tuple[str, ...]]) -> Found:
        types, subscriptions = what
        named = ", ".join(f"'{name.lower()}'" for name in types)
        kql = (
            f"resources | where type in~ ({named})"
            " | project id, name, type, kind, location, identity, properties | order by id asc"
        )
        try:
            readable = await self.subscriptions()
        except CouldNotLookError as why:
            return Found((), (Gap("/subscriptions", str(why)),))
        wanted = [one.lower() for one in subscriptions] or sorted(readable)
        seen = [one for one in wanted if one in readable]
        parts = await each(
            batched(seen, SUBSCRIPTIONS_A_QUERY, strict=False), lambda ids: self._ask(kql, ids)
        )
        return Found(
            tuple(resource for part in parts for resource in part.resources),
            (*_unread(wanted, readable), *(gap for part in parts for gap in part.gaps)),
            frozenset(seen),
        )

    async def subscriptions(self) -> frozenset[str]:
        """
        The ids, in lower case, of the subscriptions that the monitor can read.

        Raises:
            CouldNotLookError: ARM did not list them.

        """
        listed = await self._arm.list("/subscriptions", SUBSCRIPTIONS_API)
        return frozenset(text(one, "subscriptionId").lower() for one in listed)

    async def _ask(self, kql: str, subscriptions: tuple[str, ...]) -> Found:
        try:
            return Found(await self._arm.query(kql, subscriptions))
        except CouldNotLookError as why:
            return Found((), tuple(Gap(f"/subscriptions/{one}", str(why)) for one in subscriptions))


def _unread(wanted: list[str], readable: frozenset[str]) -> Iterator[Gap]:
    if not wanted:
        yield Gap("/subscriptions", "the monitor can read no subscription")
    for one in wanted:
        if one not in readable:
            reason = "no such subscription, or the monitor has no role in it"
            yield Gap(f"/subscriptions/{one}", reason)
