"""The catalogue itself: every case can be planted, hits somebody, and is about a known problem."""

import json

import pytest

from local.estates.loader import loads
from local.faults import table
from local.faults.base import base, workloads
from local.faults.cases import Case, Kind, Verdict, judge, said
from local.faults.catalogue import EVERY_CASE, FAULTS
from local.faults.edits import drop, image, keep_ways, matching, put, revoke
from local.faults.survey import Seen

KNOWN = set(table.problems())


def seen(workload: str, root: str | None, *others: str, outcome: str = "fail") -> Seen:
    problems = (*([root] if root else []), *others)
    return Seen(workload, "plain.azurecr.io/x:1", outcome, root, problems, "proven")


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.name)
def test_a_case_makes_an_estate_that_holds_together(case: Case) -> None:
    made = case.estate()
    loads(json.dumps(made))
    names = [one["name"] for one in matching(made, "*")]
    assert any(case.is_hit(name) for name in names)
    assert made != base()


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.name)
def test_a_case_names_problems_that_the_app_knows(case: Case) -> None:
    named = {v.root for v in case.hits.values()} | {c for v in case.hits.values() for c in v.also}
    assert named - {"", "*"} <= KNOWN
    assert case.kind is not Kind.PAIR or all(len(v.also) == 1 for v in case.hits.values())


def test_the_matrix_is_as_large_as_promised() -> None:
    kinds = [case.kind for case in EVERY_CASE]
    assert len({case.code for case in FAULTS}) >= 70
    assert kinds.count(Kind.PAIR) >= 30
    assert kinds.count(Kind.LOOKALIKE) >= 40


def test_names_tell_cases_apart() -> None:
    faults = [case.name for case in EVERY_CASE if case.kind is not Kind.PAIR]
    assert len(faults) == len(set(faults))


@pytest.mark.parametrize(
    "edit",
    [
        put("registries/nowhere/sku", "Basic"),
        drop("registries/plain/tokens/nobody"),
        image("nobody-*", "x"),
        revoke("nobody", "registry/plain"),
    ],
)
def test_an_edit_that_changes_nothing_is_a_mistake(edit: object) -> None:
    with pytest.raises(LookupError):
        edit(base())  # type: ignore[operator]


def test_who_is_not_needed_is_left_out() -> None:
    made = base()
    keep_ways(made, {"plain"})
    left = {one["name"] for one in matching(made, "*")}
    assert left == {name for name in workloads() if name.endswith("-plain")}


CASE = Case("x", put("registries/plain/sku", "Standard"), {"aks-plain": said("A", "B")})


@pytest.mark.parametrize(
    ("hit", "bystander", "wrong"),
    [
        (seen("c/n/deployment/aks-plain", "A", "B"), seen("aci-plain", None, outcome="pass"), ""),
        (seen("aks-plain", "B", "A"), seen("aci-plain", None, outcome="pass"), "B"),
        (seen("aks-plain", "A"), seen("aci-plain", None, outcome="pass"), "without B"),
        (
            seen("aks-plain", None, outcome="unknown"),
            seen("aci-plain", None, outcome="pass"),
            "unknown",
        ),
        (seen("aks-plain", "A", "B"), seen("aci-plain", "A"), "A"),
        (seen("aks-plain", "A", "B"), seen("aci-plain", None, outcome="unknown"), "unknown"),
    ],
)
def test_what_was_said_is_compared_with_what_is_true(
    hit: Seen, bystander: Seen, wrong: str
) -> None:
    misses = [m for m in judge(CASE, [hit, bystander]).misses if m.got != "not seen at all"]
    assert [miss.got for miss in misses] == ([wrong] if wrong else [])


def test_a_workload_of_which_nothing_is_said_is_a_miss() -> None:
    misses = judge(CASE, [seen("aks-plain", "A", "B")]).misses
    assert ("aci-plain", "not seen at all") in {(miss.workload, miss.got) for miss in misses}


def test_a_forbidden_problem_is_a_miss() -> None:
    verdict = Verdict("A", never=("EXISTENCE_",))
    assert verdict.mistake(seen("x", "A", "EXISTENCE_TAG_MISSING")) == "also EXISTENCE_TAG_MISSING"
    assert verdict.mistake(seen("x", "A", "NETWORK_X")) == ""
