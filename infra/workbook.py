"""The workbook of capacity: queries over the app's `pullwatch.capacity` lines, put into its form.

Growth is measured as the app measures it: from the first to the last day of a span.
"""

import json
from typing import Any

SIGNAL = "pullwatch.capacity "
WARNING, CRITICAL = 70, 90
SPANS = (30, 60, 90)
GIB = 1024**3

ABOUT = """\
# Storage of registries

From what the nightly sweeps saw. What is *included* costs nothing more; at the hard limit
pushes end.
"""

DAYS = (
    f'AppTraces | where Message startswith "{SIGNAL}"'
    f' | extend said = parse_json(substring(Message, strlen("{SIGNAL}")))'
    " | extend registry = tostring(said.registry), used = tolong(said.used)"
    ', included = tolong(said.included), hard = tolong(said["limit"])'
    " | summarize used = max(used), included = max(included), hard = max(hard)"
    " by registry, day = bin(TimeGenerated, 1d)"
)
"""One row a registry and day; all in bytes."""


def share() -> str:
    """Percent of what is included, by day, with the two lines that are warned of."""
    return (
        f"{DAYS} | where included > 0"
        " | project day, registry, percent = round(100.0 * used / included, 1)"
        f", warning = {WARNING}, critical = {CRITICAL} | order by day asc"
    )


def now() -> str:
    """What each registry holds today."""
    return (
        f"{_ends(1)} | where included > 0"
        f" | project registry, usedGiB = round(1.0 * last / {GIB}, 1)"
        f", includedGiB = round(1.0 * included / {GIB}, 1)"
        ", percentOfIncluded = round(100.0 * last / included, 1)"
        ", percentOfHardLimit = iff(hard > 0, round(100.0 * last / hard, 2), toreal(''))"
        " | order by percentOfIncluded desc"
    )


def growth(days: int) -> str:
    """GiB a day over a span, and when 70 %, 90 % and all of what is included are reached."""
    dates = ", ".join(
        f"at{percent} = iff(perDay > 0 and included * {percent} / 100 > last, "
        f"lastDay + (included * {percent} / 100 - last) / perDay * 1d, todatetime(''))"
        for percent in (WARNING, CRITICAL, 100)
    )
    return (
        f"{_ends(days)} | extend length = (lastDay - firstDay) / 1d"
        " | extend perDay = iff(length > 0, 1.0 * (last - first) / length, toreal(''))"
        f" | project registry, perDayGiB = round(perDay / {GIB}, 2), {dates}"
        ", full = iff(perDay > 0 and hard > last, lastDay + (hard - last) / perDay * 1d"
        ", todatetime('')) | order by registry asc"
    )


def _ends(days: int) -> str:
    """The first and the last day of a span, with what was used then, a row a registry."""
    return (
        f"{DAYS} | where day >= ago({days}d) - 1d"
        " | summarize firstDay = min(day), lastDay = max(day) by registry"
        f" | join kind=inner ({DAYS} | project registry, firstDay = day, first = used)"
        " on registry, firstDay"
        f" | join kind=inner ({DAYS} | project registry, lastDay = day, last = used, included"
        ", hard) on registry, lastDay"
    )


def workbook() -> str:
    """The workbook as Azure Monitor takes it."""
    items = [
        _text(ABOUT),
        _query("Today", now(), "table", _colours("percentOfIncluded")),
        _query(f"Percent of what is included ({WARNING} %, {CRITICAL} %)", share(), "linechart"),
    ]
    items += [
        _query(
            f"Growth of {days} days, and when it reaches what is included", growth(days), "table"
        )
        for days in SPANS
    ]
    form = {"version": "Notebook/1.0", "items": items, "isLocked": False}
    return json.dumps(form, indent=2) + "\n"


def _text(text: str) -> dict[str, Any]:
    return {"type": 1, "content": {"json": text}, "name": "about"}


def _query(
    title: str, query: str, shown: str, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    content = {
        "version": "KqlItem/1.0",
        "query": query,
        "size": 0,
        "title": title,
        "timeContext": {"durationMs": max(SPANS) * 86_400_000},
        "queryType": 0,
        "resourceType": "microsoft.operationalinsights/workspaces",
        "visualization": shown,
        **(more or {}),
    }
    return {"type": 3, "content": content, "name": title}


def _colours(column: str) -> dict[str, Any]:
    """Yellow from the first line, red from the second."""
    grid = [
        {"operator": ">=", "thresholdValue": str(CRITICAL), "representation": "redBright"},
        {"operator": ">=", "thresholdValue": str(WARNING), "representation": "yellow"},
        {"operator": "Default", "thresholdValue": None, "representation": "green"},
    ]
    formatter = {
        "columnMatch": column,
        "formatter": 18,
        "formatOptions": {"thresholdsOptions": "colors", "thresholdsGrid": grid},
    }
    return {"gridSettings": {"formatters": [formatter]}}
