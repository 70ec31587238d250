"""Every registry, and how the pulls from it stand."""

import asyncio
from collections import Counter, defaultdict
from datetime import datetime

from msgspec import Struct

from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.pipeline.services import Services

PATIENCE = 8.0
"""Seconds that reading the registries from Azure may take; then it is a gap."""
WAITING = "waiting"
"""The label of pulls that are deployed but were not diagnosed yet."""


class Standing(Struct, frozen=True, kw_only=True):
    """One registry: outcome label (or ``waiting``) -> number of pulls."""

    registry: str
    resource_id: str = ""
    counts: dict[str, int]

    @property
    def pulls(self) -> int:
        return sum(self.counts.values())


class Overview(Struct, frozen=True, kw_only=True):
    """The answer of ``GET /api/registries``. ``gaps`` could not be looked at."""

    at: datetime
    registries: tuple[Standing, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """Pulls by label, over all registries."""
        return sum((Counter(one.counts) for one in self.registries), Counter())


async def overview(services: Services) -> Overview:
    """How every registry stands, by the latest diagnosis of each deployed pull."""
    (ids, gaps), counts = await asyncio.gather(_known(services), _counts(services))
    standings = (
        Standing(registry=host, resource_id=ids.get(host, ""), counts=_ordered(counts[host]))
        for host in sorted(ids.keys() | counts.keys())
    )
    worst_first = sorted(standings, key=_severity)
    return Overview(at=services.now(), registries=tuple(worst_first), gaps=gaps)


async def _known(services: Services) -> tuple[dict[str, str], tuple[Gap, ...]]:
    """Resource ids by login server. That Azure is slow is a gap, not a reason for no answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            found = await services.registry.registries()
    except TimeoutError:
        return {}, (Gap("registries", f"Azure took more than {PATIENCE:g} s"),)
    return {one.login_server: one.resource_id for one in found.known}, found.gaps


async def _counts(services: Services) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    deployed = {e.pull.key: e.pull.image.registry async for e in services.store.index.everything()}
    async for stored in services.store.diagnoses.everything():
        pull = stored.diagnosis.pull
        deployed.pop(pull.key, None)
        counts[pull.image.registry][stored.diagnosis.outcome.label] += 1
    for registry in deployed.values():
        counts[registry][WAITING] += 1
    return counts


LABELS = (*(outcome.label for outcome in reversed(Outcome)), WAITING)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {label: counts[label] for label in LABELS if counts[label]}


def _severity(one: Standing) -> tuple[int, ...]:
    return tuple(-one.counts.get(label, 0) for label in LABELS)
