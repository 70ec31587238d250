"""Conditions of role assignments: True, False, or None for "cannot tell"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.conditions import DEEPEST, Request, holds

READ = "Microsoft.ContainerRegistry/registries/repositories/content/read"
WRITE = "Microsoft.ContainerRegistry/registries/repositories/content/write"
ATTRIBUTE = "Microsoft.ContainerRegistry/registries/repositories:name"
NAME = f"@Request[{ATTRIBUTE}]"
YES, NO, OPEN = (
    f"{NAME} StringEquals 'team/api'",
    f"{NAME} StringEquals 'x'",
    "@Principal[x] StringEquals 'y'",
)
PORTAL = f"""
(
 (
  !(ActionMatches{{'{READ}'}})
  AND
  !(ActionMatches{{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'}})
 )
 OR
 (
  {NAME} StringStartsWithIgnoreCase 'team/'
 )
)
"""


def asked(repository: str = "team/api", action: str = READ) -> Request:
    return Request(action, {ATTRIBUTE.lower(): repository})


@pytest.mark.parametrize(
    ("operator", "value", "truth"),
    [
        ("StringEquals", "team/api", True),
        ("StringEquals", "Team/API", False),
        ("StringEqualsIgnoreCase", "Team/API", True),
        ("StringNotEquals", "team/api", False),
        ("StringNotEquals", "team/web", True),
        ("StringNotEqualsIgnoreCase", "TEAM/API", False),
        ("StringStartsWith", "team/", True),
        ("StringStartsWith", "Team/", False),
        ("StringStartsWithIgnoreCase", "TEAM/", True),
        ("StringNotStartsWith", "team/", False),
        ("StringNotStartsWith", "web/", True),
        ("StringNotStartsWithIgnoreCase", "TEAM/", False),
        ("StringLike", "team/*", True),
        ("StringLike", "*/api", True),
        ("StringLike", "tea?/api", True),
        ("StringLike", "Team/*", False),
        ("StringLikeIgnoreCase", "Team/*", True),
        ("StringNotLike", "team/*", False),
        ("StringNotLike", "web/*", True),
        ("StringNotLikeIgnoreCase", "TEAM/*", False),
        ("stringequals", "team/api", True),
        ("StringMatches", "team/api", None),
        ("StringContains", "team", None),
        ("NumericEquals", "1", None),
        ("DateTimeGreaterThan", "2026-01-01", None),
    ],
)
def test_operators_on_the_repository(operator: str, value: str, truth: bool | None) -> None:
    assert holds(f"{NAME} {operator} '{value}'", asked()) is truth


@pytest.mark.parametrize(
    ("operator", "values", "truth"),
    [
        ("ForAnyOfAnyValues:StringEquals", "{'a', 'team/api'}", True),
        ("ForAnyOfAnyValues:StringEquals", "{'a', 'b'}", False),
        ("ForAllOfAnyValues:StringLike", "{'a', 'team/*'}", True),
        ("ForAnyOfAllValues:StringLike", "{'team/*', '*/api'}", True),
        ("ForAnyOfAllValues:StringLike", "{'team/*', '*/web'}", False),
        ("ForAllOfAllValues:StringNotEquals", "{'a', 'b'}", True),
        ("ForAllOfAllValues:StringNotEquals", "{'a', 'team/api'}", False),
        ("StringEquals", "{'team/api'}", True),
        ("StringEquals", "{'a', 'team/api'}", None),
        ("ForSomeOfAnyValues:StringEquals", "{'a'}", None),
        ("StringEquals", "@Resource[x:y]", None),
        ("StringEquals", "true", None),
    ],
)
def test_operators_on_several_values(operator: str, values: str, truth: bool | None) -> None:
    assert holds(f"{NAME} {operator} {values}", asked()) is truth


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("", True),
        ("   ", True),
        (f"ActionMatches{{'{READ}'}}", True),
        (f"ActionMatches{{'{WRITE}'}}", False),
        ("ActionMatches{'Microsoft.ContainerRegistry/*'}", True),
        (f"!(ActionMatches{{'{READ}'}})", False),
        (f"NOT ActionMatches{{'{READ}'}}", False),
        (f"!(ActionMatches{{'{READ}'}} AND SubOperationMatches{{'x'}})", None),
        (f"!(ActionMatches{{'{WRITE}'}} AND SubOperationMatches{{'x'}})", True),
        (f"Exists {NAME}", True),
        ("Exists @Resource[x:y]", None),
        (f"{YES} AND {YES}", True),
        (f"{YES} && {NO}", False),
        (f"{YES} OR {NO}", True),
        (f"{NO} || {NO}", False),
        (f"{NO} and {OPEN}", False),
        (f"{YES} or {OPEN}", True),
        (f"{YES} AND {OPEN}", None),
        (f"{NO} OR {OPEN}", None),
        (f"!({OPEN})", None),
        (f"!!({YES})", True),
        (f"({YES} AND {YES}) OR {NO}", True),
        (f"{YES} AND ({NO} OR {YES})", True),
        (f"{YES} AND {YES} AND {NO}", False),
        (f"{YES} AND {YES} OR {NO}", None),
        (OPEN, None),
        ("@Resource[x:name] StringEquals 'team/api'", None),
        ("@Environment[isPrivateLink] BoolEquals true", None),
    ],
)
def test_logic(condition: str, truth: bool | None) -> None:
    assert holds(condition, asked()) is truth


@pytest.mark.parametrize(
    ("repository", "action", "truth"),
    [
        ("team/api", READ, True),
        ("TEAM/api", READ, True),
        ("teams/api", READ, False),
        ("web", READ, False),
        ("web", WRITE, True),
    ],
)
def test_what_the_portal_writes(repository: str, action: str, truth: bool) -> None:
    assert holds(PORTAL, asked(repository, action)) is truth


@pytest.mark.parametrize(
    "condition",
    [
        *("(", ")", "()", "!", "AND", f"{YES} AND", f"{YES} {YES}", f"({YES}", f"{YES})"),
        *(f"{NAME} StringEquals", f"{NAME}", "'text'", "Unknown{'x'}", "ActionMatches{}", "{"),
        *("ActionMatches'x'{", f"{NAME} StringEquals 'open", f"{NAME} StringEquals 'a' extra", "#"),
        "(" * (DEEPEST + 5) + YES + ")" * (DEEPEST + 5),
        "!" * 10_000 + YES,
        "(" * 100_000,
    ],
)
def test_what_cannot_be_read_cannot_be_told(condition: str) -> None:
    assert holds(condition, asked()) is None


def test_an_attribute_that_the_request_lacks_cannot_be_told() -> None:
    assert holds(YES, Request(READ, {})) is None


PIECES = st.sampled_from(
    [
        *("(", ")", "!", "AND", "OR", "NOT", "&&", "||", "{", "}", ",", "'team/api'", "'x'", NAME),
        *("StringEquals", "StringLike", "ActionMatches", "Exists", "@Principal[a]", "#", "1"),
        *(YES, NO, OPEN),
    ]
)


@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_any_condition_has_an_answer(condition: str) -> None:
    assert holds(condition, asked()) in (True, False, None)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert holds(text, asked()) in (True, False, None)


TERMS = st.recursive(
    st.sampled_from([YES, NO, OPEN]),
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda t: f"(({t[0]}) {t[1]} ({t[2]}))"
        ),
    ),
    max_leaves=8,
)


@given(TERMS)
def test_a_condition_and_its_opposite_never_agree(condition: str) -> None:
    truth, opposite = holds(condition, asked()), holds(f"!({condition})", asked())
    assert (truth is None) == (opposite is None)
    assert truth is None or truth is not opposite
