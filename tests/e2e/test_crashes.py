"""Processes die in the middle of work: no job is lost, and no alert is sent twice."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import batched
from typing import Any

import pytest
import pytest_asyncio

from local.inbox.messages import Message
from local.story.scene import headline, readable
from shared.adapters.store import Store
from shared.domain.findings import Outcome
from shared.domain.pulls import CauseKind
from tests.support.fleet import ship, write_fleet
from tests.support.live import BY_HAND, Live, Unsubscribed, write_queues
from tests.support.recorded import event
from tests.support.waiting import wait_until

type Json = dict[str, Any]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]

SUNK, AFLOAT = 40, 160
WITHOUT_TABLES, WITHOUT_BROKER = range(200, 210), range(210, 220)
JOBS = SUNK + AFLOAT
LOCK_SECONDS = 3.0
AFLOAT_AS_EVER = (CauseKind.PUSHED, Outcome.PASS)
AT_ONCE = 8
"""Calls of one function at the same time (host.json): what one kill can cut off."""
TOGETHER = 20
"""Events in one delivery."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("crashes")
    stack = Unsubscribed(
        state,
        estate=write_fleet(state, WITHOUT_BROKER.stop),
        queues=write_queues(state, lock_seconds=LOCK_SECONDS),
        settings=BY_HAND,
    )
    async with Live.on(stack) as running:
        await running.swept()
        yield running


async def test_a_host_that_is_killed_twice_amid_200_jobs_loses_none_and_repeats_no_alert(
    live: Live,
) -> None:
    before = await live.newest()
    sunk = {ship(number) for number in range(SUNK)}
    afloat = {ship(number) for number in range(SUNK, JOBS)}
    events = await _sink(live, f"ship-0[0-{SUNK // 10 - 1}].", SUNK)
    registry, digest = await _registry(live), events[0]["data"]["target"]["digest"]
    events += [
        event("event-grid", "image_pushed", registry, name, digest=digest, tag="1.0")
        for name in sorted(afloat)
    ]
    for part in batched(events, TOGETHER, strict=False):
        assert (await live.post_event(part)).status == 202
    for left in (0.8 * JOBS, 0.4 * JOBS):
        await _kill_amid_jobs(live, left)
    await _all_told(live, sunk, before)
    verdicts = await _verdicts(live)
    odd = {name: seen for name in afloat if (seen := verdicts[name]) != AFLOAT_AS_EVER}
    assert odd == {}, await _findings(live, odd)


async def test_an_outage_of_table_storage_amid_jobs_costs_nothing_but_time(live: Live) -> None:
    before = await live.newest()
    sunk = {ship(number) for number in WITHOUT_TABLES}
    *early, late = await _sink(live, "ship-20.", len(sunk))
    assert (await live.post_event(early)).status == 202
    await live.stack.end("tables")
    assert await live.queues.due("jobs-urgent"), "the outage came in the middle"
    refused = await live.post_event([late])
    assert refused.status == 500, "Event Grid is to deliver it again"
    await live.stack.start("tables")
    assert (await live.post_event([late])).status == 202
    await _all_told(live, sunk, before)


async def test_a_broker_that_is_killed_amid_jobs_loses_no_message(live: Live) -> None:
    before = await live.newest()
    sunk = {ship(number) for number in WITHOUT_BROKER}
    *early, late = await _sink(live, "ship-21.", len(sunk))
    assert (await live.post_event(early)).status == 202
    await live.stack.kill("servicebus")
    meanwhile = asyncio.create_task(live.post_event([late]))
    await live.stack.start("servicebus")
    if (await meanwhile).status != 202:
        await live.delivered([late])
    await _all_told(live, sunk, before)


async def _all_told(live: Live, sunk: set[str], before: int) -> None:
    """Wait until every ship was told on both channels, and nothing is left to do.

    Each was told once: by an alert, or, where it was cut off while it was being sent, by a notice,
    or by both, which says so.
    """
    channels = ("teams", "smtp")
    await live.until(
        "every ship that sank was told on both channels",
        lambda seen: all(
            _told(seen, channel).keys() | _named(seen, channel) >= sunk for channel in channels
        ),
        after=before,
    )
    await live.idle()
    messages = await live.stack.inbox.messages(before)
    for channel in channels:
        told, named = _told(messages, channel), _named(messages, channel)
        assert told.keys() <= sunk <= told.keys() | named
        assert {name for name, count in told.items() if count > 1} == set(), "sent twice"
        assert len(named) <= 2 * AT_ONCE, "only what was cut off"
    verdicts = await _verdicts(live)
    assert {verdicts[name] for name in sunk} == {(CauseKind.DELETED, Outcome.FAIL)}


async def _sink(live: Live, ships: str, count: int) -> list[Json]:
    """Purge ships that a pattern names; the event about each, which nobody has delivered yet."""
    command = f"acr purge --filter '{ships}:.*' --ago 1d --untagged"
    purged = await live.do("purge", registry="fleet", command=command)
    registry = await _registry(live)
    deleted = [manifest.split("@") for manifest in purged["manifests"]]
    assert len(deleted) == count
    return [
        event("event-grid", "image_deleted", registry, name, digest=digest)
        for name, digest in deleted
    ]


async def _registry(live: Live) -> str:
    registry: str = (await live.stack.control.show("estate"))["registries"][0]["id"]
    return registry


async def _kill_amid_jobs(live: Live, left: float) -> None:
    """Kill the host once so many jobs are left, and start it again."""

    async def as_few() -> bool:
        return await live.queues.due("jobs-urgent") <= left

    await wait_until(as_few, f"there were never {left:.0f} jobs left")
    await live.stack.kill("functions")
    assert await live.queues.due("jobs-urgent") > AT_ONCE, "the kill came in the middle"
    await live.stack.start("functions")


async def _verdicts(live: Live) -> dict[str, tuple[CauseKind, Outcome]]:
    """What was found last about each ship, and what had asked for it."""
    async with live.tables() as tables:
        stored = [one.diagnosis async for one in Store.on(tables).diagnoses.everything()]
    return {one.pull.image.repository: (one.cause.kind, one.outcome) for one in stored}


async def _findings(live: Live, ships: Iterable[str]) -> set[str]:
    """What was found about some ships."""
    async with live.tables() as tables:
        stored = [one.diagnosis async for one in Store.on(tables).diagnoses.everything()]
    return {
        f"{found.code}: {found.explanation}"
        for one in stored
        for found in one.findings
        if one.pull.image.repository in ships
    }


def _named(messages: Iterable[Message], channel: str) -> set[str]:
    """The ships that notices of what was cut off name."""
    notices = [m for m in messages if m.channel == channel and "cut off" in headline(m)]
    return {ship for m in notices for ship in re.findall(r"ship-\d{3}", readable(m))}


def _told(messages: Iterable[Message], channel: str) -> Counter[str]:
    """How often each ship was told to be missing."""
    said = (headline(m) for m in messages if m.channel == channel)
    return Counter(found[0] for text in said if (found := re.search(r"ship-\d{3}", text)))
