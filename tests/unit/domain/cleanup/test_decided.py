"""What the tool's own code decided, of releases 0.17 to 0.20, on small random registries.

Chosen so that most of them delete manifests beside indexes, nested ones, referrers and locks.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.cleanup import doomed, parse_contents, parse_purge

NOW = datetime(2026, 11, 26, 18, tzinfo=UTC)
DECIDED = (Path(__file__).parents[3] / "data" / "purges_decided.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("line", DECIDED, ids=range(len(DECIDED)))
def test_the_prediction_is_what_the_tool_decided(line: bytes) -> None:
    case = json.loads(line)
    found = doomed(parse_purge(case["command"]), parse_contents(line), NOW)
    assert found.refused == ()
    assert list(found.tags) == case["tags"]
    assert list(found.manifests) == case["manifests"]


def test_the_cases_have_what_they_are_for() -> None:
    cases = [json.loads(line) for line in DECIDED]
    manifests = [m for case in cases for r in case["repositories"] for m in r["manifests"]]
    assert sum(bool(case["manifests"]) for case in cases) >= 20
    assert sum("references" in one for one in manifests) >= 20
    assert sum("subject" in one for one in manifests) >= 10
    assert sum("changeableAttributes" in one for one in manifests) >= 20
