"""The latest runs of a registry's tasks: a purge runs as one, and its run is who did it.

``Microsoft.ContainerRegistry/registries/runs`` is in preview api versions only.
"""

from collections.abc import Iterable
from contextlib import suppress

from shared.adapters.arm import Arm, Json
from shared.domain.clock import utc
from shared.domain.facts.beside import TaskRun, TaskRuns

VERSION = "2019-06-01-preview"
MOST = 100


class Runs:
    """Reads runs. `Arm` keeps what it reads, so what is missing together asks once."""

    def __init__(self, arm: Arm) -> None:
        """Read with this client."""
        self._arm = arm

    async def of(self, registry_id: str) -> TaskRuns:
        """
        The latest runs, at most 100: one request.

        Raises:
            CouldNotLookError: they could not be read.

        """
        page = await self._arm.get(f"{registry_id}/runs?$top={MOST}", VERSION)
        listed = page.get("value")
        return TaskRuns(tuple(_runs(listed if isinstance(listed, list) else ())))


def _runs(listed: Iterable[Json]) -> Iterable[TaskRun]:
    """Those that began: one that is queued has done nothing."""
    for one in listed:
        about = one.get("properties") if isinstance(one, dict) else None
        if not isinstance(about, dict) or not about.get("runId"):
            continue
        with suppress(ValueError):
            yield TaskRun(
                id=str(about["runId"])[:50],
                task=str(about.get("task") or "")[:100],
                started=utc(str(about.get("startTime") or about.get("createTime") or "")),
                finished=utc(str(about["finishTime"])) if about.get("finishTime") else None,
            )
