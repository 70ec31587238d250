"""What a registry can hold and answer, by service tier.

Source: learn.microsoft.com/azure/container-registry/container-registry-skus (2026-03-25). The
limits of requests are per minute, a token bucket for each registry and for each identity.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shared.domain.facts.registry import Sku, Usage

GIB = 1024**3
TIB = 1024**4
STORAGE = "Size"
"""The row of listUsages whose limit is the *included* storage, not the hard one."""

LEVELS = (90, 70)
"""Percent of a quota at which to warn, the worse first."""


READS_A_PULL = 10
"""A manifest or two, a config and some layers: each is a read operation of its own."""
FEWEST_SAMPLES = 3
LONGEST_FORECAST = 3650


class Limits(Struct, frozen=True, kw_only=True):
    """Bytes of storage, and read operations a minute."""

    included: int
    storage: int
    reads_of_registry: int
    reads_of_identity: int


LIMITS: dict[Sku, Limits] = {
    Sku.BASIC: Limits(
        included=10 * GIB, storage=40 * TIB, reads_of_registry=10_000, reads_of_identity=5_000
    ),
    Sku.STANDARD: Limits(
        included=100 * GIB, storage=40 * TIB, reads_of_registry=10_000, reads_of_identity=5_000
    ),
    Sku.PREMIUM: Limits(
        included=500 * GIB, storage=100 * TIB, reads_of_registry=20_000, reads_of_identity=10_000
    ),
}
"""Classic registries have none of these; what is not in the table is not known."""


def level(usage: Usage) -> int | None:
    """The highest warning level that a usage has reached; None where there is no limit."""
    return _level(usage.current, usage.limit)


def storage_level(usage: Usage, sku: Sku) -> int | None:
    """The same against the hard limit of storage, which listUsages does not tell."""
    limits = LIMITS.get(sku)
    return _level(usage.current, limits.storage) if limits else None


def growth(samples: Sequence[int]) -> int:
    """Bytes a day, from samples a day apart; 0 where they are too few or nothing grows."""
    if len(samples) < FEWEST_SAMPLES:
        return 0
    return max(0, (samples[-1] - samples[0]) // (len(samples) - 1))


def full_on(current: int, limit: int, per_day: int, at: datetime) -> datetime | None:
    """When a limit is reached at this growth; None for never, or not within ten years."""
    left = limit - current
    if per_day <= 0 or left <= 0 or left / per_day > LONGEST_FORECAST:
        return None
    return at + timedelta(days=left / per_day)


def reads(pulls: int) -> int:
    """The read operations of so many pulls, roughly."""
    return pulls * READS_A_PULL


def near(pulls: int, limit: int) -> bool:
    """Whether so many pulls a minute reach the warning level of a limit of read operations."""
    return reads(pulls) * 100 >= limit * LEVELS[-1]


def percent(current: int, limit: int) -> int:
    """Whole percent, rounded down: 100 means full."""
    return current * 100 // limit


def human(size: int) -> str:
    """Bytes for people: ``512 GiB``, ``1.5 TiB``."""
    unit, name = (TIB, "TiB") if size >= TIB else (GIB, "GiB")
    return f"{round(size / unit, 1):g} {name}"


def _level(current: int, limit: int) -> int | None:
    if limit <= 0:
        return None
    return next((step for step in LEVELS if current * 100 >= step * limit), None)
