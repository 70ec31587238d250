"""How much is pulled from a registry and stored in it, as Azure Monitor counts.

Metrics: azure-monitor supported-metrics/microsoft-containerregistry-registries. Failed pulls cannot
be told from them: SuccessfulPullCount equals TotalPullCount in practice (azure-docs#117037).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.arm import Arm, Json
from shared.domain.clock import utc
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import RegistryLoad

VERSION = "2023-10-01"
LOOK_BACK = timedelta(days=30)


async def read(arm: Arm, registry_id: str, at: datetime) -> RegistryLoad:
    """
    Read the busiest minute of the last hour, and how storage grew in 30 days.

    Raises:
        CouldNotLookError: Azure Monitor did not tell.

    """
    hour = at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)
    pulls = await _metric(arm, registry_id, "TotalPullCount", "PT1M", hour, timedelta(hours=1))
    stored = await _metric(arm, registry_id, "StorageUsed", "P1D", hour, LOOK_BACK)
    counted = [value for _, value in _points(pulls, "total")]
    return RegistryLoad(
        busiest_minute=max(counted) if counted else None,
        storage=tuple(value for _, value in sorted(_points(stored, "average"))),
    )


async def _metric(  # noqa: PLR0917 - the parameters of one request
    arm: Arm, registry_id: str, name: str, step: str, end: datetime, span: timedelta
) -> Json:
    where = f"{registry_id}/providers/Microsoft.Insights/metrics"
    span_text = f"{end - span:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}"
    asked = f"metricnames={name}&interval={step}&timespan={span_text}"
    return await arm.get(f"{where}?{asked}", VERSION)


def _points(answer: Json, kind: str) -> Iterable[tuple[datetime, int]]:
    """Time and value of every point that has one; storage has a series for each region."""
    try:
        totals: dict[datetime, float] = {}
        for metric in answer["value"]:
            for series in metric["timeseries"]:
                for point in series["data"]:
                    _add(totals, point, kind)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise CouldNotLookError(f"Azure Monitor's answer is not understood: {why}") from why
    return [(at, round(value)) for at, value in totals.items()]


def _add(totals: dict[datetime, float], point: Mapping[str, Any], kind: str) -> None:
    if point.get(kind) is not None:
        at = utc(point["timeStamp"])
        totals[at] = totals.get(at, 0.0) + float(point[kind])
