"""A thousand random registries: what is foretold is what a naive reading of the rules takes."""

import re
from typing import Any

import msgspec
import pytest

from shared.domain.cleanup import Doomed, RefusedError, doomed, parse_purge
from shared.domain.cleanup.contents import parse_contents
from tests.unit.domain.cleanup.naive import naive_purge
from tests.unit.domain.cleanup.registries import NOW, seeded

REGISTRIES = 1_000
AT_ONCE = 50

type Json = dict[str, Any]


def foretold(registry: Json, command: str) -> Doomed | None:
    try:
        purge = parse_purge(command)
    except RefusedError:
        return None
    return doomed(purge, parse_contents(msgspec.json.encode(registry)), NOW)


def wet(command: str) -> str:
    """The command in earnest: the naive model says of a dry run that it takes nothing."""
    return re.sub(r" --dry-run(?!=)", "", command)


def is_ruled(registry: Json, command: str) -> bool:
    """Whether the rules say which manifests go. What ``--keep`` does to them was not measured.

    Nor was an index that is locked: the tool's own code lets it protect none of its children.
    """
    indexes = (m for r in registry["repositories"] for m in r["manifests"] if m.get("references"))
    locked = any(not all(m["changeableAttributes"].values()) for m in indexes)
    return not locked and not parse_purge(command).keep


@pytest.mark.parametrize("first", range(0, REGISTRIES, AT_ONCE))
def test_tags_and_manifests_are_those_of_the_naive_model(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        registry, command = seeded(seed)
        command = wet(command)
        found = foretold(registry, command)
        assert found is not None, (seed, command)
        assert found.refused == (), (seed, command)
        tags, manifests = naive_purge(registry, command, NOW, holding="staying")
        assert list(found.tags) == tags, (seed, command)
        if is_ruled(registry, command):
            assert list(found.manifests) == manifests, (seed, command)


def test_the_random_registries_try_what_matters() -> None:
    cases = [seeded(seed) for seed in range(REGISTRIES)]
    taken = [
        naive_purge(registry, wet(command), NOW, holding="staying") for registry, command in cases
    ]
    assert sum(is_ruled(registry, command) for registry, command in cases) > 250
    assert sum(bool(tags) for tags, _ in taken) > 250
    assert sum(bool(manifests) for _, manifests in taken) > 200
