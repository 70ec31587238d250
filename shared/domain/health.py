"""The health of a registry, as seen from where the monitor runs."""

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
