"""Every registry, and how the pulls from it stand."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from shared.adapters.store.diagnoses import Brief
from shared.adapters.store.index import Entry
from shared.domain.diagnosis import Gap
from shared.domain.findings import Outcome
from shared.domain.pulls import Pull
from shared.pipeline.services import Services

PATIENCE = 8.0
"""Seconds that reading the registries from Azure may take; then it is a gap."""
MOST_REASONS = 20
MOST_NAMES = 10
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


class Unjudged(Struct, frozen=True, order=True):
    """Why pulls could not be judged, and how many; ``names`` are the workloads of some of them."""

    reason: str
    pulls: int
    names: tuple[str, ...] = ()


class Overview(Struct, frozen=True, kw_only=True):
    """The answer of ``GET /api/registries``, the worst registry first.

    ``gaps`` could not be looked at; ``unjudged`` is why the latest diagnoses are unknown.
    """

    at: datetime
    registries: tuple[Standing, ...]
    gaps: tuple[Gap, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Pulls by label, over all registries."""
        return _ordered(sum((Counter(one.counts) for one in self.registries), Counter()))


async def overview(services: Services, deployed: Iterable[Entry]) -> Overview:
    """How every registry stands, by the latest diagnosis of each deployed pull."""
    (ids, gaps), briefs = await asyncio.gather(_known(services), _briefs(services))
    pulls = {one.pull.key: one.pull for one in deployed}
    counts = _counts(briefs, {key: pull.image.registry for key, pull in pulls.items()})
    standings = (
        Standing(registry=host, resource_id=ids.get(host, ""), counts=_ordered(counts[host]))
        for host in sorted(ids.keys() | counts.keys())
    )
    return Overview(
        at=services.now(),
        registries=tuple(sorted(standings, key=_severity)),
        gaps=gaps,
        unjudged=_unjudged(briefs, pulls),
    )


async def _known(services: Services) -> tuple[dict[str, str], tuple[Gap, ...]]:
    """Resource ids by login server. That Azure is slow is a gap, not a reason for no answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            found = await services.registry.registries()
    except TimeoutError:
        return {}, (Gap("registries", f"Azure took more than {PATIENCE:g} s"),)
    return {one.login_server: one.resource_id for one in found.known}, found.gaps


async def _briefs(services: Services) -> list[Brief]:
    return [brief async for brief in services.store.diagnoses.briefs()]


def _counts(briefs: Iterable[Brief], deployed: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Pulls by registry and label; ``deployed`` tells the registry of each by its key."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    judged = set()
    for brief in briefs:
        judged.add(brief.key)
        counts[brief.registry][brief.outcome.label] += 1
    for key, registry in deployed.items():
        if key not in judged:
            counts[registry][WAITING] += 1
    return counts


def _unjudged(briefs: Iterable[Brief], deployed: Mapping[str, Pull]) -> tuple[Unjudged, ...]:
    keys: dict[str, list[str]] = defaultdict(list)
    for brief in briefs:
        if brief.outcome is Outcome.UNKNOWN:
            keys[brief.reason or "no reason was recorded"].append(brief.key)
    most = sorted(keys.items(), key=lambda one: -len(one[1]))[:MOST_REASONS]
    return tuple(Unjudged(why, len(own), _names(own, deployed)) for why, own in most)


def _names(keys: Iterable[str], deployed: Mapping[str, Pull]) -> tuple[str, ...]:
    found = {deployed[key].workload.name for key in keys if key in deployed}
    return tuple(sorted(found))[:MOST_NAMES]


LABELS = (*(outcome.label for outcome in reversed(Outcome)), WAITING)


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {label: counts[label] for label in LABELS if counts[label]}


def _severity(one: Standing) -> tuple[int, ...]:
    return tuple(-one.counts.get(label, 0) for label in LABELS)
