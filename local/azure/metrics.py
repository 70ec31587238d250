"""Metrics of a registry, counted from what happened to it.

Names, units and grains: azure-monitor supported-metrics/microsoft-containerregistry-registries.
SuccessfulPullCount counts refused pulls too, as it does in Azure (azure-docs#117037).
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from local.azure.arm.render.registries import size
from local.azure.operations import Kind, Operation
from local.azure.stamps import seconds
from local.azure.world import World
from local.estates.registry import Registry

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_MOST_POINTS = 1440
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


class MetricsError(Exception):
    """A parameter is wrong; the message says which, its value and what is accepted."""


class Metric(NamedTuple):
    """A metric that Azure Monitor has of registries."""

    label: str
    unit: str
    aggregation: str
    grain: timedelta
    counts: Kind | None = None


METRICS: Mapping[str, Metric] = {
    "StorageUsed": Metric("Storage used", "Bytes", "average", _HOUR),
    "TotalPullCount": Metric("Total Pull Count", "Count", "total", _MINUTE, "pull"),
    "SuccessfulPullCount": Metric("Successful Pull Count", "Count", "total", _MINUTE, "pull"),
    "TotalPushCount": Metric("Total Push Count", "Count", "total", _MINUTE, "push"),
    "SuccessfulPushCount": Metric("Successful Push Count", "Count", "total", _MINUTE, "push"),
}


def metrics(world: World, registry: Registry, query: Mapping[str, str]) -> dict[str, Any]:
    """The answer to `metrics?metricnames=...&timespan=...&interval=...`. Raises MetricsError."""
    names = [name for name in query.get("metricnames", "").split(",") if name]
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise MetricsError(f"metricnames is {unknown or ''!r}; these are: {', '.join(METRICS)}")
    start, end = _timespan(world, query.get("timespan", ""))
    step = max(_duration(query.get("interval", "PT1H")), *(METRICS[name].grain for name in names))
    if (end - start) / step > _MOST_POINTS:
        raise MetricsError(f"timespan over interval gives more than {_MOST_POINTS} points")
    done = [one for one in world.operations if one.registry == registry.name]
    return {
        "cost": 0,
        "timespan": f"{seconds(start)}/{seconds(end)}",
        "interval": query.get("interval", "PT1H"),
        "namespace": "Microsoft.ContainerRegistry/registries",
        "resourceregion": registry.location,
        "value": [_metric(world, registry, name, _steps(start, end, step), done) for name in names],
    }


type _Span = tuple[datetime, datetime]


def _metric(
    world: World,
    registry: Registry,
    name: str,
    spans: Sequence[_Span],
    done: Sequence[Operation],
) -> dict[str, Any]:
    metric = METRICS[name]
    data: list[dict[str, Any]] = []
    for span in spans:
        value = _value(world, registry, metric, span, done)
        data.append({"timeStamp": seconds(span[0]), metric.aggregation: value})
    return {
        "id": f"{registry.id}/providers/Microsoft.Insights/metrics/{name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": name, "localizedValue": metric.label},
        "displayDescription": metric.label,
        "unit": metric.unit,
        "timeseries": [{"metadatavalues": [], "data": data}],
        "errorCode": "Success",
    }


def _value(
    world: World, registry: Registry, metric: Metric, span: _Span, done: Sequence[Operation]
) -> float:
    if metric.counts is None:
        behind = (world.now() - span[1]) / timedelta(days=1)
        return float(size(world, registry) - max(0.0, behind) * registry.quota.growth_bytes_per_day)
    seen = sum(one.kind == metric.counts and span[0] <= one.time < span[1] for one in done)
    quota = registry.quota
    every = quota.pulls_per_minute + sum(quota.pulls_by_identity.values())
    pulls = every if metric.counts == "pull" else 0
    return float(seen + pulls * ((span[1] - span[0]) // _MINUTE))


def _steps(start: datetime, end: datetime, step: timedelta) -> list[_Span]:
    return list(_spans(start, end, step))


def _spans(start: datetime, end: datetime, step: timedelta) -> Iterator[_Span]:
    for number in range(math.ceil((end - start) / step)):
        yield start + number * step, start + (number + 1) * step


def _timespan(world: World, text: str) -> _Span:
    if not text:
        return world.now() - _HOUR, world.now()
    first, _, second = text.partition("/")
    try:
        start, end = (_moment(part) for part in (first, second))
    except ValueError:
        accepted = "two ISO 8601 times with a slash between"
        raise MetricsError(f"timespan is {text!r}; accepted: {accepted}") from None
    if end <= start:
        raise MetricsError(f"timespan is {text!r}: its end is not after its start")
    return start, end


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise MetricsError(f"interval is {text!r}; accepted: PT1M, PT5M, PT1H, P1D and the like")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
