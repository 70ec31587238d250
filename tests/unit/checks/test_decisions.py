"""From evidence to one diagnosis: the root cause first, consequences suppressed."""

import pytest

from shared.checks import examine
from shared.domain.diagnosis import Diagnosis, conclude
from shared.domain.facts.base import Evidence, Fact, Unavailable
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Reach,
    RegistryAnswer,
    RegistryProfile,
    RoleAssignments,
)
from shared.domain.facts.workload import IdentityKind, RuntimePlatforms
from shared.domain.findings import Confidence, Outcome
from shared.domain.pulls import Cause, CauseKind
from tests.unit.checks.facts import (
    ARM64,
    KUBELET,
    NOW,
    by,
    content,
    egress,
    healthy,
    manifest,
    profile,
    rights,
    role,
    setting,
    state,
    unseen,
)

WALLED = profile(default_allow=False)
BLOCKED = RegistryAnswer(
    "contoso.azurecr.io", Answer(reach=Reach.ANSWERED, status=403), challenged=False
)
CUT_OFF: tuple[Fact | Unavailable, ...] = (
    BLOCKED,
    unseen(MonitorAccess),
    unseen(ManifestAnswer),
    unseen(ManifestState),
    unseen(ImageContent),
)
"""What the monitor sees of a registry that does not let the monitor in either."""


def diagnose(evidence: Evidence) -> Diagnosis:
    pull = evidence[Asked].pull
    return conclude(pull, NOW, Cause(CauseKind.ASKED, NOW), examine(evidence), evidence.gaps)


def roots(evidence: Evidence) -> list[str]:
    return [finding.code for finding in diagnose(evidence).findings]


def test_a_healthy_pull_passes_and_says_what_was_ruled_out() -> None:
    found = diagnose(healthy())
    assert (found.outcome, found.root, found.confidence) == (Outcome.PASS, None, None)
    assert {"network.firewall", "auth.permission", "existence.manifest"} <= set(found.ruled_out)
    assert found.unseen == ()


def test_a_closed_firewall_is_not_also_a_missing_image() -> None:
    found = diagnose(healthy(WALLED, egress("52.1.2.3"), *CUT_OFF))
    assert [f.code for f in found.findings] == ["NETWORK_FIREWALL_DENIES_EGRESS"]
    assert (found.outcome, found.confidence) == (Outcome.FAIL, Confidence.PROVEN)
    hidden = {result.check for result in found.results if result.overshadowed}
    assert {"existence.manifest", "existence.kind", "existence.platform"} <= hidden


def test_a_monitor_that_is_walled_off_finds_nothing_about_the_workload() -> None:
    """The workload's address is admitted; the monitor's is not, which proves nothing."""
    found = diagnose(healthy(profile(default_allow=False, allowed_ranges=("52.1.2.3",)), *CUT_OFF))
    assert (found.outcome, found.root) == (Outcome.UNKNOWN, None)
    assert "ManifestAnswer" in {gap.what for gap in found.unseen}


def test_a_registry_that_is_gone_explains_everything_after_it() -> None:
    gone = LoginServerAddress("contoso.azurecr.io", False)
    found = diagnose(healthy(gone, unseen(RegistryProfile), unseen(RoleAssignments), *CUT_OFF))
    assert [f.code for f in found.findings] == ["NETWORK_NAME_UNKNOWN"]
    assert [r.check for r in found.results if r.outcome is Outcome.UNKNOWN] == []


def test_a_missing_tag_is_not_also_missing_content() -> None:
    gaps = (unseen(ManifestState), unseen(ImageContent))
    found = diagnose(healthy(manifest(404, "MANIFEST_UNKNOWN"), *gaps))
    assert [f.code for f in found.findings] == ["EXISTENCE_TAG_MISSING"]
    assert (found.outcome, found.confidence) == (Outcome.FAIL, Confidence.PROVEN)


def test_a_quarantined_image_is_not_missing() -> None:
    gone = manifest(404, "MANIFEST_UNKNOWN")
    assert roots(healthy(profile(quarantine=True), gone, state(quarantined=True))) == [
        "EXISTENCE_QUARANTINED"
    ]


def test_a_missing_repository_is_not_also_a_missing_tag() -> None:
    assert roots(healthy(manifest(404, "NAME_UNKNOWN"), unseen(ManifestState))) == [
        "EXISTENCE_REPOSITORY_MISSING"
    ]


@pytest.mark.parametrize("missing", [manifest(401), manifest(403), manifest(429), manifest(503)])
def test_what_could_not_be_looked_at_is_never_missing(missing: ManifestAnswer) -> None:
    found = diagnose(healthy(missing, unseen(ManifestState), unseen(ImageContent)))
    assert found.outcome in (Outcome.UNKNOWN, Outcome.WARN)
    assert not any(f.code.startswith("EXISTENCE_") for f in found.findings)


def test_no_credential_is_not_also_no_permission() -> None:
    nobody = by(IdentityKind.ANONYMOUS)
    assert roots(healthy(nobody, setting(configured=False), unseen(RoleAssignments))) == [
        "CREDENTIALS_NONE"
    ]


def test_two_independent_faults_are_both_named_the_first_to_stop_the_pull_first() -> None:
    evidence = healthy(rights(), manifest(404, "MANIFEST_UNKNOWN"), unseen(ManifestState))
    assert roots(evidence) == ["AUTH_NO_PULL_PERMISSION", "EXISTENCE_TAG_MISSING"]
    evidence = healthy(WALLED, egress("52.1.2.3"), content(platforms=(ARM64,)))
    assert roots(evidence) == ["NETWORK_FIREWALL_DENIES_EGRESS", "EXISTENCE_PLATFORM_MISMATCH"]


def test_a_failure_beats_a_warning_that_comes_before_it() -> None:
    unready = profile(provisioning_state="Failed")
    found = diagnose(healthy(unready, rights()))
    assert found.root is not None
    assert found.root.code == "AUTH_NO_PULL_PERMISSION"
    assert [f.code for f in found.findings] == [
        "AUTH_NO_PULL_PERMISSION",
        "NETWORK_REGISTRY_NOT_READY",
    ]


def test_something_unseen_earlier_leaves_the_cause_only_likely() -> None:
    found = diagnose(healthy(unseen(RoleAssignments), content(platforms=(ARM64,))))
    assert found.confidence is Confidence.LIKELY


def test_something_unseen_later_leaves_the_cause_proven() -> None:
    found = diagnose(healthy(rights(), unseen(RuntimePlatforms)))
    assert found.confidence is Confidence.PROVEN


def test_an_unseen_fact_never_makes_a_reported_cause_surer() -> None:
    text = ReportedError("no space left on device", "kubectl")
    found = diagnose(healthy(text, unseen(RoleAssignments)))
    assert (found.outcome, found.confidence) == (Outcome.FAIL, Confidence.REPORTED)


def test_an_unseen_required_fact_is_unknown_and_not_a_pass() -> None:
    found = diagnose(healthy(unseen(RoleAssignments)))
    assert (found.outcome, found.root) == (Outcome.UNKNOWN, None)


def test_evidence_replays_from_what_was_stored() -> None:
    evidence = healthy(rights(role(principal_id=KUBELET)), WALLED, unseen(RuntimePlatforms))
    assert diagnose(Evidence.from_json(evidence.to_json())) == diagnose(evidence)
