"""Every case of every check, and what holds for all of them."""

import pytest

from shared.checks import CATALOG
from shared.checks.base import Check
from shared.domain.facts.pull import Asked
from shared.domain.findings import Outcome
from tests.unit.checks import (
    auth_cases,
    capacity_cases,
    cleanup_cases,
    credentials_cases,
    existence_cases,
    network_cases,
)
from tests.unit.checks.case import Case, words
from tests.unit.checks.facts import less

CASES: list[Case] = [
    *network_cases.CASES,
    *credentials_cases.CASES,
    *auth_cases.CASES,
    *existence_cases.CASES,
    *capacity_cases.CASES,
    *cleanup_cases.CASES,
]
FAILING = [case for case in CASES if isinstance(case.expected, tuple) and case.expected]


def name(case: Case) -> str:
    return f"{case.check}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_check_says_what_the_facts_show(case: Case) -> None:
    result = case.run()
    codes = tuple(finding.code for finding in result.findings)
    if isinstance(case.expected, tuple):
        assert codes == case.expected, result
        assert bool(codes) == (result.outcome > Outcome.UNKNOWN), result
    else:
        assert (result.outcome, codes) == (case.expected, ()), result
    assert {finding.stage for finding in result.findings} <= {case.stage}, result
    for word in case.says:
        assert word in words(result)


def test_names_of_cases_are_not_used_twice() -> None:
    names = [name(case) for case in CASES]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_without_one_of_its_facts_a_failing_check_never_passes(case: Case) -> None:
    for kind in (want.kind for want in case.subject.wants):
        result = case.subject.run(less(case.evidence, kind))
        assert result.outcome is not Outcome.PASS, (kind, result)
        assert result.reason != "the check itself failed"


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_a_check_finds_only_what_it_declares(case: Case) -> None:
    declared = {problem.code for problem in case.subject.finds}
    assert {finding.code for finding in case.run().findings} <= declared


def test_every_problem_of_the_catalogue_is_found_in_some_case() -> None:
    declared = {problem.code for check in CATALOG for problem in check.finds}
    found = {finding.code for case in FAILING for finding in case.run().findings}
    assert declared == found


@pytest.mark.parametrize("check", CATALOG, ids=lambda check: check.id)
def test_every_check_has_a_passing_and_an_undecided_case(check: Check[...]) -> None:
    outcomes = {case.run().outcome for case in CASES if case.subject is check}
    assert Outcome.PASS in outcomes
    assert outcomes & {Outcome.UNKNOWN, Outcome.SKIPPED} or check.needs == (Asked,)
