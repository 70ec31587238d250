"""The watch: it tries again until somebody has looked, and one fault does not blind it."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from shared.adapters.tables import Row
from shared.domain.pulls import Registry
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import HEARTBEAT, watch
from shared.registry.base import TagListing
from shared.settings import ProtectMode
from tests.support.fakes import FakeRegistry, World
from tests.support.stories import open_incidents, work_off


async def estate(*images: str) -> World:
    world = World()
    for number, image in enumerate(images or ("team/api:v1",)):
        world.deploy(f"w{number}", image)
    await sweep(world.services)
    await work_off(world)
    world.clock.pass_by(minutes=5)
    return world


async def test_a_tag_that_vanished_is_looked_at_until_somebody_saw_that_it_is_gone() -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    await watch(world.services)
    world.registry.status = 503
    await work_off(world, past_delays=True)
    assert await open_incidents(world) == ()

    world.registry.status = 200
    world.clock.pass_by(minutes=5)
    await watch(world.services)
    await work_off(world)
    assert len(await open_incidents(world)) == 1

    world.clock.pass_by(minutes=5)
    assert await watch(world.services) == 0, "what was seen is not looked at for ever"


class Broken(FakeRegistry):
    """One repository makes its observer fall over."""

    async def tags(self, registry: Registry, repository: str) -> TagListing:
        if repository == "team/broken":
            raise ZeroDivisionError
        return await super().tags(registry, repository)


async def test_one_repository_that_cannot_be_read_blinds_the_watch_to_no_other() -> None:
    world = await estate("team/broken:v1", "team/api:v1")
    broken = Broken()
    broken.tagged = world.registry.tagged
    world.registry = broken
    world.lose(["team/api:v1"])

    with pytest.raises(ZeroDivisionError):
        await watch(world.services)

    assert await work_off(world) == 1
    assert len(await open_incidents(world)) == 1
    assert HEARTBEAT not in await world.services.store.ledger.beats(), "nothing is on time"


async def test_discovery_that_fails_does_not_keep_the_watch_from_comparing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await estate()
    world.lose(["team/api:v1"])
    world.clock.pass_by(hours=1)

    async def dies(_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("shared.pipeline.watch.discover", dies)
    with pytest.raises(TimeoutError):
        await watch(world.services)

    assert await work_off(world) == 1
    assert len(await open_incidents(world)) == 1


@pytest.mark.parametrize("mode", ProtectMode)
async def test_a_period_reads_the_index_once(
    monkeypatch: pytest.MonkeyPatch, mode: ProtectMode
) -> None:
    """It is the largest table of all; a discovery, which is not due here, reads its own."""
    world = await estate()
    world.settings = replace(world.settings, protect_mode=mode)
    await watch(world.services)
    world.clock.pass_by(minutes=5)
    table, read = world.tables.table("index"), list[str]()
    whole = table.partitions

    def counted(prefix: str) -> AsyncIterator[Row]:
        read.append(prefix)
        return whole(prefix)

    monkeypatch.setattr(table, "partitions", counted)
    await watch(world.services)
    assert read == [""]
