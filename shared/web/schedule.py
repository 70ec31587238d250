"""When a timer fires next: NCRONTAB, seconds first, in UTC, as Azure Functions reads it."""

from datetime import datetime, timedelta

FARTHEST = timedelta(days=366)
_MINUTE = timedelta(minutes=1)
_FIELDS = 6
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def next_run(schedule: str, after: datetime) -> datetime | None:
    """The first time after a time, to the minute; None where the schedule is not understood."""
    fields = schedule.lower().split()
    if len(fields) == _FIELDS:
        fields = fields[1:]  # seconds
    try:
        minutes, hours = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
        days, months = _numbers(fields[2], 1, 31), _numbers(fields[3], 1, 12, _MONTHS)
        weekdays = {number % 7 for number in _numbers(fields[4], 0, 7, _DAYS)}
    except (ValueError, IndexError):
        return None
    at = after.replace(second=0, microsecond=0) + _MINUTE
    while at - after <= FARTHEST:
        if at.month not in months or at.day not in days or at.isoweekday() % 7 not in weekdays:
            at = at.replace(hour=0, minute=0) + timedelta(days=1)
        elif at.hour not in hours:
            at = at.replace(minute=0) + timedelta(hours=1)
        elif at.minute not in minutes:
            at += _MINUTE
        else:
            return at
    return None


def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """What a field like ``*/5``, ``1-5,7`` or ``mon-fri`` stands for. Raises ValueError."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        low = least if span == "*" else _number(first, least, names)
        high = most if span == "*" or (step and not dash) else _number(last or first, least, names)
        if not least <= low <= high <= most:
            raise ValueError(field)
        found.update(range(low, high + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, least: int, names: tuple[str, ...]) -> int:
    return names.index(text) + least if text in names else int(text)
