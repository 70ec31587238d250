"""A storm of events, a fifth of them twice and in no order, while the host is killed twice.

One incident for each image that was really deleted, none for any other. How many events there are
is set by STORM_EVENTS; the suite takes fewer than the 10,000 of docs/performance.md.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import batched
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from local.inbox.messages import Message
from local.story.scene import headline, readable
from shared.adapters.store import Store
from shared.domain.images import Digest
from tests.support.fleet import REGISTRY, ship, write_fleet
from tests.support.live import BY_HAND, Live, Unsubscribed, write_queues
from tests.support.recorded import Kind, event

type Json = dict[str, Any]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(900),
]
EVENTS = int(os.environ.get("STORM_EVENTS", "600"))
DUPLICATES = 0.2
SHIPS, SUNK = 60, 25
TOGETHER = 50
"""Events in one delivery."""
SENDERS = 4
KILLS = (0.3, 0.6)
"""After which shares of the deliveries the host is killed."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("storm")
    stack = Unsubscribed(
        state,
        estate=write_fleet(state, SHIPS),
        queues=write_queues(state, lock_seconds=3.0),
        settings=BY_HAND,
    )
    async with Live.on(stack) as running:
        await running.swept()
        yield running


async def test_a_storm_of_events_makes_one_incident_for_each_deletion(live: Live) -> None:
    before = await live.newest()
    deliveries = await _deliveries(live)
    await _send(live, deliveries)
    await live.idle()
    await live.watched()
    await live.idle()
    async with live.tables() as tables:
        incidents = await Store.on(tables).incidents.open()
        every = [one async for one in Store.on(tables).incidents.everything()]
    sunk = {f"{REGISTRY}/{ship(number)}:1.0" for number in range(SUNK)}
    assert Counter(one.finding.subject for one in incidents) == dict.fromkeys(sunk, 1)
    assert len(every) == len(incidents), "none was invented and ended again"
    assert all(one.cause.actor == "skipper" for one in incidents), "the events told who it was"
    cards = await live.until(
        "every ship that sank was told",
        lambda seen: _told(seen).keys() | _named(seen) >= sunk,
        after=before,
    )
    assert set(_told(cards).values()) == {1}, "no card twice"


def _told(messages: Iterable[Message]) -> Counter[str]:
    """How often each ship was told to be missing by a card."""
    said = (headline(m) for m in messages if m.channel == "teams" and "cut off" not in headline(m))
    found = (re.search(r"no (?:tag|manifest|repository) .*(ship-\d{3})", text) for text in said)
    return Counter(f"{REGISTRY}/{one[1]}:1.0" for one in found if one)


def _named(messages: Iterable[Message]) -> set[str]:
    """The ships that notices of what was cut off name."""
    notices = [readable(m) for m in messages if m.channel == "teams" and "cut off" in headline(m)]
    return {
        f"{REGISTRY}/{ship}:1.0" for text in notices for ship in re.findall(r"ship-\d{3}", text)
    }


async def _deliveries(live: Live) -> list[list[Json]]:
    registry = (await live.stack.control.show("estate"))["registries"][0]["id"]
    chance = random.Random(20)  # noqa: S311 (disorder, not a secret)
    events = [await _sink(live, registry, number) for number in range(SUNK)]
    events += [_noise(registry, number, chance) for number in range(EVENTS - SUNK)]
    events += chance.sample(events, int(DUPLICATES * EVENTS))
    chance.shuffle(events)
    return [list(part) for part in batched(events, TOGETHER, strict=False)]


async def _sink(live: Live, registry: str, number: int) -> Json:
    gone = await live.do("delete", image=f"fleet/{ship(number)}:1.0")
    return _event("image_deleted", registry, ship(number), gone["digest"])


def _noise(registry: str, number: int, chance: random.Random) -> Json:
    """What takes nothing that is deployed: other tags, other digests, other repositories."""
    digest = f"sha256:{number:064x}"
    name = chance.choice([ship(number % SHIPS), f"barge-{number % 500}"])
    kind: Kind = chance.choice(["image_pushed", "image_deleted"])
    return _event(kind, registry, name, digest, f"build-{number}")


def _event(kind: Kind, registry: str, name: str, digest: str, tag: str = "") -> Json:
    tag = tag if kind == "image_pushed" else ""
    return event(
        "event-grid", kind, registry, name, digest=Digest(digest), tag=tag, actor="skipper"
    )


async def _send(live: Live, deliveries: Sequence[list[Json]]) -> None:
    """Deliver as Event Grid does, several at once and again what failed; kill the host twice."""
    waiting, done = list(enumerate(deliveries)), 0
    kills = [int(share * len(deliveries)) for share in KILLS]
    killing = asyncio.Lock()

    async def sender() -> None:
        nonlocal done
        while waiting:
            _, delivery = waiting.pop()
            await _delivered(live, delivery)
            done += 1
            async with killing:
                if kills and done >= kills[0]:
                    kills.pop(0)
                    await live.stack.kill("functions")
                    await live.stack.start("functions")

    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    assert not kills


async def _delivered(live: Live, delivery: list[Json]) -> None:
    while True:
        try:
            if (await live.post_event(delivery)).status == 202:
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
