"""Numbers and times as the pages show them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from shared.domain.findings import Outcome
from shared.domain.words import SIGNS, lasted
from shared.web.overview import LABELS, WAITING

NARROWEST = 0.8
"""Percent of a bar that even one of many pulls gets: what fails must be seen."""


class Segment(Struct, frozen=True):
    """A part of a bar; start and width are percents."""

    label: str
    count: int
    start: float
    width: float


def ago(at: datetime, now: datetime) -> str:
    """``3 minutes ago`` or ``in 2 hours``: the largest part alone, the rest is in the title."""
    span = abs(now - at)
    said = " ".join(lasted(span).split(" ")[:2])
    return f"in {said}" if at > now else f"{said} ago"


def segments(counts: Mapping[str, int]) -> list[Segment]:
    """The parts of a bar, worst first; together at most 100 percent."""
    shown = [(label, counts[label]) for label in LABELS if counts.get(label)]
    total = sum(count for _, count in shown)
    widths = [max(100 * count / total, NARROWEST) for _, count in shown]
    scale, start, found = 100 / max(sum(widths), 100), 0.0, []
    for (label, count), width in zip(shown, widths, strict=True):
        found.append(Segment(label, count, round(start, 2), round(width * scale, 2)))
        start += width * scale
    return found


def spoken(counts: Mapping[str, int]) -> str:
    """A bar for those who do not see it."""
    return ", ".join(f"{count} {label}" for label, count in counts.items() if count) or "no pulls"


def sign(label: str) -> str:
    """The sign of an outcome's label."""
    if label == WAITING:
        return "\N{HORIZONTAL ELLIPSIS}"
    return SIGNS[Outcome[label.upper()]]
