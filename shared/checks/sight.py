"""What a finding rests on, said for people: what was seen, ruled out, and out of sight. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from shared.checks.base import Check
from shared.checks.seen import LONGEST, MOST, seen_of
from shared.domain.facts.base import Evidence
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ManifestAnswer
from shared.domain.findings import CheckResult, Finding, Outcome, Sight
from shared.domain.text import plain
from shared.domain.words import nearer

RULED_OUT: Mapping[str, str] = {
    "reference.valid": "an invalid name",
    "reference.on_acr": "another registry",
    "network.name": "a name that does not resolve",
    "network.registry": "a registry that is not ready",
    "network.private_endpoint": "private endpoints",
    "network.private_dns": "private DNS",
    "network.public": "closed public access",
    "network.firewall": "the firewall",
    "network.replicas": "geo-replicas",
    "network.data_endpoint": "a data endpoint out of reach",
    "credentials.configured": "no credential at all",
    "credentials.identity": "an identity that is deleted or not attached",
    "credentials.pull_secret": "pull secrets",
    "credentials.secret_reference": "a secret that is not there",
    "credentials.admin_user": "a disabled admin user",
    "credentials.token": "a missing or disabled token",
    "credentials.service_principal": "a missing or disabled service principal",
    "credentials.token_expiry": "an expired token",
    "credentials.secret_expiry": "an expired secret",
    "auth.audience": "a refused kind of token",
    "auth.tenant": "another tenant",
    "auth.permission": "a missing role",
    "auth.scope_map": "the token's scope map",
    "existence.repository": "a missing repository",
    "existence.manifest": "a missing tag or digest",
    "existence.quarantine": "quarantine",
    "existence.readable": "locks",
    "existence.kind": "something that is no image",
    "existence.platform": "another platform",
    "existence.children": "missing parts of an index",
    "existence.blobs": "missing layers",
    "existence.cache": "the artifact cache",
    "existence.replicated": "replication that lags behind",
    "capacity.throttle": "throttling",
    "capacity.node": "full disks",
}
"""Check -> what it rules out when it passes, as far as that is worth telling."""

NAMES: Mapping[str, str] = {
    "CleanupForecast": "what clean-ups will take",
    "CredentialExpiry": "the service principal and its secrets",
    "Egress": "from which address it pulls",
    "ImageContent": "what the image consists of",
    "LoginServerAddress": "the registry's address",
    "ManifestAnswer": "whether the image is there",
    "ManifestState": "the image's locks and quarantine",
    "MonitorAccess": "what Pullwatch itself may read there",
    "PrivatePath": "its network's private path to the registry",
    "PullIdentity": "which identity pulls",
    "PullSecrets": "its pull secrets",
    "PullsByIdentity": "who pulls how much",
    "RegistryLoad": "how busy the registry is",
    "RegistryProfile": "how the registry is set up",
    "RegistryUsages": "the registry's quotas",
    "Replications": "the registry's geo-replicas",
    "RoleAssignments": "the role assignments of the identity that pulls",
    "RuntimePlatforms": "on which platforms it may run",
    "ScopedToken": "the token and its scope map",
    "SoftDeleted": "what soft delete holds",
    "TaskRuns": "what the registry's tasks ran",
    "WorkloadState": "what the platform says of the pull",
}
"""Fact -> what people call it, where it could not be seen."""
IMAGE = tuple(
    NAMES[kind] for kind in ("MonitorAccess", "ManifestAnswer", "ManifestState", "ImageContent")
)


def sighted(
    results: Sequence[CheckResult], evidence: Evidence, checks: Iterable[Check[...]]
) -> tuple[CheckResult, ...]:
    """The results, their findings with what they rest on."""
    if not any(one.findings for one in results):
        return tuple(results)
    wants = {check.id: tuple(want.kind for want in check.wants) for check in checks}
    ruled_out = [RULED_OUT[r.check] for r in results if _passed(r)]
    unseen = [*_unseen(_worth_telling(evidence))]
    asked = evidence.get(Asked)
    at, workload = (asked.at, asked.pull.workload.name) if asked else (None, "")

    def rests_on(result: CheckResult, finding: Finding) -> Finding:
        seen = tuple(seen_of(evidence, wants.get(result.check, ())))[:MOST]
        sight = Sight(seen=seen, at=at, workload=workload)
        if finding.outcome is Outcome.FAIL:  # else it stops no pull: nothing is to be ruled out
            sight = replace(sight, ruled_out=tuple(ruled_out), unseen=tuple(unseen[:MOST]))
        return replace(finding, sight=sight)

    return tuple(
        replace(one, findings=tuple(rests_on(one, finding) for finding in one.findings))
        for one in results
    )


def _passed(result: CheckResult) -> bool:
    return result.outcome is Outcome.PASS and result.check in RULED_OUT


def _worth_telling(evidence: Evidence) -> Mapping[str, str]:
    """The gaps, but for the content of what the registry does not hand out: that is no news."""
    answer = evidence.get(ManifestAnswer)
    refused = answer is not None and not answer.answer.ok
    return {
        kind: why for kind, why in evidence.gaps.items() if not (refused and kind == "ImageContent")
    }


def _unseen(gaps: Mapping[str, str]) -> Iterable[str]:
    """One line for each reason: what one refusal hides is told together."""
    by_reason: dict[str, list[str]] = {}
    for kind, why in gaps.items():
        by_reason.setdefault(why, []).append(_words(kind))
    for why, kinds in by_reason.items():
        yield plain(f"{', '.join(_together(kinds))}: {nearer(why)}", LONGEST)


def _together(kinds: Sequence[str]) -> Sequence[str]:
    """Everything about an image in few words."""
    if not set(IMAGE) <= set(kinds):
        return kinds
    return ["the repository and the image", *(one for one in kinds if one not in IMAGE)]


def _words(kind: str) -> str:
    """A fact as people call it; else its name as words: ``TokenAnswers``, ``token answers``."""
    return NAMES.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
