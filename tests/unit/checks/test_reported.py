"""Error texts beside live evidence: they add a cause only where nothing live shows one."""

from datetime import datetime

import pytest

from shared.checks import examine
from shared.checks.causes import CONTRADICTED_BY, HELP
from shared.checks.reported import PROBLEMS
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.registry import (
    ImageContent,
    ManifestAnswer,
    ManifestState,
    RegistryProfile,
    RoleAssignments,
    ScopedToken,
)
from shared.domain.facts.workload import IdentityKind, PullState, RuntimePlatforms, WorkloadState
from shared.domain.findings import CheckResult, Confidence, Outcome
from shared.explain import CauseLabel
from tests.unit.checks.case import CHECKS
from tests.unit.checks.facts import (
    DAYS,
    NOW,
    account,
    by,
    healthy,
    manifest,
    rights,
    unseen,
    workload,
)

TAG_GONE = 'manifest unknown: manifest tagged by "v1" is not found'
DISK_FULL = "failed to register layer: write /usr/lib/x.so: no space left on device"
REFUSED = "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized"
WALLED = "client with IP '52.1.2.3' is not allowed access"
BAD_TLS = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
BACK_OFF = "Back-off pulling image"


def reported(text: str) -> ReportedError:
    return ReportedError(text, "kubectl describe pod")


def failing(text: str) -> WorkloadState:
    return workload(PullState.FAILING, text)


def judged(evidence: Evidence, check: str = "reported.error") -> CheckResult:
    return next(result for result in examine(evidence) if result.check == check)


def codes(result: CheckResult) -> list[str]:
    return [finding.code for finding in result.findings]


SECRET_ENDED = "AADSTS7000222: The provided client secret keys for app 'x' are expired."


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ((NOW + 90 * DAYS,), "REPORTED_ERROR_IS_OLD"),
        ((NOW - DAYS, NOW + 90 * DAYS), "REPORTED_AUTH_EXPIRED_CREDENTIALS"),
    ],
)
def test_a_valid_secret_beside_one_that_ended_contradicts_nothing(
    ends: tuple[datetime, ...], code: str
) -> None:
    principal = by(IdentityKind.SERVICE_PRINCIPAL)
    result = judged(healthy(principal, account(*ends), reported(SECRET_ENDED)))
    assert codes(result) == [code]


def test_without_a_text_there_is_nothing_to_say() -> None:
    assert judged(healthy()).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("text", "code", "hidden"),
    [
        (DISK_FULL, "REPORTED_DISK_FULL_NODE", ()),
        ("dial tcp 20.0.0.1:443: i/o timeout", "REPORTED_NETWORK_TIMEOUT", ()),
        ("x509: certificate signed by unknown authority", "REPORTED_NETWORK_TLS", ()),
        (TAG_GONE, "REPORTED_NOT_FOUND_TAG", (ManifestAnswer,)),
        ("exec format error", "REPORTED_PLATFORM_MISMATCH", (RuntimePlatforms,)),
        ("unsupported media type x", "REPORTED_MANIFEST_UNSUPPORTED", (ImageContent,)),
        (
            "The operation is disallowed",
            "REPORTED_LOCKED_OR_QUARANTINED",
            (ManifestAnswer, ManifestState),
        ),
        (WALLED, "REPORTED_NETWORK_FIREWALL_IP", (RegistryProfile,)),
    ],
)
def test_a_cause_that_nothing_live_contradicts_is_found(
    text: str, code: str, hidden: tuple[type[Fact], ...]
) -> None:
    result = judged(healthy(reported(text), *map(unseen, hidden)))
    assert codes(result) == [code]
    assert result.outcome is Outcome.FAIL
    assert result.findings[0].confidence is Confidence.REPORTED
    assert text[:20] in result.findings[0].explanation


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (TAG_GONE, "existence.manifest"),
        ("repository name not known to registry", "existence.repository"),
        ("no match for platform in manifest: not found", "existence.platform"),
        (WALLED, "network.firewall"),
        ("unsupported media type x", "existence.kind"),
    ],
)
def test_a_text_that_live_evidence_contradicts_is_said_to_be_old(text: str, check: str) -> None:
    result = judged(healthy(reported(text)))
    assert codes(result) == ["REPORTED_ERROR_IS_OLD"]
    assert result.outcome is Outcome.WARN
    assert check in result.findings[0].explanation


def test_what_is_seen_live_makes_a_text_superfluous() -> None:
    result = judged(healthy(reported(REFUSED), rights()))
    assert (result.outcome, result.reason) == (
        Outcome.SKIPPED,
        "seen live: AUTH_NO_PULL_PERMISSION",
    )


def test_of_several_causes_those_that_are_contradicted_fall_away() -> None:
    """403 on a token is the firewall or the private endpoint; the firewall is seen to be open."""
    text = "failed to fetch anonymous token: unexpected status: 403 Forbidden"
    assert judged(healthy(reported(text), unseen(RegistryProfile))).outcome is Outcome.UNKNOWN
    assert codes(judged(healthy(reported(text)))) == ["REPORTED_NETWORK_PRIVATE_ENDPOINT"]


