"""Does the registry keep up: requests, storage, quotas?

Crossing a quota breaks no pull, so these warn; being throttled does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_image, about_registry, about_workload
from shared.checks.told import insist_on_words, told
from shared.domain.capacity import (
    LIMITS,
    STORAGE,
    Limits,
    full_on,
    growth,
    human,
    level,
    near,
    percent,
    reads,
    storage_level,
)
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import PullsByIdentity, RegistryLoad
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.registry import (
    ManifestAnswer,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Usage,
)
from shared.domain.facts.workload import WorkloadState
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.pulls import Compute
from shared.domain.text import plain
from shared.explain import CauseLabel, explain

TOO_MANY = 429
QPS = "pull qps exceeded"
"""What the kubelet says of its own limit (kubernetes pkg/kubelet/images)."""
SOON = timedelta(days=90)
"""A storage limit that is nearer is worth a warning."""
THROTTLE = "CONNECTIVITY_TOOMANYREQUESTS_ERROR"

THROTTLED = Problem(
    code="CAPACITY_THROTTLED",
    outcome=Outcome.FAIL,
    title="{login_server} throttles the pulls of {workload}",
    explanation="The platform reports 'too many requests'. The limits count per minute, for the "
    "registry ({registry_reads} reads) and for each identity ({identity_reads} reads). All "
    "anonymous pulls, and all logins of the admin user, count as one identity. {load}",
    fix=(
        "Spread the starts over time, and let nodes keep images (pull policy IfNotPresent)",
        "Give workloads identities of their own; Premium doubles the limits:",
        "az acr update --name {registry} --sku Premium",
    ),
    link=links.SKUS,
    health_code=THROTTLE,
)
REGISTRY_THROTTLES = Problem(
    code="CAPACITY_REGISTRY_THROTTLES",
    outcome=Outcome.WARN,
    title="{login_server} answers 'too many requests'",
    explanation="It said so to Pullwatch, whose own requests are few: the registry as a whole is "
    "probably at its limit. Workloads are likely to get the same answer.",
    fix=("Find what pulls so much: ContainerRegistryRepositoryEvents in the resource log tells",),
    link=links.SKUS,
    health_code=THROTTLE,
)
INCLUDED_STORAGE = Problem(
    code="CAPACITY_INCLUDED_STORAGE",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of its included storage",
    explanation="{used} of {limit}. Beyond that, storage is billed; nothing breaks. {forecast}",
    fix=("az acr show-usage --name {registry} --output table", "Clean up what nobody uses"),
    link=links.SKUS,
)
STORAGE_LIMIT = Problem(
    code="CAPACITY_STORAGE_LIMIT",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of the storage that it can have at all",
    explanation="{used} of {limit}. At the limit pushes fail with 'operation disallowed'; what is "
    "there can still be pulled. {forecast}",
    fix=("az acr show-usage --name {registry} --output table", "Clean up what nobody uses"),
    link=links.SKUS,
)
STORAGE_GROWS = Problem(
    code="CAPACITY_STORAGE_GROWS",
    outcome=Outcome.WARN,
    title="{login_server} reaches the end of its storage on {full}",
    explanation="It holds {used} of {limit} and grows by {growth} a day. At the limit pushes fail "
    "with 'operation disallowed'.",
    fix=(
        "Find what grows, and clean up what nobody uses",
        "az acr show-usage --name {registry} --output table",
    ),
    link=links.SKUS,
)
READS = Problem(
    code="CAPACITY_READS_NEAR_LIMIT",
    outcome=Outcome.WARN,
    title="{login_server} is near its limit of requests: {pulls} pulls in a minute",
    explanation="That is about {reads} read operations. The limit is {identity_reads} a minute for "
    "one identity, and {registry_reads} for the registry: {headroom}. Beyond it pulls get 429.",
    fix=(
        "Spread the starts over time, and let nodes keep images (pull policy IfNotPresent)",
        "Give workloads identities of their own: each has a limit of its own",
    ),
    link=links.SKUS,
    health_code=THROTTLE,
)
IDENTITY_READS = Problem(
    code="CAPACITY_IDENTITY_READS_NEAR_LIMIT",
    outcome=Outcome.WARN,
    title="{identity} is near its limit of requests at {login_server}: {pulls} pulls in a minute",
    explanation="The registry's resource log tells who pulls. That is about {reads} read "
    "operations, of {identity_reads} that one identity may make in a minute: {left}. Beyond it "
    "its pulls get 429, and nobody else's.",
    fix=(
        "Spread its starts over time, and let nodes keep images (pull policy IfNotPresent)",
        "Give the workloads that share it identities of their own: each has a limit of its own",
    ),
    link=links.SKUS,
    health_code=THROTTLE,
)
NODE_DISK = Problem(
    code="CAPACITY_NODE_DISK_FULL",
    outcome=Outcome.FAIL,
    title="A machine that pulls {image} for {workload} has no room left on its disk",
    explanation="The layers are fetched and cannot be unpacked. Nothing is wrong with the "
    "registry. The platform says: {text}",
    fix=("{free}", "Use machines with larger disks, or a smaller image"),
    link=links.NODE_DISK,
    confidence=Confidence.LIKELY,
)
PULL_QPS = Problem(
    code="CAPACITY_KUBELET_PULL_QPS",
    outcome=Outcome.FAIL,
    title="A node holds back the pull of {image} for {workload}: too many at once",
    explanation="The kubelet limits its own pulls (registryPullQPS 5, registryBurst 10). It asks "
    "again by itself; if it lasts, more pods start on the node than it can fetch for.",
    fix=(
        "Wait; spread the starts over nodes and time",
        "Let nodes pull in parallel, and keep images: imagePullPolicy IfNotPresent",
    ),
    link=links.KUBELET,
    confidence=Confidence.LIKELY,
)
QUOTA = Problem(
    code="CAPACITY_QUOTA",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of its quota of {quota}",
    explanation="{current} of {limit}; the warning level of {level} % is reached.",
    fix=("az acr show-usage --name {registry} --output table",),
    link=links.SKUS,
)


@check("capacity.throttle", THROTTLED, advisory=True)
def pulls_are_not_throttled(
    asked: Asked,
    state: WorkloadState,
    profile: RegistryProfile | Unavailable,
    reported: ReportedError | Unavailable,
    load: RegistryLoad | Unavailable,
) -> Iterable[Finding]:
    """The platform does not report that the registry throttles the workload."""
    texts = told(state, reported)
    of_registry = [text for text in texts if QPS not in text.lower()]
    if any(explain(text).cause is CauseLabel.THROTTLED for text in of_registry):
        yield THROTTLED.found(
            subject=f"{asked.pull.image.registry} for {asked.pull.workload.id}",
            load=_busiest(load),
            **_reads(profile),
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
        )
    elif of_registry == list(texts):
        insist_on_words(state, texts)


@check("capacity.node", NODE_DISK, PULL_QPS, advisory=True)
def machine_can_pull(
    asked: Asked, state: WorkloadState, reported: ReportedError | Unavailable
) -> Iterable[Finding]:
    """The platform does not report that the machine itself cannot take the image."""
    texts = told(state, reported)
    for text in texts:
        problem = _on_machine(text)
        if problem:
            yield problem.found(
                subject=asked.pull.workload.id,
                text=plain(text, 300),
                free=_free(asked),
                **about_image(asked.pull.image),
                **about_workload(asked.pull),
            )
            return
    insist_on_words(state, texts)


@check("capacity.reads", IDENTITY_READS, READS, advisory=True)
def reads_leave_room(
    profile: RegistryProfile, load: RegistryLoad, by: PullsByIdentity | Unavailable
) -> Iterable[Finding]:
    """The busiest minute of the last hour leaves room below the limits of requests."""
    limits = LIMITS.get(profile.sku)
    if load.busiest_minute is None or limits is None:
        raise NotApplicableError("nothing was counted, or the tier has no known limit")
    if not near(load.busiest_minute, limits.reads_of_identity):
        return
    if isinstance(by, PullsByIdentity):
        yield from _busy_identities(profile, by, limits)
        if not near(load.busiest_minute, limits.reads_of_registry):
            return
    wanted = reads(load.busiest_minute)
    yield READS.found(
        subject=profile.login_server,
        pulls=f"{load.busiest_minute:,}",
        reads=f"{wanted:,}",
        headroom=_headroom(wanted, limits),
        **_reads(profile),
        **about_registry(profile),
    )


def _busy_identities(
    profile: RegistryProfile, by: PullsByIdentity, limits: Limits
) -> Iterable[Finding]:
    """Those near their own limit: each identity has one at each registry."""
    for name, pulls in by.busiest.items():
        if near(pulls, limits.reads_of_identity):
            identity = name or "anonymous pulls"
            left = limits.reads_of_identity - reads(pulls)
            yield IDENTITY_READS.found(
                subject=f"{identity} at {profile.login_server}",
                identity=identity,
                pulls=f"{pulls:,}",
                reads=f"{reads(pulls):,}",
                left=f"{left:,} are left" if left > 0 else f"{-left:,} too many",
                **_reads(profile),
                **about_registry(profile),
            )


@check("capacity.registry_throttle", REGISTRY_THROTTLES, advisory=True)
def registry_is_not_busy(
    asked: Asked, front: RegistryAnswer | Unavailable, seen: ManifestAnswer | Unavailable
) -> Iterable[Finding]:
    """The registry does not answer "too many requests"."""
    answers = [f.answer for f in (front, seen) if not isinstance(f, Unavailable)]
    if any(answer.status == TOO_MANY for answer in answers):
        server = asked.pull.image.registry
        yield REGISTRY_THROTTLES.found(subject=server, login_server=server)
        return
    known(front)
    known(seen)


@check("capacity.storage", INCLUDED_STORAGE, STORAGE_LIMIT, STORAGE_GROWS, advisory=True)
def storage_suffices(
    asked: Asked,
    profile: RegistryProfile,
    usages: RegistryUsages,
    load: RegistryLoad | Unavailable,
) -> Iterable[Finding]:
    """Storage is below 90 % of what is included, and below 70 % of what is possible."""
    size = next((usage for usage in usages.usages if usage.name == STORAGE), None)
    if size is None:
        raise NotApplicableError("storage is not among the usages that Azure lists")
    per_day = growth(load.storage) if isinstance(load, RegistryLoad) else 0
    most = LIMITS[profile.sku].storage if profile.sku in LIMITS else 0
    full = full_on(size.current, most, per_day, asked.at)
    about = {
        **about_registry(profile),
        "subject": profile.login_server,
        "used": human(size.current),
        "growth": human(per_day),
        "full": f"{full:%Y-%m-%d}" if full else "",
        "forecast": _forecast(size, full, per_day, asked.at),
    }
    if storage_level(size, profile.sku):
        yield STORAGE_LIMIT.found(**about | _part(size.current, most))
    elif full and full - asked.at < SOON:
        yield STORAGE_GROWS.found(**about | _part(size.current, most))
    if level(size) == 90:  # noqa: PLR2004 - the level that the docstring names
        yield INCLUDED_STORAGE.found(**about | _part(size.current, size.limit))


@check("capacity.quotas", QUOTA, advisory=True)
def quotas_suffice(profile: RegistryProfile, usages: RegistryUsages) -> Iterable[Finding]:
    """Every other quota of the registry is below 70 %."""
    for usage in usages.usages:
        if usage.name != STORAGE and (reached := level(usage)):
            yield QUOTA.found(
                subject=f"{profile.login_server} {usage.name}",
                level=str(reached),
                **about_registry(profile),
                **_about(usage),
            )


def _part(used: int, limit: int) -> dict[str, str]:
    return {"limit": human(limit), "percent": str(percent(used, limit))}


def _forecast(size: Usage, full: datetime | None, per_day: int, at: datetime) -> str:
    """When included storage and all storage end, at the growth of the last weeks."""
    if not per_day:
        return ""
    included = full_on(size.current, size.limit, per_day, at)
    paid = f"what is included on {included:%Y-%m-%d}" if included else ""
    end = f"the hard limit on {full:%Y-%m-%d}" if full else "the hard limit not within ten years"
    reached = " and ".join(part for part in (paid, end) if part)
    return f"It grows by {human(per_day)} a day, and reaches {reached}."


def _busiest(load: RegistryLoad | Unavailable) -> str:
    if isinstance(load, Unavailable) or load.busiest_minute is None:
        return ""
    pulls = load.busiest_minute
    return (
        f"In the busiest minute of the last hour the registry answered {pulls:,} pulls, "
        f"about {reads(pulls):,} reads."
    )


def _headroom(wanted: int, limits: Limits) -> str:
    """What is left, if all of it is one identity's, and for the registry."""
    left = limits.reads_of_identity - wanted
    own = f"{left:,} are left for it" if left > 0 else f"it would be {-left:,} over"
    rest = limits.reads_of_registry - wanted
    all_of_it = f"{rest:,} are left" if rest > 0 else f"it is {-rest:,} over"
    return f"if one identity made them all {own}, and for the registry {all_of_it}"


def _on_machine(text: str) -> Problem | None:
    if QPS in text.lower():
        return PULL_QPS
    return NODE_DISK if explain(text).cause is CauseLabel.DISK_FULL_NODE else None


def _free(asked: Asked) -> str:
    if asked.pull.workload.compute is Compute.AKS:
        return "kubectl describe nodes | grep -E '^Name:|DiskPressure'"
    return f"Free or enlarge the disk where {asked.pull.workload.name} runs"


def _about(usage: Usage) -> dict[str, str]:
    return {
        "quota": usage.name,
        "current": str(usage.current),
        "limit": str(usage.limit),
        "percent": str(percent(usage.current, usage.limit)),
    }


def _reads(profile: RegistryProfile | Unavailable) -> dict[str, str]:
    limits = LIMITS.get(profile.sku) if isinstance(profile, RegistryProfile) else None
    return {
        "registry_reads": f"{limits.reads_of_registry:,}" if limits else "10,000 or more",
        "identity_reads": f"{limits.reads_of_identity:,}" if limits else "5,000 or more",
    }


CHECKS = (
    machine_can_pull,
    pulls_are_not_throttled,
    registry_is_not_busy,
    reads_leave_room,
    storage_suffices,
    quotas_suffice,
)
