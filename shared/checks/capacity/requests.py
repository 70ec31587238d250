"""Does the registry keep up with what is asked of it? Being throttled breaks pulls."""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.capacity.machine import QPS
from shared.checks.names import about_image, about_registry, about_workload
from shared.checks.told import insist_on_words, told
from shared.domain.capacity import (
    LIMITS,
    Limits,
    near,
    reads,
)
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import PullsByIdentity, RegistryLoad
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.registry import (
    ManifestAnswer,
    RegistryAnswer,
    RegistryProfile,
)
from shared.domain.facts.workload import WorkloadState
from shared.domain.findings import Finding, Outcome, Problem
from shared.explain import CauseLabel, explain

TOO_MANY = 429


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


def _reads(profile: RegistryProfile | Unavailable) -> dict[str, str]:
    limits = LIMITS.get(profile.sku) if isinstance(profile, RegistryProfile) else None
    return {
        "registry_reads": f"{limits.reads_of_registry:,}" if limits else "10,000 or more",
        "identity_reads": f"{limits.reads_of_identity:,}" if limits else "5,000 or more",
    }


CHECKS = (pulls_are_not_throttled, registry_is_not_busy, reads_leave_room)
