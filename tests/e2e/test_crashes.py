"""Processes die in the middle of work: no job is lost, and no alert is sent twice unmarked."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import batched

import pytest
import pytest_asyncio

from local import azurite
from local.inbox.messages import Message
from local.story.scene import headline
from shared.adapters.store import Store
from shared.adapters.tables import AzureTables
from shared.domain.findings import Outcome
from shared.domain.pulls import CauseKind
from tests.support.fleet import ship, write_fleet
from tests.support.live import Live, Unsubscribed, is_repeat, wait_until, write_queues
from tests.support.recorded import event

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SUNK, AFLOAT = 60, 140
JOBS = SUNK + AFLOAT
LOCK_SECONDS = 3.0
AT_ONCE = 8
"""Calls of one function at the same time (host.json): what one kill can cut off."""
TOGETHER = 20
"""Events in one delivery."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("crashes")
    stack = Unsubscribed(
        state,
        estate=write_fleet(state, JOBS + 10),
        queues=write_queues(state, lock_seconds=LOCK_SECONDS),
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
    await _tell(live, afloat)
    for left in (0.8 * JOBS, 0.4 * JOBS):
        await _kill_amid_jobs(live, left)
    await live.until(
        "every ship that sank was told on both channels",
        lambda seen: all(_told(seen, channel).keys() >= sunk for channel in ("teams", "smtp")),
        after=before,
    )
    await live.idle()
    for channel in ("teams", "smtp"):
        _once(await live.stack.inbox.messages(before), channel, sunk)
    verdicts = await _verdicts(live)
    assert {
        n for n, found in verdicts.items() if found == (CauseKind.DELETED, Outcome.FAIL)
    } == sunk
    assert {
        n for n, found in verdicts.items() if found == (CauseKind.PUSHED, Outcome.PASS)
    } == afloat


async def _tell(live: Live, afloat: set[str]) -> None:
    """Sink the first ships, and deliver one event about each ship: every one makes a job."""
    command = f"acr purge --filter 'ship-0[0-{SUNK // 10 - 1}].:.*' --ago 1d --untagged"
    purged = await live.do("purge", registry="fleet", command=command)
    registry = (await live.stack.control.show("estate"))["registries"][0]["id"]
    deleted = [manifest.split("@") for manifest in purged["manifests"]]
    assert len(deleted) == SUNK
    events = [
        *(event("event-grid", "image_deleted", registry, name, digest=d) for name, d in deleted),
        *(
            event("event-grid", "image_pushed", registry, name, digest=deleted[0][1], tag="1.0")
            for name in sorted(afloat)
        ),
    ]
    for part in batched(events, TOGETHER, strict=False):
        assert (await live.post_event(part)).status == 202


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
    connection = azurite.connection_string(live.stack.addresses.tables)
    tables = AzureTables(connection=connection, credential=None)
    try:
        stored = [one.diagnosis async for one in Store.on(tables).diagnoses.everything()]
    finally:
        await tables.close()
    return {one.pull.image.repository: (one.cause.kind, one.outcome) for one in stored}


def _told(messages: Iterable[Message], channel: str) -> Counter[str]:
    """How often each ship was told to be missing."""
    said = (headline(m) for m in messages if m.channel == channel)
    return Counter(found[0] for text in said if (found := re.search(r"ship-\d{3}", text)))


def _once(messages: list[Message], channel: str, wanted: set[str]) -> None:
    """Every ship once; beside that, a message may come again only if it says so."""
    plain = _told((m for m in messages if not is_repeat(m)), channel)
    marked = _told((m for m in messages if is_repeat(m)), channel)
    assert (plain | marked).keys() == wanted
    assert {name for name, count in plain.items() if count > 1} == set()
    assert max(marked.values(), default=0) <= 1
    assert marked.total() <= 2 * AT_ONCE, "what the kills cut off, at most"
