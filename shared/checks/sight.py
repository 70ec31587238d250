"""What a finding rests on, said for people: what was seen, ruled out, and out of sight. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from shared.checks.base import Check
from shared.checks.names import listed, who
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.beside import CacheRule
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    Reach,
    RegistryAnswer,
    RegistryProfile,
    RoleAssignment,
    RoleAssignments,
    ScopedToken,
)
from shared.domain.facts.workload import (
    CredentialExpiry,
    Egress,
    PrivatePath,
    PullIdentity,
    PullSecrets,
    PullState,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.findings import CheckResult, Finding, Outcome, Sight
from shared.domain.text import plain
from shared.domain.words import nearer

MOST, LONGEST = 12, 240
"""Lines of each kind, and characters of a line."""

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


def sighted(
    results: Sequence[CheckResult], evidence: Evidence, checks: Iterable[Check[...]]
) -> tuple[CheckResult, ...]:
    """The results, their findings with what they rest on."""
    if not any(one.findings for one in results):
        return tuple(results)
    wants = {check.id: tuple(want.kind for want in check.wants) for check in checks}
    ruled_out = [RULED_OUT[r.check] for r in results if _passed(r)]
    unseen = [*_unseen(evidence.gaps)]

    def rests_on(result: CheckResult, finding: Finding) -> Finding:
        seen = tuple(_seen(evidence, wants.get(result.check, ())))[:MOST]
        if finding.outcome is not Outcome.FAIL:  # it stops no pull: nothing else is to be ruled out
            return replace(finding, sight=Sight(seen=seen))
        sight = Sight(seen=seen, ruled_out=tuple(ruled_out), unseen=tuple(unseen[:MOST]))
        return replace(finding, sight=sight)

    return tuple(
        replace(one, findings=tuple(rests_on(one, finding) for finding in one.findings))
        for one in results
    )


def _passed(result: CheckResult) -> bool:
    return result.outcome is Outcome.PASS and result.check in RULED_OUT


def _unseen(gaps: Mapping[str, str]) -> Iterable[str]:
    """One line for each reason: what one refusal hides is told together."""
    by_reason: dict[str, list[str]] = {}
    for kind, why in gaps.items():
        by_reason.setdefault(why, []).append(_words(kind))
    for why, kinds in by_reason.items():
        yield plain(f"{', '.join(kinds)}: {nearer(why)}", LONGEST)


def _words(kind: str) -> str:
    """``RoleAssignments`` as people write it: ``role assignments``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()


def _seen(evidence: Evidence, kinds: Iterable[type[Fact]]) -> Iterable[str]:
    for kind in kinds:
        fact = evidence.get(kind)
        if fact is not None and kind in _SAID:
            yield from (plain(nearer(text), LONGEST) for text in _SAID[kind](fact) if text)


def _answer(answer: Answer) -> str:
    if answer.reach is not Reach.ANSWERED:
        return f"{answer.reach.value} {answer.detail}".strip()
    said = answer.errors[0] if answer.errors else None
    return f"{answer.status} {said.code}: {said.message}" if said else str(answer.status)


def _manifest(seen: ManifestAnswer) -> Iterable[str]:
    found = f", {seen.digest}" if seen.digest else ""
    yield f"The registry answers for the manifest: {_answer(seen.answer)}{found}"


def _front(seen: RegistryAnswer) -> Iterable[str]:
    yield f"GET https://{seen.host}/v2/ answers {_answer(seen.answer)}"


def _address(seen: LoginServerAddress) -> Iterable[str]:
    found = listed(seen.addresses) if seen.exists else "not known to DNS"
    yield f"{seen.host}, looked up where Pullwatch runs: {found}"


def _profile(seen: RegistryProfile) -> Iterable[str]:
    mode = "roles by repository (ABAC)" if seen.abac else "registry roles"
    public = "public access on" if seen.public_network_access else "public access off"
    ranges = "" if seen.default_allow else f", firewall admits {listed(seen.allowed_ranges)}"
    yield f"{seen.login_server}: {seen.sku.value}, {public}{ranges}, {mode}"


