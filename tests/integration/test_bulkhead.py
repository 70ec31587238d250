"""Bulkheads: however much bulk work waits for a slow registry, urgent work goes on as ever."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from statistics import median

import msgspec
import pytest
import pytest_asyncio

from local.stack import Stack
from shared.adapters.queue import Outgoing
from shared.domain.images import ImageReference
from shared.domain.pulls import Cause, CauseKind, Compute, Job, Pull, Workload
from tests.support.fleet import REGISTRY, ship, write_fleet
from tests.support.live import BY_HAND, Live

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

FLOOD = 300
MEASURED = 5
SLOW = "slow.azurecr.io"
HELD_BACK = 2.0
"""Seconds that the slow registry takes for each answer."""
JITTER = 0.5
"""Seconds that a busy machine may add to any latency."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("bulkhead")
    estate = write_fleet(state, 2 * MEASURED + 2, registries=("slow",))
    async with Live.on(Stack(state, estate=estate, settings=BY_HAND)) as running:
        await running.swept()
        yield running


async def test_a_flood_of_bulk_jobs_does_not_slow_an_urgent_alert(live: Live) -> None:
    await _latency(live, 0)  # connections and caches
    idle = [await _latency(live, number) for number in range(1, MEASURED + 1)]
    await live.do("fault", host=SLOW, trouble="slow", seconds=HELD_BACK)
    await live.queues.send("jobs-bulk", *map(_bulk_job, range(FLOOD)))
    flooded = [await _latency(live, MEASURED + number) for number in range(1, MEASURED + 1)]
    waiting = await live.queues.due("jobs-bulk")
    assert waiting > FLOOD / 2, "the flood lasted throughout"
    assert median(flooded) < 2 * median(idle) + JITTER, (idle, flooded)


async def _latency(live: Live, number: int) -> float:
    """Seconds from the deletion of a ship's image to its card."""
    before, started = await live.newest(), time.monotonic()
    await live.do("delete", image=f"fleet/{ship(number)}:1.0")
    card = await live.card("FAIL", f"{REGISTRY}/{ship(number)}", after=before)
    await live.mail("FAIL", f"{REGISTRY}/{ship(number)}", after=before)
    return card.monotonic_ms / 1000 - started


def _bulk_job(number: int) -> Outgoing:
    """A job of a sweep for one pull from the slow registry."""
    image = ImageReference(SLOW, ship(number % 10), "1.0")
    pull = Pull(Workload(f"/bulk/{number}", Compute.AKS, f"bulk-{number}"), image)
    cause = Cause(kind=CauseKind.SWEEP, at=datetime.now(UTC))
    job = Job(id=f"bulk-{number}", registry=SLOW, pulls=(pull,), cause=cause, sweep="flood")
    return Outgoing(job.id, msgspec.json.encode(job))
