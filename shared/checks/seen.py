"""Facts said for people, a line or some each: what a finding rests on. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.checks.names import day, listed, who
from shared.domain.capacity import STORAGE, human
from shared.domain.facts.base import Evidence, Fact
from shared.domain.facts.beside import CacheRule, Elsewhere, ReadLocks
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    ManifestState,
    Reach,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Replications,
    RoleAssignment,
    RoleAssignments,
    ScopedToken,
    SoftDeleted,
)
from shared.domain.facts.workload import (
    CredentialExpiry,
    Egress,
    IdentityKind,
    PrivatePath,
    PullIdentity,
    PullSecrets,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.text import plain
from shared.domain.words import nearer

MOST, LONGEST = 12, 240
"""Lines of each kind, and characters of a line."""


def seen_of(evidence: Evidence, kinds: Iterable[type[Fact]]) -> Iterable[str]:
    """What was seen of some kinds of facts."""
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
    admin = f"admin user {'on' if seen.admin_enabled else 'off'}"
    refused = "" if seen.arm_audience_accepted else ", tokens for Azure Resource Manager refused"
    yield f"{seen.login_server}: {seen.sku.value}, {public}{ranges}, {mode}, {admin}{refused}"


def _identity(seen: PullIdentity) -> Iterable[str]:
    if seen.kind is IdentityKind.ANONYMOUS:
        yield "Pulls anonymously"
        return
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
    condition = f", if {plain(role.condition, 120)}" if role.condition else ""
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
    if not seen.addresses:
        yield f"Pulls{network.removeprefix(',')}, from addresses that are not known"
        return
    yield f"Pulls from {listed(seen.addresses)}{more}{network}"


def _path(seen: PrivatePath) -> Iterable[str]:
    records = [f"{name} = {listed(found)}" for name, found in seen.records.items()]
    known = f"; records: {listed(records)}" if seen.zone else ""
    yield f"Private DNS zone of its network: {seen.zone or 'none'}{known}"


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
    for child in seen.children[:MOST]:
        if child.present is False:
            yield f"The registry has no {child.digest}, its manifest for {child.platform}"
    if seen.missing:
        yield f"The registry has no {listed(seen.missing)}, of which the image consists"


def _state(seen: WorkloadState) -> Iterable[str]:
    if seen.state is PullState.FAILING:
        since = f" since {day(seen.since)}" if seen.since else ""
        yield f"The platform says{since}: {seen.reason} {seen.message}"


def _cache(seen: CacheRule) -> Iterable[str]:
    yield f"Cache rule {seen.name}: from {seen.source}, credentials {seen.credential_set or 'none'}"


def _forecast(seen: CleanupForecast) -> Iterable[str]:
    for one in seen.orders:
        runs = f"at {listed(one.schedules)} (cron, UTC)" if one.schedules else "without a schedule"
        yield f"The task {one.task}, {runs}: {one.command}"


def _beside(seen: ManifestState) -> Iterable[str]:
    """Nothing of what is as it should be."""
    found = [
        *(["in quarantine"] if seen.quarantined else []),
        *(["readEnabled is false"] if not seen.read_enabled else []),
    ]
    if found:
        yield f"The registry keeps of {seen.digest or 'the manifest'}: {listed(found)}"


def _locks(seen: ReadLocks) -> Iterable[str]:
    """Of the repository and the tag; the manifest's own is among what is kept beside it."""
    places = {"repository": seen.repository, "tag": seen.tag}
    locked = [place for place, is_locked in places.items() if is_locked]
    if locked:
        yield f"readEnabled is false for the {listed(locked)}"


def _deleted(seen: SoftDeleted) -> Iterable[str]:
    if seen.found:
        yield f"Soft delete still holds it, as {seen.digest}"
    elif seen.enabled:
        yield "Soft delete does not hold it"


def _elsewhere(seen: Elsewhere) -> Iterable[str]:
    if seen.here:
        yield f"The repository still has {seen.digest}"
    if seen.login_servers:
        yield f"Registries that have {seen.digest}: {listed(seen.login_servers)}"
    elif seen.asked:
        yield f"Other registries that were asked for {seen.digest}: {seen.asked}; none has it"


def _replicas(seen: Replications) -> Iterable[str]:
    off = [one.region for one in seen.replicas if not one.endpoint_enabled]
    regions = listed(one.region for one in seen.replicas)
    yield f"Replicas: {regions}; with the endpoint switched off: {listed(off)}"


def _usages(seen: RegistryUsages) -> Iterable[str]:
    for one in seen.usages:
        if one.limit > 0:
            size = human if one.name == STORAGE else "{:,}".format
            included = " included" if one.name == STORAGE else ""
            yield f"{one.name}: {size(one.current)} of {size(one.limit)}{included}"


def _secret(seen: RegistryCredential) -> Iterable[str]:
    if not seen.configured:
        yield "Nothing of its settings names a login for the registry"
    if seen.secret_exists is False:
        yield f"The secret {seen.secret_name}: does not exist"


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
    ManifestState: _beside,
    ReadLocks: _locks,
    SoftDeleted: _deleted,
    Elsewhere: _elsewhere,
    RegistryUsages: _usages,
    Replications: _replicas,
    RegistryCredential: _secret,
}
