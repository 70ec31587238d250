"""Incidents of any size, and many workers on one of them."""

import asyncio
import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from shared.adapters.store import packing
from shared.adapters.store.incidents import Incidents
from shared.domain.findings import Finding, Outcome
from shared.domain.images import Digest
from shared.domain.incidents import Affected, Incident
from shared.domain.pulls import Cause, CauseKind, Standing
from tests.support.fakes import START, pull
from tests.support.memory_tables import MemoryTables

RANDOM = random.Random(1)  # noqa: S311 - no secret


def incident(pulls: int) -> Incident:
    hits = [pull(f"svc-{RANDOM.randbytes(8).hex()}", f"team/r{n}:v1") for n in range(pulls)]
    hits = [replace(p, running=Digest(f"sha256:{RANDOM.randbytes(32).hex()}")) for p in hits]
    return Incident(
        id="i",
        finding=Finding("BAD", Outcome.FAIL, "contoso.azurecr.io", "bad"),
        opened=START,
        updated=START,
        cause=Cause(kind=CauseKind.SWEEP, at=START),
        affected=tuple(Affected(p, START + timedelta(seconds=n)) for n, p in enumerate(hits)),
        applied={p.key: START for p in hits},
    )


async def test_an_incident_that_hits_ten_thousand_pulls_is_kept() -> None:
    store = Incidents(MemoryTables())
    large = incident(10_000)
    await store.change("i", lambda _: large)
    assert await store.get("i") == large

    small = replace(large, affected=large.affected[:1], applied={})
    await store.change("i", lambda _: small)

    assert await store.get("i") == small
    assert [one async for one in store.everything()] == [small]
    assert await store.get("other") is None


async def test_incidents_with_ids_that_begin_alike_are_told_apart() -> None:
    store = Incidents(MemoryTables())
    one, other = incident(1), replace(incident(2), id="i2")
    await store.change("i", lambda _: one)
    await store.change("i2", lambda _: other)

    assert (await store.get("i"), await store.get("i2")) == (one, other)
    assert [found async for found in store.everything()] == [one, other]


async def test_eighty_workers_change_one_incident_and_every_change_counts() -> None:
    class Slow(MemoryTables):
        """Every read gives others a turn."""

    store = Incidents(Slow())
    await store.change("i", lambda _: incident(1))

    def more(current: Incident | None) -> Incident | None:
        assert current
        return replace(current, episode=current.episode + 1)

    await asyncio.gather(*(store.change("i", more) for _ in range(80)))

    found = await store.get("i")
    assert found is not None
    assert found.episode == 81


@pytest.mark.parametrize("pulls", [100, 60_000])
async def test_an_incident_is_never_too_large_to_be_written(
    monkeypatch: pytest.MonkeyPatch, pulls: int
) -> None:
    if pulls == 100:
        monkeypatch.setattr(packing, "PIECE", 100)
    store = Incidents(MemoryTables())
    large = incident(pulls)
    kept = await store.change("i", lambda _: large)
    assert kept == await store.get("i")
    assert kept is not None
    assert kept.crowded
    assert pulls / 8 < len(kept.affected) < pulls


async def test_those_in_use_are_named_before_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PIECE", 100)
    store = Incidents(MemoryTables())
    large = incident(100)
    idle = [Affected(replace(h.pull, standing=Standing.IDLE), h.since) for h in large.affected[:90]]
    mixed = replace(large, affected=(*idle, *large.affected[90:]))
    kept = await store.change("i", lambda _: mixed)
    assert kept is not None
    assert kept.crowded
    assert set(large.affected[90:]) <= set(kept.affected)
