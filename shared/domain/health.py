"""The health of a registry, as seen from where the monitor runs."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from shared.domain.diagnosis import Gap
from shared.domain.findings import Finding, Outcome

PLACE = "where Pullwatch runs"
"""Names, addresses and rights of a workload differ: only a check of its image tells of them."""


class HealthStep(Struct, frozen=True):
    """One question of ``az acr check-health``; ``code`` is its code where the answer is bad."""

    step: str
    outcome: Outcome
    says: str
    code: str = ""


class RegistryHealth(Struct, frozen=True, kw_only=True):
    """The steps of a login to the registry in their order, and what else is wrong with it."""

    registry: str
    at: datetime
    outcome: Outcome
    steps: tuple[HealthStep, ...]
    findings: tuple[Finding, ...] = ()
    unseen: tuple[Gap, ...] = ()
    place: str = PLACE


def said(health: RegistryHealth) -> tuple[str, ...]:
    """What is not as it should be, in sentences, the worst first; nothing where all is well."""
    return tuple(text for _, text in sorted(_said(health), key=lambda one: -one[0]))


def troubled(looked_at: Iterable[RegistryHealth]) -> tuple[RegistryHealth, ...]:
    """Those of which there is something to say."""
    return tuple(one for one in looked_at if one.outcome > Outcome.PASS)


def _said(health: RegistryHealth) -> Iterator[tuple[Outcome, str]]:
    for step in health.steps:
        if step.outcome in (Outcome.FAIL, Outcome.WARN):
            code = f" ({step.code})" if step.code else ""
            yield step.outcome, f"{step.step.replace('_', ' ')}: {step.says}{code}"
        elif step.outcome is Outcome.UNKNOWN:
            yield step.outcome, f"{step.step.replace('_', ' ')}: not known, {step.says}"
    for finding in health.findings:
        yield finding.outcome, finding.title
