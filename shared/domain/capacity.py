"""What a registry can hold and answer, by service tier.

Source: learn.microsoft.com/azure/container-registry/container-registry-skus (2026-03-25). The
limits of requests are per minute, a token bucket for each registry and for each identity.
"""

from msgspec import Struct

from shared.domain.facts.registry import Sku, Usage

GIB = 1024**3
TIB = 1024**4
STORAGE = "Size"
"""The row of listUsages whose limit is the *included* storage, not the hard one."""

LEVELS = (90, 70)
"""Percent of a quota at which to warn, the worse first."""


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
