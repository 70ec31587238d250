"""How alike names are: as difflib says, but soon."""

import difflib
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.likeness import MOST_COMPARED, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("v1.2.3", "v1.2.4"),
        ("latest", "lates"),
        ("team/api", "team/apii"),
        ("release-2024.9.9-linux", "release-2024.9.10-linux"),
        ("abc", "xyz"),
        ("", "x"),
    ],
)
def test_it_is_what_difflib_says_of_names_as_people_write_them(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(SequenceMatcher(None, one, other).ratio())


@given(st.text(max_size=200), st.text(max_size=200))
def test_it_is_a_share_and_one_for_the_same_only(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert (likeness(one, other) == 1) is (one == other) or not (one or other)


def test_names_that_are_made_to_take_long_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def matcher(junk: None, one: str, other: str, *, autojunk: bool) -> SequenceMatcher[str]:
        compared.extend((len(one), len(other)))
        return SequenceMatcher(junk, one, other, autojunk=autojunk)

    monkeypatch.setattr(difflib, "SequenceMatcher", matcher)
    likeness("1" * 128, ("12" * 64)[:128])
    assert max(compared) == MOST_COMPARED
