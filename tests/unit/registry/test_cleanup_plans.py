"""Plans as ARM tells them: what runs, what cannot be seen, and whatever else may come."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.arm import Arm, ForbiddenError, Json
from shared.domain.cleanup import RetentionPolicy
from shared.domain.facts.base import CouldNotLookError
from shared.registry.cleanup_plans import CleanupPlans
from tests.unit.checks.facts import REGISTRY, profile

PURGE = "acr purge --filter 'app:.*' --ago 30d"


class FakeArm(Arm):
    def __init__(self, *tasks: Json, registry: Json | None = None) -> None:
        self.tasks = tasks
        self.registry = registry

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        assert path == f"{REGISTRY}/tasks"
        assert "preview" in api_version
        return self.tasks

    async def get(self, path: str, api_version: str) -> Json:
        assert path == REGISTRY
        if self.registry is None:
            raise ForbiddenError("403")
        return self.registry


def encoded(command: str = PURGE, **values: str) -> Json:
    text = f"steps:\n  - cmd: {command}\n"
    return {
        "type": "EncodedTask",
        "encodedTaskContent": base64.b64encode(text.encode()).decode(),
        "values": [{"name": name, "value": value} for name, value in values.items()],
    }


def task(name: str = "nightly", step: Any = None, **changes: Any) -> Json:
    properties = {
        "status": "Enabled",
        "step": step if step is not None else encoded(),
        "trigger": {
            "timerTriggers": [{"name": "t1", "schedule": "0 3 * * *", "status": "Enabled"}]
        },
    }
    return {"name": name, "properties": properties | changes}


async def test_a_task_that_purges_is_read() -> None:
    seen = await CleanupPlans(FakeArm(task())).of(profile())
    (found,) = seen.plan.tasks
    assert (found.name, found.enabled, found.schedules) == ("nightly", True, ("0 3 * * *",))
    assert found.commands == (PURGE,)
    assert seen.unseen == ()


async def test_a_task_that_does_something_else_is_passed_over() -> None:
    seen = await CleanupPlans(FakeArm(task(step=encoded("bash echo hello")))).of(profile())
    assert seen.plan.tasks == ()


@pytest.mark.parametrize(
    ("changes", "enabled", "schedules"),
    [
        ({"status": "Disabled"}, False, ("0 3 * * *",)),
        ({"trigger": {"timerTriggers": []}}, True, ()),
        ({"trigger": None}, True, ()),
        ({"trigger": {"timerTriggers": [{"schedule": "0 3 * * *"}]}}, True, ("0 3 * * *",)),
        (
            {"trigger": {"timerTriggers": [{"schedule": "0 3 * * *", "status": "Disabled"}]}},
            True,
            (),
        ),
    ],
)
async def test_what_is_switched_off_does_not_run(
    changes: dict[str, Any], *, enabled: bool, schedules: tuple[str, ...]
) -> None:
    (found,) = (await CleanupPlans(FakeArm(task(**changes))).of(profile())).plan.tasks
    assert (found.enabled, found.schedules) == (enabled, schedules)


async def test_values_are_filled_in_and_secret_ones_are_refused() -> None:
    command = "acr purge --filter 'app:.*' --ago {{.Values.age}}"
    (known,) = (
        await CleanupPlans(FakeArm(task(step=encoded(command, age="5d")))).of(profile())
    ).plan.tasks
    assert "--ago 5d" in known.commands[0]
    secret = encoded(command) | {"values": [{"name": "age", "isSecret": True}]}
    (hidden,) = (await CleanupPlans(FakeArm(task(step=secret))).of(profile())).plan.tasks
    assert hidden.commands == ()
    assert hidden.refused


@pytest.mark.parametrize(
    ("step", "changes", "told"),
    [
        ({"type": "FileTask", "taskFilePath": "a.yaml", "contextPath": "https://g/x"}, {}, True),
        ({"type": "FileTask"}, {}, True),
        ({"type": "FileTask"}, {"status": "Disabled"}, False),
        ({"type": "FileTask"}, {"trigger": {}}, False),
        ({"type": "Docker", "dockerFilePath": "Dockerfile"}, {}, False),
    ],
)
async def test_steps_that_nobody_can_see_are_told_if_they_run_by_the_clock(
    step: Json, changes: dict[str, Any], *, told: bool
) -> None:
    seen = await CleanupPlans(FakeArm(task(step=step, **changes))).of(profile())
    assert bool(seen.unseen) is told
    assert seen.plan.tasks == ()


@pytest.mark.parametrize(
    "address",
    ["https://g/x.git?token=hush", "https://me:hush@g/x.git#main", "https://hush@g/x.git"],
)
async def test_a_token_in_the_address_of_a_context_is_not_told(address: str) -> None:
    step = {"type": "FileTask", "contextPath": address}
    (told,) = (await CleanupPlans(FakeArm(task(step=step))).of(profile())).unseen
    assert "hush" not in told.reason
    assert "g/x.git" in told.reason


async def test_the_retention_policy_comes_from_the_profile() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    seen = await CleanupPlans(FakeArm()).of(profile(retention_days=7, retention_since=since))
    assert seen.plan.retention == RetentionPolicy(7, since)
    assert (await CleanupPlans(FakeArm()).of(profile())).plan.retention is None


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"name": None, "properties": None},
        {"name": "x", "properties": []},
        {"name": "x", "properties": {"step": "?"}},
        {"name": "x", "properties": {"step": {"type": "EncodedTask"}}},
        {"name": "x", "properties": {"step": {"type": "EncodedTask", "encodedTaskContent": 7}}},
        {"name": "x", "properties": {"step": {"type": "EncodedTask", "values": "?"}}},
        {"name": "x", "properties": {"step": {"type": None}, "trigger": {"timerTriggers": "?"}}},
        {"name": "x" * 5000, "properties": {"step": encoded() | {"values": [1, {"name": "a"}]}}},
    ],
)
async def test_whatever_arm_says_costs_no_other_task(odd: Json) -> None:
    seen = await CleanupPlans(FakeArm(odd, task())).of(profile())
    assert "nightly" in {found.name for found in seen.plan.tasks}
    assert all(len(found.name) <= 200 for found in seen.plan.tasks)


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ({"status": "enabled", "retentionDays": 14}, 14),
        ({"status": "disabled", "retentionDays": 14}, None),
        ({"status": "enabled"}, None),
        (None, None),
    ],
)
async def test_soft_delete_holds_for_days(policy: Json | None, days: int | None) -> None:
    told = {"properties": {"policies": {"softDeletePolicy": policy}}}
    assert await CleanupPlans(FakeArm(registry=told)).soft_delete_days(REGISTRY) == days


async def test_what_may_not_be_read_is_not_nothing() -> None:
    with pytest.raises(CouldNotLookError):
        await CleanupPlans(FakeArm()).soft_delete_days(REGISTRY)
