"""The texts with which .NET writes a duration: `00:05:00`, `1.12:00:00`, `00:00:00.80`."""

import re
from datetime import timedelta

_TIMESPAN = re.compile(
    r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2}(?:\.\d+)?))?"
)
_HOURS, _MINUTES = 24, 60


def parse_timespan(text: str) -> timedelta:
    """Read `[d.]hh:mm[:ss[.fff]]`.

    Raises ValueError, also for hours above 23 or minutes and seconds above 59, as .NET does.
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a time span such as 00:05:00")
    parts = {name: float(value or 0) for name, value in match.groupdict().items()}
    if parts["hours"] >= _HOURS or max(parts["minutes"], parts["seconds"]) >= _MINUTES:
        raise ValueError(f"{text!r} is not a time span: hours end at 23, minutes and seconds at 59")
    return timedelta(**parts)
