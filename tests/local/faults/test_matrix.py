"""A part of the matrix, over the real wire; `python3 dev.py faults` runs the whole."""

import asyncio
import json
from pathlib import Path

import pytest

from local import diagnosing
from local.faults import table
from local.faults.base import base, workloads
from local.faults.cases import Case, Kind, Result
from local.faults.catalogue import EVERY_CASE
from local.faults.matrix import try_all
from local.faults.survey import Surveyor
from local.faults.survey import name as short

EVERY = 16


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("healthy") / "estate.yaml"
    file.write_text(json.dumps(base()))
    return file


async def test_everything_passes_in_the_healthy_estate(healthy: Path, tmp_path: Path) -> None:
    async with Surveyor(tmp_path, healthy) as surveyor:
        found = await surveyor.look()
    assert {one.outcome for one in found} == {"pass"}
    assert sorted(short(one) for one in found) == sorted(workloads())


def some() -> list[Case]:
    """A few of each kind."""
    return [
        case for kind in Kind for case in [one for one in EVERY_CASE if one.kind is kind][::EVERY]
    ]


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return asyncio.run(try_all(some(), 1, lambda _: None))


def test_a_part_of_the_matrix_is_right(results: list[Result]) -> None:
    wrong = [(r.case.name, m.workload, m.got) for r in results for m in r.misses]
    assert wrong == []


def test_the_table_tells_what_was_tried(results: list[Result]) -> None:
    text = "\n".join(table.lines(results, ["NEVER_PLANTED"]))
    assert "ok" in text
    assert "0 wrong, 0 missing when unknown" in text
    assert "Not planted: NEVER_PLANTED" in text


async def test_an_estate_that_describes_no_monitor_gets_one() -> None:
    raw = base() | {
        "places": [],
        "identities": [i for i in base()["identities"] if i["name"] != "pullwatch"],
    }
    raw["roleAssignments"] = [r for r in raw["roleAssignments"] if r["principal"] != "pullwatch"]
    found = await diagnosing.diagnose(json.dumps(raw))
    by_name = {short(one): one for one in found}
    assert by_name["aks-plain"].outcome == "pass"
    assert by_name["app-plain"].root_cause is None


def test_a_wrong_estate_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "estate.yaml"
    file.write_text("subscriptions: []")
    assert diagnosing.run([str(file)]) == 1
    assert "subscriptions" in capsys.readouterr().err
