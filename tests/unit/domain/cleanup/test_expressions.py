"""Expressions: RE2 in the tool's dialect, and look-aheads as several searches."""

import re
from contextlib import suppress

import pytest
import re2  # type: ignore[import-untyped]  # has neither stubs nor py.typed
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.cleanup.expressions import compile_expression, split_filter
from shared.domain.cleanup.model import RefusedError
from shared.domain.cleanup.scan import branches

NAMES = [
    "latest",
    "v1",
    "v10",
    "release-1",
    "dev-13",
    "1.0",
    "pre-release",
    "v1-dev",
    "x",
    "a_b",
    "",
]


def agrees_with_re2(expression: str) -> None:
    found, plain = compile_expression(expression), re2.compile(expression)
    assert [name for name in NAMES if found.search(name)] == [
        name for name in NAMES if plain.search(name)
    ]


def agrees_with_python(expression: str) -> None:
    found, python = compile_expression(expression), re.compile(expression)
    assert [name for name in NAMES if found.search(name)] == [
        name for name in NAMES if python.search(name)
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "^(?!latest$).*",
        "^(?!latest)v.*",
        "^(?!latest$|v1$).*$",
        "^(?!(?:latest|v1)$)(?!dev)[a-z0-9.-]+$",
        "^(?=.*dev)v",
        "^(?=v)(?!.*-)",
        "^(?:(?!release).)*$",
        "^((?!release).)*$",
        "^((?!release).)+$",
        "^(?:(?!-|re).)*$",
        "^(?:(?!^v).)*$",
        "v1$|^(?!v).*",
        "^(?!v)|^x",
        "^(?![(])a",
        r"^(?!\()a",
        "^v(?!1$)",
        "^v(?!1$).*",
        "^re(?!lease)|^v(?=10)",
        r"^\d(?=\.)\.0$",
        "^[a-z][^0-9](?!e).*$",
        r"^.\.(?!1)(?=0).*$",
        ".*(?<!-dev)$",
        "v.*(?<!-dev)$",
        "(?<!release)$",
        ".*(?<=1|x)$",
        "^v.*(?<!dev)(?<!10)$",
        "^(?!latest$).*(?<!-1)$",
        "^(?:v|r).*(?<!1)$|x",
        "(?!latest).*",
        "(?!latest$)",
        "(?!^latest$).*$|x",
    ],
)
def test_look_aheads_that_are_understood(expression: str) -> None:
    agrees_with_python(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "(?!x)y", "x(?!y)", "^(?!a(?!b))c", "^(?!x)*y", "^(?!x", "(?i)^(?!V)", "^(?!x)(?<=y)",
        "^(?:(?!x).)*", "^(?:(?!x)..)*$", "^(?:(?!).)*$", "^(?:(?!x*).)*$", "^(?:(?!$).)*$",
        r"^(?:(?!\b).)*$", "(?:^(?!x))", "^v?(?!1)", "^(?:a|ab)(?!c)", "v(?!1)", "(?!x*).*",
        "(?!$).*", r"(?!\b).*", "(?!x).+", ".*(?<!x)", ".*(?<!x).", "(.*(?<!x))$", "(?<!x)+$",
        ".*(?<!a(?<!b))$", r"^[\]a](?!x)", "x" + "(?<!y)" * 11 + "$", "^" + "(?!x)" * 11,
        "^(?:(?!(?=x)).)*$",
    ],
)  # fmt: skip
def test_look_aheads_that_are_not(expression: str) -> None:
    with pytest.raises(RefusedError):
        compile_expression(expression)


PIECES = st.sampled_from(
    ["v", "1", "dev", "-", ".", ".*", "[a-z]+", r"\d", "$", "^", "(a|b)", "x?"]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_look_aheads_mean_what_python_means(first: str, second: str, rest: str) -> None:
    for expression in (
        f"^(?!{first})(?={second}){rest}",
        f"^(?:(?!{first}).)*$",
        f"^(?!{first}){rest}|{second}",
        f"^v(?!{first})(?={second}){rest}",
        f"(?!{first}).*",
    ):
        with suppress(RefusedError, re.error):
            agrees_with_python(expression)


@settings(max_examples=200, deadline=None)
@given(st.text("ab()[]{}*+?|^$.\\-:0,!=<>P", max_size=20))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with suppress(RefusedError):
        compile_expression(text).search("app")
    assert len(branches(text)) >= 1


@settings(max_examples=200, deadline=None)
@given(st.text("ab()[]*+?|^$.\\-:imsU]", max_size=20))
def test_splitting_refuses_or_gives_both_sides(text: str) -> None:
    try:
        repository, tag = split_filter(text)
    except RefusedError:
        return
    assert repository
    assert tag
    assert f"{repository}:{tag}" == text


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("app:.*", ("app", ".*")),
        ("app:^$", ("app", "^$")),
        ("team/app:(?:a|b)", ("team/app", "(?:a|b)")),
        ("team/app:(?i:a)", ("team/app", "(?i:a)")),
        ("team/app:(?ims-U:a)", ("team/app", "(?ims-U:a)")),
        ("(?:a|b):x", ("(?:a|b)", "x")),
        ("app:[[:digit:]]+", ("app", "[[:digit:]]+")),
        ("app:[[:^digit:]]+", ("app", "[[:^digit:]]+")),
        ("app:[^:]x", ("app", "[^:]x")),
        ("app:[:]x", ("app", "[:]x")),
        ("app:[a:]x", ("app", "[a:]x")),
    ],
)
def test_where_a_filter_is_split(text: str, sides: tuple[str, str]) -> None:
    assert split_filter(text) == sides


def test_evil_expressions_are_quick() -> None:
    """A backtracking engine takes 2**100 steps here."""
    evil = compile_expression("^(a+)+(b|a|aa)*(a*)*$")
    assert not evil.search("a" * 127 + "!")
    lookahead = compile_expression("^(?!(a+)+$)(a|aa)+$")
    assert not lookahead.search("a" * 127 + "!")


@pytest.mark.parametrize(
    "expression",
    ["v(?s)*", "(?m)+", "(?i-s){1}x", "^*?", "^+?", "(?:^+?)?", "v$??", r"\b{2}?a", r"a\B*?",
     r"\A+?", r"a\z??", "()*?x", "a|()+?", "^{1,}?"],
)  # fmt: skip
def test_nothing_repeated_is_refused(expression: str) -> None:
    """The tool stops at a repeated flag, and never ends with some of the others."""
    with pytest.raises(RefusedError, match="repeats nothing"):
        compile_expression(expression)


@pytest.mark.parametrize("expression", [r"\^*", r"[$]+", "(a)*", "(?:^v|x)+", r"v\.b*", "a(?i)b*"])
def test_something_repeated_is_not(expression: str) -> None:
    agrees_with_re2(expression)


def test_long_expressions_are_refused() -> None:
    with pytest.raises(RefusedError, match="longer"):
        compile_expression("a" * 5000)
    with pytest.raises(RefusedError):
        compile_expression("((a{500}){500}){500}")
