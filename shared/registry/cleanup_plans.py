"""What takes images from a registry by itself, read from ARM: its tasks and policies.

Tasks are in preview api versions only (Microsoft.ContainerRegistry 2019-06-01-preview).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.adapters.arm import Arm, Json
from shared.domain.cleanup import CleanupPlan, CleanupTask, RetentionPolicy, read_encoded_task
from shared.domain.facts.cleanup import Refusal
from shared.domain.facts.registry import RegistryProfile
from shared.domain.forecast import SeenPlan

VERSION = "2019-06-01-preview"
POLICIES_VERSION = "2023-11-01-preview"
"""Soft delete is in no stable api version."""
ENCODED, IN_A_FILE = "encodedtask", "filetask"
_SECRET = re.compile(r"(?<=//)[^/@]*@|\?.*", re.DOTALL)
"""What in an address may be a password: whoever it signs in, and the query."""
UNSEEN = (
    "its steps are in the file {file} of {context}, which Pullwatch does not read: "
    "it cannot be seen whether it purges"
)


class CleanupPlans:
    """Reads plans. `Arm` keeps what it reads, so a sweep lists the tasks of a registry once."""

    def __init__(self, arm: Arm) -> None:
        """Read with this client."""
        self._arm = arm

    async def of(self, profile: RegistryProfile) -> SeenPlan:
        """
        Read the plan of a registry: one request.

        Raises:
            CouldNotLookError: the tasks could not be read.

        """
        tasks = await self._arm.list(f"{profile.resource_id}/tasks", VERSION)
        retention = (
            None
            if profile.retention_days is None
            else RetentionPolicy(profile.retention_days, profile.retention_since)
        )
        plan = CleanupPlan(tasks=tuple(_purging(tasks)), retention=retention)
        return SeenPlan(plan, tuple(_unseen(tasks)))

    async def soft_delete_days(self, registry_id: str) -> int | None:
        """
        How long a deleted manifest can be restored; None where soft delete is off.

        Raises:
            CouldNotLookError: the policy could not be read.

        """
        found = await self._arm.get(registry_id, POLICIES_VERSION)
        policy = _part(_part(_part(found, "properties"), "policies"), "softDeletePolicy")
        days = policy.get("retentionDays")
        on = str(policy.get("status", "")).lower() == "enabled"
        return days if on and isinstance(days, int) else None


def _purging(tasks: Iterable[Json]) -> Iterator[CleanupTask]:
    """The tasks that purge, or were meant to."""
    for one in tasks:
        step = _part(_part(one, "properties"), "step")
        if str(step.get("type", "")).lower() != ENCODED:
            continue
        task = read_encoded_task(
            str(step.get("encodedTaskContent") or ""),
            name=_name(one),
            enabled=_enabled(_part(one, "properties")),
            schedules=_schedules(one),
            values=_values(step),
        )
        if task.commands or task.refused:
            yield task


def _unseen(tasks: Iterable[Json]) -> Iterator[Refusal]:
    """Tasks that run by the clock from a file elsewhere; building is not purging."""
    for one in tasks:
        step = _part(_part(one, "properties"), "step")
        in_a_file = str(step.get("type", "")).lower() == IN_A_FILE
        if in_a_file and _enabled(_part(one, "properties")) and _schedules(one):
            where = _SECRET.sub("", str(step.get("contextPath") or "its context"))
            file = str(step.get("taskFilePath") or "")
            yield Refusal(_name(one), UNSEEN.format(file=file[:200], context=where[:200]))


def _schedules(task: Mapping[str, Any]) -> tuple[str, ...]:
    triggers = _part(_part(task, "properties"), "trigger").get("timerTriggers")
    return tuple(
        str(one["schedule"])
        for one in (triggers if isinstance(triggers, list) else ())
        if isinstance(one, dict) and one.get("schedule") and _enabled(one)
    )


def _values(step: Mapping[str, Any]) -> dict[str, str]:
    """What stands for ``{{.Values.NAME}}``; secret ones are told to nobody."""
    values = step.get("values")
    return {
        str(one["name"]): str(one["value"])
        for one in (values if isinstance(values, list) else ())
        if isinstance(one, dict) and "name" in one and isinstance(one.get("value"), str)
    }


def _enabled(one: Mapping[str, Any]) -> bool:
    return str(one.get("status") or "Enabled").lower() == "enabled"


def _name(task: Mapping[str, Any]) -> str:
    return str(task.get("name") or "")[:200]


def _part(one: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = one.get(key)
    return found if isinstance(found, dict) else {}
