"""What findings rest on: what was seen, ruled out, and out of sight."""

import pytest

from shared.checks import CATALOG, EVERY_CHECK, examine
from shared.checks.seen import LONGEST, MOST
from shared.checks.sight import RULED_OUT
from shared.domain.facts.base import Evidence
from shared.domain.facts.registry import ManifestState, RoleAssignments
from shared.domain.findings import Finding, Outcome
from tests.unit.checks.case import Case
from tests.unit.checks.existence_cases import GONE
from tests.unit.checks.facts import healthy, rights, unseen
from tests.unit.checks.test_cases import FAILING, name


def finding_of(evidence: Evidence, code: str) -> Finding:
    [found] = [f for result in examine(evidence) for f in result.findings if f.code == code]
    return found


def test_a_missing_tag_rests_on_what_the_registry_answers() -> None:
    found = finding_of(healthy(GONE), "EXISTENCE_TAG_MISSING")
    assert any("404 MANIFEST_UNKNOWN" in line for line in found.sight.seen)
    assert "a missing role" in found.sight.ruled_out
    assert "a missing tag or digest" not in found.sight.ruled_out
    assert found.sight.unseen == ()


def test_a_missing_role_rests_on_roles_and_the_identity() -> None:
    found = finding_of(healthy(rights()), "AUTH_NO_PULL_PERMISSION")
    assert "Roles at the registry or above: none" in found.sight.seen
    assert any(line.startswith("Pulls as prod-agentpool") for line in found.sight.seen)


def test_what_could_not_be_seen_is_told_with_its_reason() -> None:
    evidence = healthy(GONE, unseen(RoleAssignments), unseen(ManifestState))
    found = finding_of(evidence, "EXISTENCE_TAG_MISSING")
    assert any("role assignments" in line and "403" in line for line in found.sight.unseen)
    assert "a missing role" not in found.sight.ruled_out


@pytest.mark.parametrize("case", FAILING, ids=name)
def test_a_sight_is_short_and_never_rules_out_what_failed(case: Case) -> None:
    results = examine(case.evidence)
    failed = {RULED_OUT.get(r.check) for r in results if r.outcome is not Outcome.PASS}
    for found in (f for result in results for f in result.findings):
        lines = (*found.sight.seen, *found.sight.unseen)
        assert len(found.sight.seen) <= MOST
        assert len(found.sight.unseen) <= MOST
        assert all(0 < len(line) <= LONGEST for line in lines)
        assert failed.isdisjoint(found.sight.ruled_out)
        assert found.outcome is Outcome.FAIL or not found.sight.ruled_out


def test_what_is_ruled_out_is_said_of_checks_that_exist() -> None:
    untold = (
        "capacity.",
        "cleanup.",
        "reported.",
        "network.answer",
        "network.tier",
        "existence.moved",
    )
    ids = {check.id for check in CATALOG if not check.id.startswith(untold)}
    assert ids - {"auth.anonymous"} <= RULED_OUT.keys() <= {check.id for check in EVERY_CHECK}
