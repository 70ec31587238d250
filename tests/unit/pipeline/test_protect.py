"""Locks before the run: only where it is asked for, only what is ours, whatever crashes."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shared.adapters.store.index import Entry
from shared.domain.cleanup import Attributes, CleanupPlan
from shared.domain.facts.cleanup import Refusal
from shared.domain.protection import LockState, Standing
from shared.domain.reports import Report
from shared.pipeline.protect import protect
from shared.pipeline.protection import protection_plan
from shared.pipeline.sweep import sweep
from shared.pipeline.watch import watch
from shared.settings import ProtectMode
from tests.support.fakes import World, digest
from tests.support.stories import work_off
from tests.unit.pipeline.test_foresee import COMMAND, nightly, untags

TAG, MANIFEST = ("team/api", "v1"), ("team/api", digest(1))
OURS = Attributes(delete_enabled=False)


async def estate(
    mode: ProtectMode = ProtectMode.LOCK, *, release: bool = False, command: str = COMMAND
) -> World:
    """A task that purges one of two repositories in use, and everything known."""
    world = World()
    world.settings = replace(world.settings, protect_mode=mode, protect_release=release)
    world.deploy("web", "team/api:v1")
    world.deploy("other", "team/other:v1", 2)
    world.registry.plan = nightly(command)
    await sweep(world.services)
    await work_off(world)
    return world


async def deployed(world: World) -> tuple[Entry, ...]:
    return await world.services.store.index.listed()


async def look(world: World) -> None:
    world.clock.pass_by(minutes=16)
    await watch(world.services)
    await work_off(world)


async def forgotten(world: World) -> None:
    """What is not deployed any more is believed to be gone at the second look."""
    for _ in range(4):
        await look(world)


async def states(world: World) -> list[LockState]:
    return [one.lock.state async for one in world.services.store.locks.everything()]


async def test_what_a_task_visits_is_locked_tag_and_manifest_and_nothing_else() -> None:
    world = await estate()
    await look(world)
    assert world.registry.locked == {TAG: OURS, MANIFEST: OURS}
    assert await states(world) == [LockState.MADE, LockState.MADE]


async def test_nothing_is_written_unless_it_is_asked_for_but_the_plan_is_shown() -> None:
    world = await estate(ProtectMode.OFF)
    await look(world)
    assert world.registry.locked == {}
    shown = await protection_plan(world.services, await deployed(world))
    assert [line.standing for line in shown.lines] == [Standing.SET, Standing.SET]
    assert all(line.command.startswith("az acr repository update") for line in shown.lines)
    assert world.registry.locked == {}
    assert await states(world) == []


async def test_what_is_locked_costs_no_request_any_more() -> None:
    world = await estate()
    await look(world)
    before = world.registry.locks_read
    for _ in range(5):
        await look(world)
    assert world.registry.locks_read == before


async def test_somebody_elses_lock_is_left_alone_and_remembered() -> None:
    world = await estate(release=True)
    frozen = Attributes(delete_enabled=False, write_enabled=False)
    world.registry.locked[TAG] = frozen
    await look(world)
    assert world.registry.locked[TAG] == frozen
    before = world.registry.locks_read
    await look(world)
    assert world.registry.locks_read == before
    world.platform.pulls = [one for one in world.platform.pulls if one.workload.name == "other"]
    await forgotten(world)
    assert world.registry.locked[TAG] == frozen
    assert await states(world) == []


async def test_an_index_that_was_lost_gives_up_no_lock() -> None:
    world = await estate(release=True)
    await look(world)
    await world.services.store.index.remove(await deployed(world))
    await protect(world.services, ())
    assert world.registry.locked == {TAG: OURS, MANIFEST: OURS}


@pytest.mark.parametrize("release", [False, True])
async def test_own_locks_are_released_only_if_one_wants(*, release: bool) -> None:
    world = await estate(release=release)
    await look(world)
    world.platform.pulls = [one for one in world.platform.pulls if one.workload.name == "other"]
    await forgotten(world)
    locked = [one for one in world.registry.locked.values() if not one.delete_enabled]
    assert len(locked) == (0 if release else 2)
    assert len(await states(world)) == len(locked)


async def test_a_lock_outlives_the_task_it_was_made_for() -> None:
    world = await estate(release=True)
    await look(world)
    world.registry.plan = replace(world.registry.plan, plan=CleanupPlan())
    await look(world)
    await look(world)
    assert world.registry.locked == {TAG: OURS, MANIFEST: OURS}


async def test_what_somebody_locked_further_is_theirs() -> None:
    world = await estate(release=True)
    await look(world)
    world.registry.locked[TAG] = Attributes(delete_enabled=False, write_enabled=False)
    world.platform.pulls = [one for one in world.platform.pulls if one.workload.name == "other"]
    await forgotten(world)
    assert not world.registry.locked[TAG].delete_enabled
    assert world.registry.locked[MANIFEST].delete_enabled
    assert await states(world) == []


async def test_a_process_that_dies_after_the_lock_leaves_no_lock_that_is_nobodys() -> None:
    world = await estate(release=True)
    await look_and_die(world)
    assert LockState.INTENDED in await states(world)
    world.registry.dies_after_lock = False
    await look(world)
    await look(world)
    assert world.registry.locked == {TAG: OURS, MANIFEST: OURS}
    assert await states(world) == [LockState.MADE, LockState.MADE]

    world.platform.pulls = [one for one in world.platform.pulls if one.workload.name == "other"]
    world.registry.dies_after_lock = True
    with pytest.raises(ConnectionError):
        await forgotten(world)
    assert LockState.RELEASING in await states(world)
    world.registry.dies_after_lock = False
    await protect(world.services, await deployed(world))
    await protect(world.services, await deployed(world))
    assert all(one.delete_enabled for one in world.registry.locked.values())
    assert await states(world) == []


async def look_and_die(world: World) -> None:
    world.registry.dies_after_lock = True
    world.clock.pass_by(minutes=16)
    with pytest.raises(ConnectionError):
        await watch(world.services)


async def test_without_the_right_it_says_which_is_missing_until_it_is_there() -> None:
    world = await estate()
    world.registry.may_lock = False
    await look(world)
    assert world.registry.locked == {}
    shown = await protection_plan(world.services, await deployed(world))
    (missing,) = shown.missing
    assert "no right" in missing.reason
    assert missing.commands == ("az role assignment create",)
    assert set(await states(world)) <= {LockState.INTENDED}

    world.registry.may_lock = True
    await look(world)
    assert world.registry.locked == {TAG: OURS, MANIFEST: OURS}
    assert (await protection_plan(world.services, await deployed(world))).missing == ()


async def test_a_purge_that_unlocks_is_told_loudly() -> None:
    world = await estate(command=COMMAND + " --include-locked")
    await look(world)
    (helpless,) = (await protection_plan(world.services, await deployed(world))).helpless
    assert helpless.task == "nightly"
    assert "--include-locked" in helpless.command


async def test_a_lock_that_somebody_took_away_is_not_forced_on_them() -> None:
    world = await estate()
    await look(world)
    world.registry.locked[TAG] = Attributes()
    entries = [one async for one in world.services.store.index.everything()]
    assert entries
    await look(world)
    assert world.registry.locked[TAG] == Attributes()


async def test_what_cannot_be_read_is_not_written() -> None:
    world = await estate()
    world.registry.blind = "503"
    await look(world)
    assert world.registry.locked == {}


async def test_what_lacks_is_in_the_report_as_long_as_locks_are_wanted() -> None:
    world = await estate()
    world.registry.may_lock = False
    world.registry.plan = replace(
        world.registry.plan, unseen=(Refusal("builds", "its steps are in a file"),)
    )
    await look(world)
    report = await nightly_report(world)
    assert {gap.what for gap in report.gaps} == {
        "contoso.azurecr.io task builds",
        "locks of contoso.azurecr.io",
    }
    world.settings = replace(world.settings, protect_mode=ProtectMode.OFF)
    report = await nightly_report(world)
    assert {gap.what for gap in report.gaps} == {"contoso.azurecr.io task builds"}


async def nightly_report(world: World) -> Report:
    world.clock.pass_by(hours=1)
    await sweep(world.services)
    await work_off(world)
    report = await world.services.store.sweeps.latest_report()
    assert report is not None
    return report


async def test_a_task_that_defeats_locks_does_not_make_the_watch_ask_all_the_time() -> None:
    world = await estate(command=COMMAND + " --include-locked")
    await look(world)
    world.registry.losses = [untags(world.clock.at + timedelta(days=2))]
    await sweep(world.services)
    await work_off(world)
    before = world.registry.locks_read
    for _ in range(8):
        await look(world)
    assert world.registry.locks_read - before <= 2 * 3, "once an hour, tag and manifest"
