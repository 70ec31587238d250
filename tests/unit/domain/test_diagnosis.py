"""From results of checks to one diagnosis."""

import pytest

from shared.domain.diagnosis import EXPLAINED, Gap, conclude
from shared.domain.findings import CheckResult, Confidence, Outcome
from tests.unit.domain.things import ASKED, NOW, diagnosis, finding, pull, result, unknown

FAIL = finding("FAIL")
WARN = finding("WARN", outcome=Outcome.WARN)


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ((), Outcome.UNKNOWN),
        ((result("a"),), Outcome.PASS),
        ((result("a"), result("b", outcome=Outcome.SKIPPED)), Outcome.PASS),
        ((result("a"), unknown("b")), Outcome.UNKNOWN),
        ((result("a"), unknown("b", advisory=True)), Outcome.PASS),
        ((result("a", WARN), unknown("b")), Outcome.WARN),
        ((result("a", WARN), result("b", FAIL)), Outcome.FAIL),
        ((result("a", FAIL, advisory=True),), Outcome.FAIL),
        ((unknown("a", advisory=True),), Outcome.UNKNOWN),
    ],
)
def test_the_outcome_is_the_worst_that_counts(
    results: tuple[CheckResult, ...], outcome: Outcome
) -> None:
    assert diagnosis(*results).outcome is outcome


def test_the_root_cause_is_the_first_failure_then_the_first_warning() -> None:
    other = finding("OTHER")
    assert diagnosis(result("a", WARN), result("b", FAIL), result("c", other)).root == FAIL
    assert diagnosis(result("a"), result("b", WARN)).root == WARN
    assert diagnosis(result("a"), unknown("b")).root is None


def test_findings_come_root_first_then_the_worst() -> None:
    mild = finding("MILD", outcome=Outcome.WARN)
    found = diagnosis(result("a", mild), result("b", FAIL), result("c", finding("OTHER")))
    assert [f.code for f in found.findings] == ["FAIL", "OTHER", "MILD"]


def test_a_finding_explains_what_could_not_be_looked_at() -> None:
    closed = finding("CLOSED", explains=("existence.",))
    found = diagnosis(
        result("network.firewall", closed), unknown("existence.manifest"), unknown("auth.role")
    )
    outcomes = {r.check: (r.outcome, r.reason, r.overshadowed) for r in found.results}
    assert outcomes["existence.manifest"] == (Outcome.SKIPPED, f"{EXPLAINED}CLOSED", True)
    assert outcomes["auth.role"] == (Outcome.UNKNOWN, "403", False)


def test_a_finding_never_hides_another() -> None:
    closed = finding("CLOSED", explains=("existence.",))
    found = diagnosis(result("network.firewall", closed), result("existence.manifest", FAIL))
    assert found.findings == (closed, FAIL)


@pytest.mark.parametrize(
    ("results", "confidence"),
    [
        ((result("a", FAIL),), Confidence.PROVEN),
        ((unknown("a"), result("b", FAIL)), Confidence.LIKELY),
        ((unknown("a", advisory=True), result("b", FAIL)), Confidence.PROVEN),
        ((result("a", FAIL), unknown("b")), Confidence.PROVEN),
        ((result("a", finding(confidence=Confidence.REPORTED)),), Confidence.REPORTED),
        (
            (unknown("a"), result("b", finding(confidence=Confidence.REPORTED))),
            Confidence.REPORTED,
        ),
        ((result("a"),), None),
    ],
)
def test_how_sure_the_cause_is(
    results: tuple[CheckResult, ...], confidence: Confidence | None
) -> None:
    assert diagnosis(*results).confidence is confidence


def test_what_passed_is_ruled_out_and_gaps_are_named() -> None:
    found = conclude(pull(), NOW, ASKED, [result("a"), result("b", FAIL)], {"Fact": "403"})
    assert found.ruled_out == ("a",)
    assert found.unseen == (Gap("Fact", "403"),)
