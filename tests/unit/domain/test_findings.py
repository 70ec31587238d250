"""Problems, rendered for one subject."""

import shlex

import pytest

from shared.domain.findings import Confidence, Outcome, Problem

PROBLEM = Problem(
    code="X_BAD",
    outcome=Outcome.FAIL,
    title="{subject} lacks {what}",
    explanation="Because {why}.",
    fix=("az thing add --name {what}", "kubectl get {what}", "Ask the owner of {what}"),
    link="https://example.org",
    explains=("y.",),
    health_code="H",
)


def test_outcomes_are_ordered_so_that_not_knowing_is_worse_than_passing() -> None:
    assert list(Outcome) == sorted(Outcome)
    assert Outcome.SKIPPED < Outcome.PASS < Outcome.UNKNOWN < Outcome.WARN < Outcome.FAIL
    assert Outcome.FAIL.label == "fail"


def test_a_problem_is_rendered_with_real_names() -> None:
    found = PROBLEM.found(subject="contoso", what="tag", why="it was deleted")
    assert found.title == "contoso lacks tag"
    assert found.explanation == "Because it was deleted."
    assert found.fix == ("az thing add --name tag", "kubectl get tag", "Ask the owner of tag")
    assert (found.code, found.outcome, found.subject) == ("X_BAD", Outcome.FAIL, "contoso")
    assert (found.link, found.explains) == ("https://example.org", ("y.",))
    assert found.details == {"what": "tag", "why": "it was deleted"}
    assert found.confidence is Confidence.PROVEN


@pytest.mark.parametrize("name", ["v1; rm -rf /", "$(id)", "`id`", "a b", "'", '"', "\n"])
def test_names_are_quoted_in_commands_only(name: str) -> None:
    found = PROBLEM.found(subject="s", what=name, why="x")
    assert shlex.split(found.fix[0])[-1] == name
    assert shlex.split(found.fix[1])[-1] == name
    assert found.fix[2] == f"Ask the owner of {name}"
    assert found.title == f"s lacks {name}"


def test_braces_in_names_are_left_alone() -> None:
    assert PROBLEM.found(subject="s", what="{why}", why="x").title == "s lacks {why}"


def test_a_detail_that_a_template_names_must_be_given() -> None:
    with pytest.raises(KeyError, match="why"):
        PROBLEM.found(subject="s", what="x")
