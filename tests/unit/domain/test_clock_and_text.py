"""Times as Azure writes them, and names that strangers chose."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.clock import utc
from shared.domain.text import lines, plain, shorten

NOON = datetime(2018, 4, 25, 21, 39, 47, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2018-04-25T21:39:47Z",
        "2018-04-25T21:39:47.0000000Z",
        "2018-04-25T21:39:47+00:00",
        "2018-04-25T23:39:47+02:00",
        "2018-04-25T21:39:47",
    ],
)
def test_times_are_read_in_utc(text: str) -> None:
    assert utc(text) == NOON
    assert utc(text).tzinfo is UTC


def test_seven_digits_are_read() -> None:
    assert utc("2018-04-25T21:39:47.6549614Z").microsecond == 654961


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2018-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month|no year"):
        utc(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines", "two lines"),
        ("  much   space ", "much space"),
        ("\x1b[31mred", "[31mred"),
        ("right\u202eleft", "rightleft"),
        ("null\x00", "null"),
    ],
)
def test_names_are_made_harmless(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(max_size=2_000), st.integers(10, 400))
def test_any_name_becomes_one_short_line(text: str, longest: int) -> None:
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_both_ends_are_kept() -> None:
    assert shorten("abcdefghij", 5) == "ab\N{HORIZONTAL ELLIPSIS}ij"
    assert shorten("short", 5) == "short"


def test_lines_stay_lines() -> None:
    assert lines("a\tb\r\nc") == "a b\nc"
