"""Is there room for more? Crossing a quota breaks no pull, so these warn."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.checks import links
from shared.checks.base import NotApplicableError, check
from shared.checks.names import about_registry
from shared.domain.capacity import (
    LIMITS,
    STORAGE,
    full_on,
    growth,
    human,
    level,
    percent,
    storage_level,
)
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import RegistryLoad
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    RegistryProfile,
    RegistryUsages,
    Usage,
)
from shared.domain.findings import Finding, Outcome, Problem

SOON = timedelta(days=90)
"""A storage limit that is nearer is worth a warning."""


LOOK = (
    "See what is older than a year; this deletes nothing, and what is deployed may be among it. "
    "Pullwatch says what a purge would take from workloads (predict-purge)."
)
OLD = (
    "az acr run --registry {registry} --cmd "
    "\"acr purge --filter '.*:.*' --ago 365d --untagged --dry-run\" /dev/null"
)

INCLUDED_STORAGE = Problem(
    code="CAPACITY_INCLUDED_STORAGE",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of its included storage",
    explanation="{used} of {limit}. Beyond that, storage is billed; nothing breaks. {forecast}",
    fix=("az acr show-usage --name {registry} --output table", LOOK, OLD),
    link=links.SKUS,
)


STORAGE_LIMIT = Problem(
    code="CAPACITY_STORAGE_LIMIT",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of the storage that it can have at all",
    explanation="{used} of {limit}. At the limit pushes fail with 'operation disallowed'; what is "
    "there can still be pulled. {forecast}",
    fix=("az acr show-usage --name {registry} --output table", LOOK, OLD),
    link=links.SKUS,
)


STORAGE_GROWS = Problem(
    code="CAPACITY_STORAGE_GROWS",
    outcome=Outcome.WARN,
    title="{login_server} reaches the end of its storage on {full}",
    explanation="It holds {used} of {limit} and grows by {growth} a day. At the limit pushes fail "
    "with 'operation disallowed'.",
    fix=(
        "az acr show-usage --name {registry} --output table",
        LOOK,
        OLD,
    ),
    link=links.SKUS,
)


QUOTA = Problem(
    code="CAPACITY_QUOTA",
    outcome=Outcome.WARN,
    title="{login_server} uses {percent} % of its quota of {quota}",
    explanation="{current} of {limit}; the warning level of {level} % is reached.",
    fix=(
        "az acr show-usage --name {registry} --output table",
        "Remove those that nobody needs, or give {registry} a higher tier",
    ),
    link=links.SKUS,
)


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


def _about(usage: Usage) -> dict[str, str]:
    return {
        "quota": usage.name,
        "current": str(usage.current),
        "limit": str(usage.limit),
        "percent": str(percent(usage.current, usage.limit)),
    }


CHECKS = (storage_suffices, quotas_suffice)
