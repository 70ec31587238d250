"""Pulls that are no longer deployed: their problems end, whatever happens at the same time."""

import pytest
from msgspec.structs import replace

from shared.compute.base import Discovery
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Pull
from shared.pipeline.discover import bring_up_to_date, discover
from shared.pipeline.intake import on_registry_event
from shared.pipeline.retire import retire
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from shared.pipeline.work import on_job
from tests.support.fakes import World, pull
from tests.support.stories import deleted, open_incidents, speak, work_off


async def estate() -> tuple[World, Pull]:
    world = World()
    api = world.deploy("api", "team/api:v1")
    await sweep(world.services)
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.clock.pass_by(minutes=5)
    world.lose(["team/api:v1"])
    return world, api


async def test_a_diagnosis_made_during_a_discovery_is_ended_by_it() -> None:
    world, api = await estate()
    before = world.clock.at
    world.clock.pass_by(minutes=3)
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    assert len(await open_incidents(world)) == 1

    await retire(world.services, api.image.registry, api.key, before)
    await watch(world.services)

    assert await open_incidents(world) == ()


async def test_a_job_for_a_pull_that_was_replaced_in_the_meantime_alarms_nobody() -> None:
    world, _ = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    (job,) = world.queue.take(world.settings.urgent_queue)
    world.platform.pulls = []
    world.deploy("api", "team/api:v2")
    await discover(world.services)

    await on_job(world.services, job.body, job.id)
    await speak(world)

    assert await open_incidents(world) == ()
    assert world.channel.heard == []


async def test_what_was_stored_of_a_pull_that_is_gone_is_found_and_ended() -> None:
    world, api = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    entry = await world.services.store.index.of_pull(api)
    await work_off(world)
    assert entry is not None
    await world.services.store.index.remove([entry])  # and the worker died before the rest
    world.platform.pulls = []

    await discover(world.services)

    assert await open_incidents(world) == ()
    assert await world.services.store.diagnoses.of_pull(api) is None


async def test_a_problem_found_while_its_pull_is_retired_is_ended_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, api = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    (job,) = world.queue.take(world.settings.urgent_queue)
    table = world.tables.tables["diagnoses"]
    read, raced = table.get, list[str]()

    async def overtaken(partition: str, key: str) -> object:
        row = await read(partition, key)
        if not raced:
            raced.append(key)
            await on_job(world.services, job.body, job.id)
        return row

    monkeypatch.setattr(table, "get", overtaken)
    await retire(world.services, api.image.registry, api.key, world.clock())
    await watch(world.services)

    assert await open_incidents(world) == ()


async def test_an_older_discovery_does_not_forget_what_a_newer_one_found() -> None:
    world, _ = await estate()
    world.platform.pulls = []
    older = world.services
    at = older.now()
    world.clock.pass_by(minutes=1)
    world.deploy("new", "team/new:v1")
    await discover(world.services)

    known = [entry async for entry in older.store.index.everything()]
    await bring_up_to_date(older, known, Discovery(()), at)

    assert await older.store.index.of_pull(pull("new", "team/new:v1")) is not None


@pytest.mark.parametrize(
    ("gap", "kept"),
    [
        (Gap("{id}", "403"), True),
        (Gap("/subscriptions", "403"), True),
        (Gap("/subscriptions/s", "403"), True),
        (Gap("{id}", "image 'A B' is no reference", hides=False), False),
        (
            Gap("/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/a", "403"),
            False,
        ),
    ],
)
async def test_only_what_nobody_could_look_at_is_kept(gap: Gap, kept: bool) -> None:
    world, api = await estate()
    world.platform.pulls = []
    world.platform.gaps = (replace(gap, what=gap.what.format(id=api.workload.id)),)

    await discover(world.services)
    world.clock.pass_by(minutes=5)
    await discover(world.services)

    assert (await world.services.store.index.of_pull(api) is not None) is kept


async def test_one_discovery_that_does_not_show_a_workload_ends_nothing() -> None:
    world, api = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    there = world.platform.pulls
    for shown in ([], there, [], there):
        world.platform.pulls = shown
        world.clock.pass_by(minutes=20)
        await discover(world.services)
        assert len(await open_incidents(world)) == 1

    world.platform.pulls = []
    for _ in range(2):
        world.clock.pass_by(minutes=5)
        await watch(world.services)
    assert await open_incidents(world) == ()
    assert await world.services.store.index.of_pull(api) is None


async def test_two_discoveries_at_the_same_time_are_one_look() -> None:
    world, api = await estate()
    world.platform.pulls = []
    await discover(world.services)
    await discover(world.services)
    assert await world.services.store.index.of_pull(api) is not None


async def test_a_workload_that_is_seen_with_another_image_needs_no_second_look() -> None:
    world, api = await estate()
    world.platform.pulls = []
    world.deploy("api", "team/api:v2")
    await discover(world.services)
    assert await world.services.store.index.of_pull(api) is None


async def discoveries(world: World) -> tuple[Gap, ...]:
    """Two of them: what the first does not find is looked for once more."""
    await discover(world.services)
    world.clock.pass_by(minutes=5)
    return (await discover(world.services)).gaps


async def test_a_subscription_that_the_monitor_may_read_no_more_ends_nothing() -> None:
    world, api = await estate()
    await on_registry_event(world.services, deleted("team/api", 1))
    await work_off(world)
    await speak(world)
    world.channel.heard.clear()
    world.platform.pulls, world.platform.subscriptions = [], frozenset({"another"})

    (gap,) = await discoveries(world)
    await speak(world)

    assert gap.what == "/subscriptions/s"
    assert await world.services.store.index.of_pull(api) is not None
    assert len(await open_incidents(world)) == 1
    assert world.channel.heard == []


async def test_a_subscription_that_the_settings_leave_out_is_forgotten() -> None:
    world, api = await estate()
    world.settings = replace(world.settings, subscriptions=("other",))
    world.platform.pulls, world.platform.subscriptions = [], frozenset({"other"})

    assert await discoveries(world) == ()

    assert await world.services.store.index.of_pull(api) is None
