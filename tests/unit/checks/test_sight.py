"""What findings rest on: what was seen, ruled out, and out of sight."""

import pytest

from shared.checks import CATALOG, EVERY_CHECK, examine
from shared.checks.seen import LONGEST, MOST
from shared.checks.sight import RULED_OUT
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    Child,
    ImageContent,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    RegistryUsages,
    RoleAssignments,
    SoftDeleted,
    Usage,
)
from shared.domain.findings import Finding, Outcome
from tests.unit.checks.case import Case
from tests.unit.checks.existence_cases import GONE
from tests.unit.checks.facts import (
    AMD64,
    DIGEST,
    NOW,
    content,
    healthy,
    profile,
    rights,
    state,
    unseen,
)
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


def test_the_evidence_has_its_time_and_whose_it_is() -> None:
    found = finding_of(healthy(GONE), "EXISTENCE_TAG_MISSING")
    assert (found.sight.at, found.sight.workload) == (NOW, healthy()[Asked].pull.workload.name)


def test_that_a_missing_image_has_no_content_is_not_told() -> None:
    found = finding_of(healthy(GONE, unseen(ImageContent)), "EXISTENCE_TAG_MISSING")
    assert not any("consists of" in line for line in found.sight.unseen)


def test_what_one_refusal_hides_of_an_image_is_told_in_few_words() -> None:
    hidden: tuple[type[Fact], ...] = (
        MonitorAccess,
        ManifestAnswer,
        ManifestState,
        ImageContent,
    )
    evidence = healthy(profile(default_allow=False), *map(unseen, hidden))
    found = finding_of(evidence, "NETWORK_FIREWALL_DENIES_EGRESS")
    assert any(line.startswith("the repository and the image: ") for line in found.sight.unseen)


@pytest.mark.parametrize(
    ("evidence", "code", "line"),
    [
        (
            healthy(profile(quarantine=True), GONE, state(quarantined=True)),
            "EXISTENCE_QUARANTINED",
            f"The registry keeps of {DIGEST}: in quarantine",
        ),
        (
            healthy(GONE, SoftDeleted(enabled=True, found=True, digest=DIGEST)),
            "EXISTENCE_SOFT_DELETED",
            f"Soft delete still holds it, as {DIGEST}",
        ),
        (
            healthy(content(children=(Child(DIGEST, AMD64, False),), config_media_type="")),
            "EXISTENCE_CHILD_MISSING",
            f"The registry has no {DIGEST}, its manifest for linux/amd64",
        ),
        (
            healthy(RegistryUsages((Usage("Webhooks", 9, 10),))),
            "CAPACITY_QUOTA",
            "Webhooks: 9 of 10",
        ),
    ],
)
def test_what_decides_is_among_what_was_seen(evidence: Evidence, code: str, line: str) -> None:
    assert line in finding_of(evidence, code).sight.seen
