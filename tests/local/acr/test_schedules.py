"""Tasks and policies that the clock sets off."""

from datetime import UTC, datetime, timedelta

import pytest

from local.azure.clock import Clock
from local.azure.schedules import Schedules
from local.azure.world import World
from local.estates import loads

ESTATE = """
subscriptions: [{name: production}]
registries:
  - name: contoso
    sku: Premium
    policies: {retention: {status: Enabled, days: 7}}
    tasks:
      - {name: nightly, command: acr purge --filter 'app:old' --ago 1d, schedules: [0 3 * * *]}
      - {name: paused, command: acr purge --filter 'app:.*' --ago 0s, schedules: [0 3 * * *],
         status: Disabled}
    repositories:
      - name: app
        images:
          - {tags: [v1]}
          - {tags: [old]}
          - {name: lost, untaggedFor: P10D}
"""
EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    clock = Clock()
    clock.advance(EVENING - clock.now())
    clock.started = clock.now()
    return World(loads(ESTATE), clock)


def tags(world: World) -> set[str]:
    return set(world.contents["contoso"].repositories["app"].tags)


def test_a_task_runs_when_its_time_has_come(world: World) -> None:
    schedules = Schedules(world)
    schedules.switch(on=True)
    world.clock.advance(timedelta(hours=8))
    assert (schedules.look(), tags(world)) == ([], {"v1", "old"})
    world.clock.advance(timedelta(hours=2))
    assert (schedules.look(), tags(world)) == (["contoso/nightly"], {"v1"})
    assert schedules.look() == []


def test_a_task_that_was_due_several_times_runs_once(world: World) -> None:
    schedules = Schedules(world)
    schedules.switch(on=True)
    world.clock.advance(timedelta(days=3))
    assert schedules.look() == ["contoso/nightly"]


def test_policies_do_their_work_once_a_day(world: World) -> None:
    schedules = Schedules(world)
    schedules.switch(on=True)
    manifests = world.contents["contoso"].repositories["app"].manifests
    world.clock.advance(timedelta(hours=23))
    schedules.look()
    assert len(manifests) == 3
    world.clock.advance(timedelta(hours=1))
    schedules.look()
    assert len(manifests) == 2


def test_nothing_happens_by_itself_before_it_is_switched_on(world: World) -> None:
    schedules = Schedules(world)
    world.clock.advance(timedelta(days=2))
    assert (schedules.look(), tags(world)) == ([], {"v1", "old"})
    schedules.switch(on=True)
    assert schedules.look() == []


def test_a_task_that_fails_does_not_stop_the_others(world: World) -> None:
    schedules = Schedules(world)
    schedules.switch(on=True)
    world.contents["contoso"].repositories["app"].locks.delete_enabled = False
    world.clock.advance(timedelta(days=1))
    assert schedules.look() == ["contoso/nightly"]
    assert tags(world) == {"v1", "old"}
