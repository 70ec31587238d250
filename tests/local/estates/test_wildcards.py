"""Patterns of roles, scope maps and conditions."""

import pytest

from local.estates.wildcards import is_like, stands_for


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("app", "app", True),
        ("app", "app2", False),
        ("team/*", "team/app", True),
        ("team/*", "teams/app", False),
        ("*", "any/thing", True),
        ("a.c", "abc", False),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
    ],
)
def test_a_star_is_any_text_and_nothing_else_is_special(
    pattern: str, text: str, expected: bool
) -> None:
    assert stands_for(pattern, text) is expected


def test_a_question_mark_is_one_character_to_string_like() -> None:
    assert is_like("app1", "app?")
    assert not is_like("app12", "app?")
    assert not is_like("a", "[ab]")
