"""What was measured, as rows of a table."""

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

HEAD = ("what", "measured", "bound", "ok")
NO_BOUND = "-"


class Row(Struct, frozen=True, kw_only=True):
    """One figure. ``bound`` is the most that it may be; None promises nothing."""

    part: str
    what: str
    measured: float
    unit: str = ""
    bound: float | None = None
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the figure keeps to its bound."""
        return self.bound is None or self.measured <= self.bound


class Spread(Struct, frozen=True):
    """Several measurements of the same."""

    median: float
    least: float
    most: float

    def told(self, unit: str) -> str:
        """The extremes, for a note beside the median."""
        return f"{figure(self.least, unit)} to {figure(self.most, unit)}"


def spread(values: Sequence[float]) -> Spread:
    """Median and extremes of at least one value."""
    return Spread(median(values), min(values), max(values))


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown, which is readable on a terminal too."""
    lines = [HEAD, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([shown[0], rule, *shown[1:]])


def figure(value: float, unit: str) -> str:
    """A number with its unit, as exact as it is worth."""
    number = f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
    return f"{number} {unit}".strip()


def _cells(row: Row) -> tuple[str, str, str, str]:
    note = f" ({row.note})" if row.note else ""
    bound = NO_BOUND if row.bound is None else figure(row.bound, row.unit)
    verdict = NO_BOUND if row.bound is None else ("yes" if row.ok else "NO")
    return f"{row.part}: {row.what}", f"{figure(row.measured, row.unit)}{note}", bound, verdict
