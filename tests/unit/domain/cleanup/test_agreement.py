"""The prediction beside the naive purge, on a thousand random registries and commands.

They part where the naive one has no rule, and the tool's code says more: locked indexes, which
protect no child, and what ``--keep`` does to untagged manifests.
"""

import json
from typing import Any

import pytest

from shared.domain.cleanup import doomed, parse_contents, parse_purge
from tests.unit.domain.cleanup import registries
from tests.unit.domain.cleanup.naive import naive_purge

CASES = 1000
INDEXES = {f"{registries.DOCKER}.list.v2+json", f"{registries.OCI}.index.v1+json"}
OPEN = {"deleteEnabled": True, "writeEnabled": True}


def case(seed: int) -> tuple[dict[str, Any], str]:
    """A registry without locked indexes, and a command that is no dry run."""
    registry, command = registries.seeded(seed)
    for repository in registry["repositories"]:
        for manifest in repository["manifests"]:
            if manifest["mediaType"] in INDEXES:
                manifest["changeableAttributes"] = OPEN
    words = command
    for switch in ("--dry-run=true", "--dry-run=false", "--dry-run"):
        words = words.replace(switch, "--untagged=false" if "--untagged" not in words else "")
    return registry, words.replace("  ", " ").strip()


@pytest.mark.parametrize("start", range(0, CASES, 100))
def test_they_agree(start: int) -> None:
    for seed in range(start, start + 100):
        registry, command = case(seed)
        contents = parse_contents(json.dumps(registry).encode())
        found = doomed(parse_purge(command), contents, registries.NOW)
        tags, manifests = naive_purge(registry, command, registries.NOW, holding="staying")
        assert found.refused == (), seed
        assert list(found.tags) == tags, seed
        if "--keep" not in command:
            assert list(found.manifests) == manifests, seed
