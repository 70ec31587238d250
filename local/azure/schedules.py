"""What happens in registries by the clock: tasks by their schedules, clean-up policies once a day.

Off at the start, so that nothing happens of which nobody knows; the verb `schedules` switches it.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from local.azure.cleaning import run_task
from local.azure.contents.errors import RegistryError
from local.azure.contents.purging import PurgeError
from local.azure.world import World
from local.estates.registry import Task
from local.ncrontab import parse_schedule

_LOOK_SECONDS: Final = 1.0
_DAY: Final = timedelta(days=1)

log = logging.getLogger(__name__)


class Schedules:
    """Looks at the clock of a world, and does what fell due since it last looked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._looked: datetime | None = None

    def switch(self, *, on: bool) -> None:
        """From now on do what falls due, or do no more."""
        self._looked = self._world.now() if on else None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()

    def look(self) -> list[str]:
        """The tasks that ran just now, as `registry/task`.

        One that was due several times, because the clock was moved, runs once: it would find
        nothing more to do.
        """
        if self._looked is None:
            return []
        since, self._looked = self._looked, self._world.now()
        ran = [
            (registry.name, task.name)
            for registry in self._world.estate.registries
            for task in registry.tasks
            if is_due(task, since, self._looked)
        ]
        for registry_name, task_name in ran:
            try:
                run_task(self._world, registry_name, task_name)
            except (PurgeError, RegistryError) as error:
                log.warning("the task %s of %s failed: %s", task_name, registry_name, error)
        if self._day(since) < self._day(self._looked):
            self._world.run_retention()
        return ["/".join(names) for names in ran]

    def _day(self, moment: datetime) -> int:
        return (moment - self._world.started) // _DAY


def is_due(task: Task, since: datetime, until: datetime) -> bool:
    """Whether an enabled task has a schedule that fires after `since`, at the latest at `until`."""
    return task.status == "Enabled" and any(
        parse_schedule(schedule).next(since) <= until for schedule in task.schedules
    )