def _identity(seen: PullIdentity) -> Iterable[str]:
    ids = f", object id {seen.principal_id}" if seen.principal_id else ""
    where = f", named in {seen.where}" if seen.where else ""
    yield f"Pulls as {who(seen)} ({seen.kind.value}{ids}){where}"


def _roles(seen: RoleAssignments) -> Iterable[str]:
    yield f"Roles at the registry or above: {listed(map(_role, seen.assignments))}"
    if seen.related:
        other = [f"{role.role_name} of {role.principal_id}" for role in seen.related]
        yield f"Roles of the workload's other identities: {listed(other)}"
    if seen.elsewhere:
        yield f"Roles elsewhere: {listed(map(_role, seen.elsewhere))}"
    if not seen.groups_known:
        yield "Which groups it is in could not be read"


def _role(role: RoleAssignment) -> str:
    condition = f", if {role.condition}" if role.condition else ""
    return f"{role.role_name} at {role.scope}{condition}"


def _token(seen: ScopedToken) -> Iterable[str]:
    state = "missing" if not seen.exists else "enabled" if seen.enabled else "disabled"
    yield f"Token {seen.name}: {state}, scope map {seen.scope_map}: {listed(seen.actions)}"


def _expiry(seen: CredentialExpiry) -> Iterable[str]:
    ends = listed(f"{end:%Y-%m-%d %H:%M}" for end in seen.expires)
    state = "missing" if not seen.exists else "enabled" if seen.enabled else "disabled"
    yield f"Service principal: {state}, its secrets end: {ends}"


def _egress(seen: Egress) -> Iterable[str]:
    more = "" if seen.complete else " and perhaps others"
    network = f", through {seen.network}" if seen.network else ""
    yield f"Pulls from {listed(seen.addresses, 'addresses that are not known')}{more}{network}"


def _path(seen: PrivatePath) -> Iterable[str]:
    records = [f"{name} = {listed(found)}" for name, found in seen.records.items()]
    yield f"Private DNS zone of its network: {seen.zone or 'none'}; records: {listed(records)}"


def _secrets(seen: PullSecrets) -> Iterable[str]:
    for one in seen.secrets:
        there = {True: "exists", False: "does not exist", None: "may not be read"}[one.exists]
        servers = f", for {listed(one.servers)}" if one.servers else ""
        yield f"Pull secret {one.namespace}/{one.name}: {there}{servers}"


def _platforms(seen: RuntimePlatforms) -> Iterable[str]:
    yield f"Runs on {listed(map(str, seen.platforms))}"


def _content(seen: ImageContent) -> Iterable[str]:
    if seen.platforms:
        yield f"The image is for {listed(map(str, seen.platforms))}"


def _state(seen: WorkloadState) -> Iterable[str]:
    if seen.state is PullState.FAILING:
        yield f"The platform says: {seen.reason} {seen.message}"


def _cache(seen: CacheRule) -> Iterable[str]:
    yield f"Cache rule {seen.name}: from {seen.source}, credentials {seen.credential_set or 'none'}"


def _forecast(seen: CleanupForecast) -> Iterable[str]:
    for one in seen.orders:
        runs = f"at {listed(one.schedules)} (cron, UTC)" if one.schedules else "without a schedule"
        yield f"The task {one.task}, {runs}: {one.command}"


_SAID: Mapping[type[Fact], Callable[[Any], Iterable[str]]] = {
    LoginServerAddress: _address,
    RegistryAnswer: _front,
    RegistryProfile: _profile,
    ManifestAnswer: _manifest,
    PullIdentity: _identity,
    RoleAssignments: _roles,
    ScopedToken: _token,
    CredentialExpiry: _expiry,
    Egress: _egress,
    PrivatePath: _path,
    PullSecrets: _secrets,
    RuntimePlatforms: _platforms,
    ImageContent: _content,
    WorkloadState: _state,
    CacheRule: _cache,
    CleanupForecast: _forecast,
}
