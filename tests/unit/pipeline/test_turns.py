"""Time in the watch: who hangs is cut off and told of, and takes nobody else's time."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, override

import pytest
from msgspec.structs import replace

from local.wiring import ROOT
from shared.adapters.store.watched import Watched
from shared.domain.pulls import Registry
from shared.pipeline.turns import AT_ONCE, NO_TIME, Part, Where, in_turn
from shared.pipeline.watch import BLIND_FOR, HEARTBEAT, LOOK_FOR, STEP_FOR, WATCH_FOR, watch
from shared.registry.base import TagListing
from tests.support.fakes import FakeRegistry, World
from tests.support.stories import open_incidents, speak, work_off
from tests.unit.pipeline.test_watch import estate

SHORT: Final = 0.3
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def parts(*hosts: str, each: int) -> dict[Where, Part]:
    return {(host, f"r{number:02}"): () for host in hosts for number in range(each)}


async def test_a_registry_that_hangs_takes_no_time_from_the_others() -> None:
    """It has far more repositories than may be looked at at once."""
    asked, seen = parts("slow", "a", "z", each=3 * AT_ONCE), set[Where]()

    async def look(where: Where, _: Part) -> None:
        if where[0] == "slow":
            await asyncio.Event().wait()
        seen.add(where)

    await in_turn(asked, {}, look, SHORT)
    assert seen == {where for where in asked if where[0] != "slow"}


async def test_more_registries_than_turns_that_hang_are_looked_at_after_the_others() -> None:
    slow = [f"slow{number}" for number in range(2 * AT_ONCE)]
    asked, seen = parts(*slow, "z", each=1), set[Where]()
    before = {
        where: Watched(registry=where[0], repository=where[1], trouble=NO_TIME, since=NOW)
        for where in asked
        if where[0] != "z"
    }

    async def look(where: Where, _: Part) -> None:
        if where[0] != "z":
            await asyncio.Event().wait()
        seen.add(where)

    await in_turn(asked, before, look, SHORT)
    assert seen == {("z", "r00")}


async def test_what_was_not_reached_comes_first_and_what_failed_last() -> None:
    last = Watched(registry="a", repository="", since=NOW)
    before = {
        ("a", "failed"): replace(last, trouble="403"),
        ("a", "fine"): Watched(registry="a", repository="fine"),
        ("a", "late"): replace(last, trouble=NO_TIME),
    }
    order: list[str] = []

    async def look(where: Where, _: Part) -> None:
        order.append(where[1])

    await in_turn(dict.fromkeys((*before, ("a", "new")), ()), before, look, SHORT)
    assert order == ["late", "fine", "new", "failed"]


class Hanging(FakeRegistry):
    """One repository of which no answer comes."""

    hangs: bool = True

    @override
    async def tags(self, registry: Registry, repository: str) -> TagListing:
        if self.hangs and repository == "team/slow":
            await asyncio.Event().wait()
        return await super().tags(registry, repository)


async def hanging() -> tuple[World, Hanging]:
    world = await estate("team/slow:v1", "team/api:v1")
    registry = Hanging()
    registry.tagged = world.registry.tagged
    world.registry = registry
    return world, registry


async def test_what_vanished_elsewhere_is_found_and_what_hangs_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.pipeline.watch.LOOK_FOR", SHORT)
    world, registry = await hanging()
    world.lose(["team/api:v1"])
    await watch(world.services)
    assert await work_off(world) == 1
    assert len(await open_incidents(world)) == 1
    assert HEARTBEAT in await world.services.store.ledger.beats(), "it ended, in time"
    await speak(world)
    world.channel.heard.clear()

    world.clock.pass_by(minutes=BLIND_FOR / timedelta(minutes=1))
    await watch(world.services)
    await speak(world)
    (notice,) = world.channel.heard
    assert "The watch cannot look at 1 repository in use" in notice.notice
    assert NO_TIME in notice.notice

    registry.hangs = False
    await watch(world.services)
    seen = await world.services.store.watched.everything()
    assert not any(one.trouble for one in seen.values())


async def test_a_step_that_hangs_is_cut_off_and_fails_and_the_next_ones_have_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, registry = await hanging()
    registry.hangs = False
    reported: list[object] = []

    async def hangs(_: object) -> None:
        await asyncio.Event().wait()

    async def reports(services: object) -> None:
        reported.append(services)

    monkeypatch.setattr("shared.pipeline.watch.STEP_FOR", SHORT)
    monkeypatch.setattr("shared.pipeline.watch.settle_leftovers", hangs)
    monkeypatch.setattr("shared.pipeline.watch.report_overdue", reports)
    with pytest.raises(TimeoutError, match="settle"):
        await watch(world.services)
    assert len(reported) == 1
    assert HEARTBEAT not in await world.services.store.ledger.beats()


def test_the_watch_ends_before_the_host_ends_it() -> None:
    host = json.loads(Path(ROOT, "host.json").read_text())
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))
    assert timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds() > WATCH_FOR
    assert WATCH_FOR > LOOK_FOR + STEP_FOR
