"""When a timer fires: NCRONTAB with seconds first, or a time span between two runs.

The Azure dialect of cron: five or six fields; a day must satisfy day of month AND day of week;
Sunday is 0 and nothing is 7; names may be shortened to any prefix; `N/step` runs to the end of the
field. Of the libraries on PyPI none agrees with it (they OR the days, or refuse `n-n`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from local.timespan import parse_timespan

_MONTHS = "january february march april may june july august september october november december"
_DAYS = "sunday monday tuesday wednesday thursday friday saturday"
_HORIZON_DAYS = 366 * 9  # a 29 February is at most eight years away


@dataclass(frozen=True)
class _Field:
    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    def parse(self, text: str) -> tuple[int, ...]:
        """All values that a field admits, in order. Raises ValueError."""
        values = {value for part in text.split(",") for value in self._part(part)}
        return tuple(sorted(values))

    def _part(self, text: str) -> range:
        body, slash, step_text = text.partition("/")
        if slash and not re.fullmatch(r"0*[1-9]\d*", step_text):
            raise ValueError(f"{step_text!r} is not a step in {self.name}")
        step = int(step_text) if slash else 1
        if body == "*":
            return range(self.first, self.last + 1, step)
        start, dash, end = body.partition("-")
        low = self._value(start)
        high = self._value(end) if dash else self.last if step > 1 else low
        low, high = min(low, high), max(low, high)  # NCrontab swaps a reversed range
        return range(low, high + 1, step)

    def _value(self, text: str) -> int:
        if re.fullmatch(r"[0-9]+", text):
            value = int(text)
            if self.first <= value <= self.last:
                return value
        for position, name in enumerate(self.names):
            if text and name.startswith(text.lower()):
                return self.first + position
        raise ValueError(f"{text!r} is not a value of {self.name} ({self.first}-{self.last})")


_FIELDS = (
    _Field("seconds", 0, 59),
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("days", 1, 31),
    _Field("months", 1, 12, tuple(_MONTHS.split())),
    _Field("days of the week", 0, 6, tuple(_DAYS.split())),
)


@dataclass(frozen=True)
class Cron:
    """A parsed NCRONTAB expression. Times are UTC."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def next(self, after: datetime) -> datetime:
        """The first occurrence strictly after a moment. Raises ValueError if there is none."""
        start = after.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        for day in self._matching_days(start.date()):
            earliest = start.time() if day == start.date() else time.min
            for moment in self._times(earliest):
                return datetime.combine(day, moment, UTC)
        raise ValueError("the schedule never fires")

    def _matching_days(self, first: date) -> Iterator[date]:
        for offset in range(_HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if (
                day.month in self.months
                and day.day in self.days
                and day.isoweekday() % 7 in self.weekdays
            ):
                yield day

    def _times(self, earliest: time) -> Iterator[time]:
        for hour in self.hours:
            if hour < earliest.hour:
                continue
            for minute in self.minutes:
                if (hour, minute) < (earliest.hour, earliest.minute):
                    continue
                for second in self.seconds:
                    if (moment := time(hour, minute, second)) >= earliest:
                        yield moment


@dataclass(frozen=True)
class Every:
    """A time span between two runs, as `00:30:00`."""

    period: timedelta

    def next(self, after: datetime) -> datetime:
        """One period after a moment."""
        return after + self.period


type Schedule = Cron | Every


def parse_schedule(text: str) -> Schedule:
    """Read an NCRONTAB expression or a time span. Raises ValueError, also when it never fires."""
    fields = text.split()
    if len(fields) == 1:
        return Every(parse_timespan(text))
    if len(fields) == len(_FIELDS) - 1:
        fields = ["0", *fields]
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{text!r} has {len(fields)} fields; NCRONTAB has five or six")
    cron = Cron(*(field.parse(part) for field, part in zip(_FIELDS, fields, strict=True)))
    cron.next(datetime(2000, 1, 1, tzinfo=UTC))
    return cron


def fires_within_a_minute(schedule: Schedule) -> bool:
    """Whether occurrences are always less than a minute apart.

    The host keeps no monitor for such schedules (TimerSchedule.ShouldDisableScheduleMonitor).
    """
    if isinstance(schedule, Every):
        return schedule.period < timedelta(minutes=1)
    unrestricted = all(
        values == tuple(range(field.first, field.last + 1))
        for field, values in zip(_FIELDS[1:], _minute_and_up(schedule), strict=True)
    )
    return unrestricted and len(schedule.seconds) > 1


def _minute_and_up(cron: Cron) -> tuple[tuple[int, ...], ...]:
    return cron.minutes, cron.hours, cron.days, cron.months, cron.weekdays
