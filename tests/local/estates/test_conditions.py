"""Conditions of role assignments: the language, and what it cannot say."""

import pytest

from local.estates.conditions import ConditionError, Request, compile_condition

READ = "Microsoft.ContainerRegistry/registries/repositories/content/read"
WRITE = "Microsoft.ContainerRegistry/registries/repositories/content/write"
NAME = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"


@pytest.mark.parametrize(
    ("text", "repository", "holds"),
    [
        (f"{NAME} StringEqualsIgnoreCase 'app'", "APP", True),
        (f"{NAME} StringEquals 'app'", "APP", False),
        (f"{NAME} StringStartsWithIgnoreCase 'backend/'", "backend/api", True),
        (f"{NAME} StringStartsWithIgnoreCase 'backend/'", "backend2/api", False),
        (f"{NAME} StringNotEquals 'app'", "other", True),
        (f"{NAME} StringLike 'a*z'", "abcz", True),
        (f"{NAME} ForAnyOfAnyValues:StringEquals {{'a', 'b'}}", "b", True),
        (f"({NAME} StringEquals 'a' OR {NAME} StringEquals 'b')", "b", True),
        (f"{NAME} StringEquals 'a' && {NAME} StringEquals 'b'", "b", False),
        (f"NOT {NAME} StringEquals 'a'", "b", True),
        (f"{NAME} StringEquals 'a'", None, False),
    ],
)
def test_a_comparison(text: str, repository: str | None, holds: bool) -> None:
    assert compile_condition(text)(Request(READ, repository)) is holds


@pytest.mark.parametrize(
    ("action", "repository", "holds"),
    [(READ, "team/app", True), (READ, "other", False), (WRITE, "other", True)],
)
def test_the_form_that_the_portal_writes(action: str, repository: str, holds: bool) -> None:
    text = f"""
    (
     (
      !(ActionMatches{{'{READ}'}})
     )
     OR
     (
      {NAME} StringStartsWithIgnoreCase 'team/'
     )
    )
    """
    assert compile_condition(text)(Request(action, repository)) is holds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maybe",
        f"{NAME} Resembles 'a'",
        f"{NAME} StringEquals",
        "@Resource[x:y] StringEquals 'a'",
        f"({NAME} StringEquals 'a'",
        f"{NAME} StringEquals 'a' 'b'",
        f"{NAME} = 'a'",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        compile_condition(text)
