"""Limits of the service tiers, and how near a registry is to them."""

import pytest

from shared.domain.capacity import GIB, LIMITS, TIB, human, level, percent, storage_level
from shared.domain.facts.registry import Sku, Usage


@pytest.mark.parametrize(
    ("current", "limit", "reached"),
    [
        (0, 100, None),
        (69, 100, None),
        (70, 100, 70),
        (89, 100, 70),
        (90, 100, 90),
        (250, 100, 90),
        (5, -1, None),
        (5, 0, None),
        (699, 1000, None),
        (2, 2, 90),
    ],
)
def test_levels_of_a_quota(current: int, limit: int, reached: int | None) -> None:
    assert level(Usage("Webhooks", current, limit)) == reached


@pytest.mark.parametrize(
    ("size", "sku", "reached"),
    [
        (9 * GIB, Sku.BASIC, None),
        (28 * TIB, Sku.BASIC, 70),
        (36 * TIB, Sku.STANDARD, 90),
        (36 * TIB, Sku.PREMIUM, None),
        (90 * TIB, Sku.PREMIUM, 90),
        (90 * TIB, Sku.CLASSIC, None),
    ],
)
def test_levels_of_the_hard_limit_of_storage(size: int, sku: Sku, reached: int | None) -> None:
    assert storage_level(Usage("Size", size, 10 * GIB), sku) == reached


def test_limits_of_the_tiers() -> None:
    assert LIMITS[Sku.BASIC].included == 10 * GIB
    assert LIMITS[Sku.PREMIUM].storage == 100 * TIB
    assert LIMITS[Sku.STANDARD].reads_of_identity == 5_000


def test_sizes_for_people() -> None:
    assert human(512 * GIB) == "512 GiB"
    assert human(1536 * GIB) == "1.5 TiB"
    assert percent(199, 200) == 99