def test_several_causes_that_are_left_are_named_but_not_chosen() -> None:
    result = judged(healthy(reported(REFUSED), unseen(RoleAssignments)))
    assert result.outcome is Outcome.UNKNOWN
    assert "has no role" in result.reason
    assert "is wrong" in result.reason


def test_a_text_that_tells_nothing_is_unknown() -> None:
    assert judged(healthy(reported(BACK_OFF))).outcome is Outcome.UNKNOWN


def test_the_platforms_own_words_count_more_than_a_report() -> None:
    result = judged(healthy(failing(BAD_TLS)), "reported.state")
    assert codes(result) == ["REPORTED_NETWORK_TLS"]
    assert result.findings[0].confidence is Confidence.LIKELY


def test_a_workload_that_fails_for_no_visible_reason_is_not_a_pass() -> None:
    results = examine(healthy(failing(BACK_OFF)))
    assert max(result.outcome for result in results) is Outcome.UNKNOWN
    assert BACK_OFF in judged(healthy(failing(BACK_OFF)), "reported.state").reason


def test_a_workload_that_fails_for_a_reason_seen_live_has_that_reason() -> None:
    evidence = healthy(failing(BACK_OFF), manifest(404, "MANIFEST_UNKNOWN"))
    assert judged(evidence, "reported.state").outcome is Outcome.SKIPPED


def test_a_running_workloads_old_words_do_not_count() -> None:
    assert judged(healthy(workload(message=TAG_GONE)), "reported.state").outcome is Outcome.PASS


def test_a_hostile_text_is_quoted_in_one_line_and_cut() -> None:
    text = DISK_FULL + "\n\x1b[31m" + "<script>" * 1000
    (finding,) = judged(healthy(reported(text))).findings
    assert "\n" not in finding.explanation
    assert "\x1b" not in finding.explanation
    assert len(finding.explanation) < 600


def test_every_cause_has_a_problem_and_help() -> None:
    causes = set(CauseLabel) - {CauseLabel.UNKNOWN}
    assert set(PROBLEMS) == causes
    assert set(HELP) == causes


def test_only_checks_that_exist_contradict() -> None:
    assert {check for checks in CONTRADICTED_BY.values() for check in checks} <= set(CHECKS)


SECRET = by(IdentityKind.PULL_SECRET, name="regcred", where="image pull secret web/regcred")


def test_a_failing_workload_whose_text_fits_several_causes_fails() -> None:
    """The kubelet says 401 of a pull secret that nobody may read."""
    evidence = healthy(failing(BACK_OFF), reported(REFUSED), SECRET, unseen(RoleAssignments))
    assert judged(evidence, "reported.state").outcome is Outcome.SKIPPED
    (finding,) = judged(evidence).findings
    assert finding.code == "REPORTED_CREDENTIAL_REFUSED"
    assert finding.confidence is Confidence.REPORTED
    for cause in ("has expired", "is wrong", "has no role"):
        assert cause in finding.explanation
    assert "ABAC" not in finding.explanation, "the registry is not in ABAC mode"
    assert finding.fix[0].startswith("kubectl get secret regcred --namespace web ")


def test_the_platforms_own_ambiguous_words_are_told_once() -> None:
    evidence = healthy(failing(REFUSED), reported(REFUSED), SECRET, unseen(RoleAssignments))
    (finding,) = judged(evidence, "reported.state").findings
    assert (finding.code, finding.confidence) == ("REPORTED_CREDENTIAL_REFUSED", Confidence.LIKELY)
    assert judged(evidence).outcome is Outcome.SKIPPED


def test_a_text_that_names_one_cause_beats_one_that_fits_several() -> None:
    evidence = healthy(failing(REFUSED), reported(BAD_TLS), SECRET, unseen(RoleAssignments))
    assert judged(evidence, "reported.state").outcome is Outcome.SKIPPED
    assert codes(judged(evidence)) == ["REPORTED_NETWORK_TLS"]


def test_who_has_no_roles_lacks_none() -> None:
    token = by(IdentityKind.TOKEN, name="ci")
    evidence = healthy(failing(REFUSED), token, unseen(ScopedToken), unseen(RoleAssignments))
    (finding,) = judged(evidence, "reported.state").findings
    assert "role" not in finding.explanation.partition(". ")[0]


def test_causes_of_several_kinds_are_named_too() -> None:
    text = "failed to fetch anonymous token: unexpected status: 403 Forbidden"
    evidence = healthy(failing(text), unseen(RegistryProfile))
    (finding,) = judged(evidence, "reported.state").findings
    assert finding.code == "REPORTED_SEVERAL_CAUSES"
    assert "firewall" in finding.explanation
    assert "private endpoint" in finding.explanation


def test_a_workload_that_fails_for_something_out_of_sight_fails() -> None:
    evidence = healthy(failing(BACK_OFF), unseen(RoleAssignments))
    (finding,) = judged(evidence, "reported.state").findings
    assert finding.code == "REPORTED_WITHOUT_CAUSE"
    assert "the right to pull" in finding.explanation
