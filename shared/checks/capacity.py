"""Does the registry keep up: requests, storage, quotas?

Crossing a quota breaks no pull, so these warn; being throttled does.
"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_image, about_registry, about_workload
from shared.domain.capacity import LIMITS, STORAGE, human, level, percent, storage_level
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    ManifestAnswer,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Usage,
)
from shared.domain.facts.workload import PullState, WorkloadState
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
    "anonymous pulls, and all logins of the admin user, count as one identity.",
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
    explanation="{used} of {limit}. Beyond that, storage is billed; nothing breaks.",
    fix=("az acr show-usage --name {registry} --output table", "Clean up what nobody uses"),
    link=links.SKUS,
)
STORAGE_LIMIT = Problem(
    code="CAPACITY_STORAGE_LIMIT",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of the storage that it can have at all",
    explanation="{used} of {limit}. At the limit pushes fail with 'operation disallowed'; what is "
    "there can still be pulled.",
    fix=("az acr show-usage --name {registry} --output table", "Clean up what nobody uses"),
    link=links.SKUS,
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
    asked: Asked, state: WorkloadState, profile: RegistryProfile | Unavailable
) -> Iterable[Finding]:
    """The platform does not report that the registry throttles the workload."""
    if state.state is not PullState.FAILING:
        return
    if explain(state.message).cause is CauseLabel.THROTTLED:
        yield THROTTLED.found(
            subject=f"{asked.pull.image.registry} for {asked.pull.workload.id}",
            **_reads(profile),
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
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


@check("capacity.storage", INCLUDED_STORAGE, STORAGE_LIMIT, advisory=True)
def storage_suffices(profile: RegistryProfile, usages: RegistryUsages) -> Iterable[Finding]:
    """Storage is below 90 % of what is included, and below 70 % of what is possible."""
    size = next((usage for usage in usages.usages if usage.name == STORAGE), None)
    if size is None:
        raise NotApplicableError("storage is not among the usages that Azure lists")
    if storage_level(size, profile.sku):
        yield _storage(STORAGE_LIMIT, profile, size.current, LIMITS[profile.sku].storage)
    if level(size) == 90:  # noqa: PLR2004 - the level that the docstring names
        yield _storage(INCLUDED_STORAGE, profile, size.current, size.limit)


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


def _storage(problem: Problem, profile: RegistryProfile, used: int, limit: int) -> Finding:
    return problem.found(
        subject=profile.login_server,
        used=human(used),
        limit=human(limit),
        percent=str(percent(used, limit)),
        **about_registry(profile),
    )


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


CHECKS = (pulls_are_not_throttled, registry_is_not_busy, storage_suffices, quotas_suffice)
