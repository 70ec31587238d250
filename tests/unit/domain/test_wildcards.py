"""Wildcards of role definitions and of conditions."""

import fnmatch
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.wildcards import like, matches

PULL = "Microsoft.ContainerRegistry/registries/pull/read"


@pytest.mark.parametrize(
    ("pattern", "hit"),
    [
        ("*", True),
        (PULL, True),
        (PULL.lower(), True),
        ("*/read", True),
        ("Microsoft.ContainerRegistry/*", True),
        ("Microsoft.ContainerRegistry/*/read", True),
        ("Microsoft.ContainerRegistry/registries/*/read", True),
        ("*pull*", True),
        ("", False),
        ("*/write", False),
        ("Microsoft.ContainerRegistry", False),
        ("Microsoft.ContainerRegistry/registries/pull", False),
        ("Microsoft.ContainerRegistry/registries/pull/read/*", False),
        ("Microsoft.Storage/*", False),
        ("?icrosoft.ContainerRegistry/*", False),
    ],
)
def test_a_role_definitions_pattern_covers_an_action(pattern: str, hit: bool) -> None:
    assert matches(pattern, PULL) is hit


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        ("a*c?", "abcd", True),
        ("A*C?", "abcd", False),
        ("a*c", "abcd", False),
        ("team/*", "team/api", True),
        ("team/*", "team/", True),
        ("team/*", "teams/api", False),
        ("*", "", True),
        ("?", "", False),
        ("", "", True),
        ("", "a", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\?b", "a?b", True),
        (r"a\?b", "axb", False),
        (r"a\\b", r"a\b", True),
        ("**", "abc", True),
        ("*b*b*", "abcb", True),
        ("a.c", "abc", False),
    ],
)
def test_string_like(pattern: str, text: str, hit: bool) -> None:
    assert like(pattern, text) is hit


LETTERS = st.text(alphabet="ab*", max_size=12)


@given(LETTERS, st.text(alphabet="ab", max_size=12))
def test_both_agree_with_the_shells_rules(pattern: str, text: str) -> None:
    expected = re.fullmatch(fnmatch.translate(pattern), text) is not None
    assert matches(pattern, text) is expected
    assert like(pattern, text) is expected


def test_many_stars_cost_little() -> None:
    started = time.perf_counter()
    assert not matches("*a" * 2_000 + "b", "a" * 5_000)
    assert not like("a*" * 200 + "b", "a" * 1_000)
    assert time.perf_counter() - started < 1
