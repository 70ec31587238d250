"""``--ago`` as Go reads it."""

from datetime import timedelta

import pytest

from shared.domain.cleanup.ago import LONGEST, is_plain, parse_ago
from shared.domain.cleanup.model import RefusedError


def span(days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> timedelta:
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1d", span(1)),
        ("30d", span(30)),
        ("0d", span()),
        ("0", span()),
        ("0s", span()),
        ("-0", span()),
        ("2d3h6m", span(2, 3, 6)),
        ("1d12h", span(1, 12)),
        ("12h", span(0, 12)),
        ("1h15m", span(0, 1, 15)),
        ("10m", span(0, 0, 10)),
        ("1.5h", span(0, 1.5)),
        (".5h", span(0, 0.5)),
        ("1.h", span(0, 1)),
        ("90s", span(seconds=90)),
        ("1500ms", span(seconds=1.5)),
        ("100ns", timedelta(0)),
        ("7us", timedelta(microseconds=7)),
        ("7µs", timedelta(microseconds=7)),
        ("-1s", span(seconds=-1)),
        ("+1h", span(0, 1)),
        ("-24h", span(-1)),
        ("1d-1s", span(1, seconds=-1)),
        ("-5d", span(-5)),
        ("+5d", span(5)),
        (" 1d", span(1)),
        ("2d 3h", span(2, 3)),
        ("1d1s2m", span(1, 0, 2, 1)),
    ],
)
def test_what_go_reads(text: str, read: timedelta) -> None:
    assert parse_ago(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3h2d", span(3)),  # the number before the first letter is taken for days
        ("1.5d", span(1)),
        ("1 d", span(1)),
        ("1_000d", span(1)),
        ("0x10d", span()),
        ("d", span()),
        ("days", span()),
        ("99999999999999999999d", span()),  # overflows: as if nothing stood there
        ("00030d", span(30)),
    ],
)
def test_what_is_dropped_behind_odd_days(text: str, read: timedelta) -> None:
    assert parse_ago(text) == read
    assert not is_plain(text) or text == "00030d"


@pytest.mark.parametrize(
    "text",
    ["300000d", "99999999999d", "30days", "abc", "h", "--1h", "1dx", "9999999h", "1d9999999999h"],
)
def test_the_longest_is_150_years_and_so_is_what_is_no_duration(text: str) -> None:
    assert parse_ago(text) == LONGEST


@pytest.mark.parametrize("text", ["7w", "30", "1h2", "10d2d", "1e5h", "5y", "1dd", "3M", "0.0"])
def test_the_tool_stops_at_units_it_does_not_know(text: str) -> None:
    if text == "1dd":
        assert parse_ago(text) == LONGEST  # "d" is no number: an invalid duration
        return
    with pytest.raises(RefusedError, match="30d, 12h, 2d3h6m"):
        parse_ago(text)


@pytest.mark.parametrize("text", ["", "  ", "1" * 101])
def test_nothing_and_far_too_much_are_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="--ago"):
        parse_ago(text)


@pytest.mark.parametrize("text", ["\n7d", "3d\n4h", "5h\r", "7\td", "\x1c7d", "7d\xa01h"])
def test_a_line_break_ends_what_the_tool_reads_and_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="line breaks"):
        parse_ago(text)


def test_only_the_longest_is_capped() -> None:
    assert parse_ago("-100000d") == timedelta(days=-100_000)
    assert parse_ago("-106751d") == timedelta(days=-106_751)


@pytest.mark.parametrize("text", ["-106752d", "-9999999999d", "-106751d-24h", "-60000d-2000000h"])
def test_what_goes_round_in_64_bits_is_refused(text: str) -> None:
    """The tool counts nanoseconds: -106752 days are 292 years, and it deletes nothing."""
    with pytest.raises(RefusedError, match="goes round"):
        parse_ago(text)


@pytest.mark.parametrize("text", ["30d", "0d", "12h", "2d3h6m", "1h30m5s"])
def test_plain_durations(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["3h2d", "1.5h", "-1s", "30days", "300000d", "2d 3h", "9999999d"])
def test_durations_that_are_not_plain(text: str) -> None:
    assert not is_plain(text)
