"""Cron as NCrontab reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.cleanup.model import RefusedError
from shared.domain.cleanup.schedule import MOST_TIMES, parse_schedule, times

THURSDAY = datetime(2026, 11, 26, 12, tzinfo=UTC)


def within(text: str, days: float, start: datetime = THURSDAY) -> list[str]:
    found = times(parse_schedule(text), start, start + timedelta(days=days))
    return [f"{at:%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 3 * * *", ["27 03:00", "28 03:00"]),
        ("0 12 * * *", ["27 12:00", "28 12:00"]),
        ("30 */12 * * *", ["26 12:30", "27 00:30", "27 12:30", "28 00:30"]),
        ("0 1 * * Fri", ["27 01:00"]),
        ("0 1 * * FRIDAY", ["27 01:00"]),
        ("0 1 * * 5,6", ["27 01:00", "28 01:00"]),
        ("0 1 * * Mon-Wed", []),
        ("0 1 28 * *", ["28 01:00"]),
        ("0 1 * Nov *", ["27 01:00", "28 01:00"]),
        ("0 1 * 12 *", []),
        ("0 23-1 27 * *", [f"27 {hour:02}:00" for hour in range(1, 24)]),
        ("40/10 5 27 * *", ["27 05:40", "27 05:50"]),
        ("0,0,5-6 5 27 11 5", ["27 05:00", "27 05:05", "27 05:06"]),
        ("  0   3  *  *  * ", ["27 03:00", "28 03:00"]),
        ("0 1-9/4 27 * *", ["27 01:00", "27 05:00", "27 09:00"]),
    ],
)
def test_times(text: str, expected: list[str]) -> None:
    assert within(text, 2) == expected


def test_a_day_must_fit_both_day_and_weekday() -> None:
    """Where cron itself takes either."""
    assert within("0 0 13 * Fri", 60) == []
    assert within("0 0 27 * Fri", 7) == ["27 00:00"]


def test_sunday_is_0_and_there_is_no_7() -> None:
    assert within("0 0 * * 0", 7) == ["29 00:00"]
    with pytest.raises(RefusedError, match="weekday"):
        parse_schedule("0 0 * * 7")


def test_the_29th_of_february() -> None:
    start = datetime(2028, 2, 27, tzinfo=UTC)
    assert within("0 0 29 2 *", 10, start) == ["29 00:00"]
    assert within("0 0 30 2 *", 10, start) == []


def test_the_start_is_over_and_the_end_counts() -> None:
    assert within("0 12 * * *", 1) == ["27 12:00"]


def test_other_time_zones_are_turned_to_utc() -> None:
    start = datetime.fromisoformat("2026-11-26T23:30:00-05:00")
    assert within("0 5 * * *", 1, start) == ["27 05:00"]


def test_too_many_times_end() -> None:
    assert len(within("* * * * *", 7)) == MOST_TIMES


@pytest.mark.parametrize(
    "text",
    [
        "", "* * * *", "0 0 * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
        "* * * 13 *", "* * * 0 *", "x * * * *", "*/0 * * * *", "1- * * * *", "-1 * * * *",
        "1/2/3 * * * *", "1,,2 * * * *", "? * * * *", "L * * * *", "* * * * 5#2", "@daily",
        "* * * * Xyz", "Jan * * * *", "\u0661 * * * *",
        "0 0 * * " + "1," * 200 + "1", "99999 * * * *",
    ],
)  # fmt: skip
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(RefusedError, match="schedule"):
        parse_schedule(text)
