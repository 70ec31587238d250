"""The random registries and commands meet what they are for; what holds for every purge."""

from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from tests.unit.domain.cleanup import registries
from tests.unit.domain.cleanup.naive import naive_purge


@cache
def commands() -> list[str]:
    return [registries.seeded(seed)[1] for seed in range(1000)]


def test_a_seed_gives_one_case_and_every_case_is_understood() -> None:
    assert registries.seeded(7) == registries.seeded(7) != registries.seeded(8)
    results = [naive_purge(*registries.seeded(seed), registries.NOW) for seed in range(1000)]
    assert sum(bool(tags) for tags, _ in results) > 200
    assert sum(bool(digests) for _, digests in results) > 200


@pytest.mark.parametrize(
    ("option", "least"),
    [
        *(("--keep", 200), ("--untagged ", 50), ("--untagged-only", 80), ("--include-locked", 150)),
        *(("--dry-run", 20), ("'", 300), ('"', 300), ("--filter=", 150), ("--filter ", 150)),
    ],
)
def test_random_commands_hold_every_option(option: str, least: int) -> None:
    assert sum(option in command for command in commands()) > least


@settings(max_examples=100, deadline=None)
@given(registries.cases)
def test_only_what_is_there_goes_and_never_what_still_has_a_tag(
    case: tuple[dict[str, Any], str],
) -> None:
    registry, command = case
    tags, digests = naive_purge(registry, command, registries.NOW)
    there, held = set(), set()
    for item in registry["repositories"]:
        there |= {f"{item['name']}:{one['name']}" for one in item["tags"]}
        held |= {
            f"{item['name']}@{one['digest']}"
            for one in item["tags"]
            if f"{item['name']}:{one['name']}" not in tags
        }
    assert set(tags) <= there
    assert not held & set(digests)
    assert len(set(tags + digests)) == len(tags + digests)


@pytest.mark.parametrize("seed", range(40))
def test_keeping_more_never_removes_more_tags(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - no secret
    registry = registries.random_registry(dice)
    filters = " ".join(registries.random_filters(dice, [registry["repositories"][0]["name"]]))
    left = [
        set(naive_purge(registry, f"purge {filters} --ago 1d --keep {n}", registries.NOW)[0])
        for n in range(5)
    ]
    assert all(less <= more for more, less in pairwise(left))
