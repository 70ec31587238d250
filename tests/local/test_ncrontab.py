"""When timers fire."""

from datetime import UTC, datetime, timedelta

import pytest

from local.ncrontab import fires_within_a_minute, parse_schedule

WEDNESDAY = "2026-01-07T10:20:30"


@pytest.mark.parametrize(
    ("text", "after", "following"),
    [
        # seconds first; five fields mean second 0
        ("0 */5 * * * *", WEDNESDAY, "2026-01-07T10:25:00"),
        ("*/5 * * * *", WEDNESDAY, "2026-01-07T10:25:00"),
        ("15 * * * * *", WEDNESDAY, "2026-01-07T10:21:15"),
        ("* * * * * *", WEDNESDAY, "2026-01-07T10:20:31"),
        ("0 0 2 * * *", WEDNESDAY, "2026-01-08T02:00:00"),
        # strictly after, also between seconds
        ("0 0 2 * * *", "2026-01-08T02:00:00", "2026-01-09T02:00:00"),
        ("* * * * * *", "2026-01-07T10:20:30.999999", "2026-01-07T10:20:31"),
        ("0 0 0 * * *", "2025-12-31T23:59:59.5", "2026-01-01T00:00:00"),
        # lists, ranges, steps; N/step runs to the end of the field; n-n is one value
        ("0 10,40 9-11 * * *", WEDNESDAY, "2026-01-07T10:40:00"),
        ("0 0 8-18/5 * * *", WEDNESDAY, "2026-01-07T13:00:00"),
        ("0 50/4 * * * *", WEDNESDAY, "2026-01-07T10:50:00"),
        ("0 50/4 * * * *", "2026-01-07T10:58:00", "2026-01-07T11:50:00"),
        ("0 7/1 * * * *", WEDNESDAY, "2026-01-07T11:07:00"),
        ("0 5-5 * * * *", WEDNESDAY, "2026-01-07T11:05:00"),
        # a reversed range is swapped, not wrapped
        ("0 0 18-8 * * *", WEDNESDAY, "2026-01-07T11:00:00"),
        ("0 0 18-8 * * *", "2026-01-07T18:00:00", "2026-01-08T08:00:00"),
        # names by any prefix, Sunday is 0
        ("0 0 0 * * SUN", WEDNESDAY, "2026-01-11T00:00:00"),
        ("0 0 0 * * 0", WEDNESDAY, "2026-01-11T00:00:00"),
        ("0 0 0 * * Mon-Friday", "2026-01-09T00:00:00", "2026-01-12T00:00:00"),
        ("0 0 0 1 march *", WEDNESDAY, "2026-03-01T00:00:00"),
        # day of month AND day of week: a Friday the 13th
        ("0 0 0 13 * 5", WEDNESDAY, "2026-02-13T00:00:00"),
        ("0 0 0 13 * 5", "2026-03-13T00:00:00", "2026-11-13T00:00:00"),
        # months differ in length, and years
        ("0 0 0 31 * *", "2026-01-31T00:00:00", "2026-03-31T00:00:00"),
        ("0 0 0 29 2 *", WEDNESDAY, "2028-02-29T00:00:00"),
        ("0 0 0 29 2 *", "2096-03-01T00:00:00", "2104-02-29T00:00:00"),
    ],
)
def test_next_occurrence(text: str, after: str, following: str) -> None:
    start = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert parse_schedule(text).next(start) == datetime.fromisoformat(following + "+00:00")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("00:30:00", timedelta(minutes=30)),
        ("1.00:00:00", timedelta(days=1)),
        ("02:30", timedelta(hours=2, minutes=30)),
    ],
)
def test_time_span_is_a_period(text: str, period: timedelta) -> None:
    start = datetime(2026, 1, 7, 10, 20, 30, 5, tzinfo=UTC)
    assert parse_schedule(text).next(start) == start + period


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "0 fields"),
        ("* * * *", "4 fields"),
        ("* * * * * * *", "7 fields"),
        ("60 * * * * *", "'60' is not a value of seconds"),
        ("0 0 24 * * *", "'24' is not a value of hours"),
        ("0 0 0 0 * *", "'0' is not a value of days"),
        ("0 0 0 * * 7", "'7' is not a value of days of the week"),
        ("0 0 0 ? * *", "'\\?' is not a value of days"),
        ("0 0 0 L * *", "'L' is not a value of days"),
        ("0 */0 * * * *", "'0' is not a step in minutes"),
        ("0 */x * * * *", "'x' is not a step in minutes"),
        ("0 5, * * * *", "'' is not a value of minutes"),
        ("0 ٣ * * * *", "'٣' is not a value of minutes"),
        ("0 0 0 30 2 *", "never fires"),
        ("24:00:00", "hours end at 23"),
        ("soon", "not a time span"),
    ],
)
def test_what_azure_would_refuse_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "frequent"),
    [
        ("* * * * * *", True),
        ("*/5 * * * * *", True),
        ("10,20,45 * * * * *", True),
        ("0 * * * * *", False),
        ("0 */5 * * * *", False),
        ("* 1-5 * * * *", False),
        ("* * 12 * * Mon", False),
        ("00:00:59", True),
        ("00:01:00", False),
    ],
)
def test_sub_minute_schedules_are_not_monitored(text: str, *, frequent: bool) -> None:
    assert fires_within_a_minute(parse_schedule(text)) is frequent
