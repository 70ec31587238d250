"""When a task's timer fires: cron expressions of five fields, UTC, as NCrontab reads them.

ACR Tasks uses that library: a day must fit day-of-month *and* day-of-week, where cron libraries for
Python take either; that is why none of them is used here.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from shared.domain.cleanup.model import RefusedError

LONGEST = 200
MOST_TIMES = 2_100
"""One schedule's times that are foreseen: a week of every five minutes."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES = {name: number for number, name in enumerate(_MONTHS, start=1)}
_DAY_NAMES = {name: number for number, name in enumerate(_DAYS)}


class Schedule(Struct, frozen=True):
    """The minutes, hours, days, months and weekdays (0 is Sunday) that fit."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]


def parse_schedule(text: str) -> Schedule:
    """Read ``minute hour day month weekday``. Raises RefusedError naming the field."""
    fields = text[: LONGEST + 1].split()
    if len(text) > LONGEST or len(fields) != len("mhdMw"):
        raise RefusedError(
            f"the schedule {text[:LONGEST]!r} needs five fields: minute hour day month weekday"
        )
    minute, hour, day, month, weekday = fields
    return Schedule(
        _field("minute", minute, 0, 59, {}),
        _field("hour", hour, 0, 23, {}),
        _field("day", day, 1, 31, {}),
        _field("month", month, 1, 12, _NAMES),
        _field("weekday", weekday, 0, 6, _DAY_NAMES),
    )


def times(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every time in (after, until], in order, at most MOST_TIMES."""
    left = MOST_TIMES
    for day in _days(schedule, after.astimezone(UTC).date(), until.astimezone(UTC).date()):
        for hour in sorted(schedule.hours):
            for minute in sorted(schedule.minutes):
                at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                if at > until or not left:
                    return
                if at > after:
                    left -= 1
                    yield at


def _days(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if (
            day.month in schedule.months
            and day.day in schedule.days
            and day.isoweekday() % 7 in schedule.weekdays
        ):
            yield day


def _field(what: str, text: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(what, step_text, {}) if slash else 1
        if step < 1:
            raise RefusedError(f"the schedule's {what} has a step of {step}")
        start, end = _span(what, span, low, high, names, stepped=bool(slash))
        if not low <= start <= high or not low <= end <= high:
            raise RefusedError(f"the schedule's {what} is {part!r}, not within {low} to {high}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _span(
    what: str, text: str, low: int, high: int, names: dict[str, int], *, stepped: bool
) -> tuple[int, int]:
    if text == "*":
        return low, high
    first, dash, second = text.partition("-")
    start = _number(what, first, names)
    if not dash:
        return start, high if stepped else start
    end = _number(what, second, names)
    return min(start, end), max(start, end)


def _number(what: str, text: str, names: dict[str, int]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len("0059"):
        return int(text)
    name = text[:3].upper()
    if text.isalpha() and name in names:
        return names[name]
    raise RefusedError(f"the schedule's {what} has {text[:50]!r}, which is no number")
