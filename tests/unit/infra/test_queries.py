"""What alerts and the workbook ask is answered by what the app says. Run on the local Kusto."""

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import bicep, workbook
from local.azure.kql import Table, run
from shared.domain.facts.base import Evidence
from shared.domain.facts.registry import RegistryProfile, RegistryUsages, Sku, Usage
from shared.domain.reports import Report
from shared.pipeline import signals, sweep, watch

ALERTS = (bicep.FOLDER / "modules" / "alerts.bicep").read_text()
RULE = re.compile(
    r"^ {4}name: '([\w-]+)'$.*?^ {4}query: '((?:[^'\\]|\\.)*)'$", re.MULTILINE | re.DOTALL
)
QUERIES = {name: query.replace('\\\\"', '\\"') for name, query in RULE.findall(ALERTS)}
NOW = datetime.now(UTC)
TRACES = {"TimeGenerated": "datetime", "Message": "string"}
REQUESTS = {"TimeGenerated": "datetime", "Name": "string", "Success": "bool"}
METRICS = {"ResourceProvider": "string", "MetricName": "string", "Total": "real"}

type Rows = list[dict[str, Any]]
type Tables = dict[str, Table]


def traces(*said: tuple[timedelta, str]) -> Tables:
    rows: Rows = [{"TimeGenerated": NOW - ago, "Message": text} for ago, text in said]
    return {"apptraces": Table(TRACES, rows)}


def answer(query: str, tables: Tables) -> Rows:
    return [dict(row) for row in run(query, tables.get).rows]


def fires(alert: str, tables: Tables) -> bool:
    """Whether the query has a row, which is when the alert fires."""
    return bool(answer(QUERIES[alert], tables))


class Said:
    """The lines that a signal makes."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        self._caplog = caplog

    def last(self) -> str:
        return self._caplog.records[-1].getMessage()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    return Said(caplog)


def report(*, complete: bool) -> Report:
    return Report(
        sweep="s", started=NOW, finished=NOW, tallies=(), lines=(), complete=complete,
        missing_jobs=0 if complete else 2, gaps=(),
    )  # fmt: skip


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_every_alert_has_its_query_and_its_description() -> None:
    assert set(QUERIES) == {
        "message-given-up", "events-lost", "functions-fail",
        "no-heartbeat-watch", "no-heartbeat-sweep", "sweep-incomplete",
    }  # fmt: skip


def test_a_message_that_was_given_up_is_told(said: Said) -> None:
    assert not fires("message-given-up", traces((MINUTE, "something else")))
    signals.dead_letter("jobs-urgent", "m")
    assert fires("message-given-up", traces((MINUTE, said.last())))


@pytest.mark.parametrize("complete", [True, False])
def test_an_incomplete_sweep_is_told(said: Said, complete: bool) -> None:
    signals.reported(report(complete=complete))
    assert fires("sweep-incomplete", traces((MINUTE, said.last()))) is not complete


def test_a_watch_that_is_silent_is_told(said: Said) -> None:
    signals.heartbeat(watch.HEARTBEAT)
    assert not fires("no-heartbeat-watch", traces((MINUTE, said.last())))
    signals.heartbeat(sweep.HEARTBEAT)
    assert fires("no-heartbeat-watch", traces((MINUTE, said.last())))
    assert fires("no-heartbeat-watch", traces())


def test_a_sweep_that_did_not_begin_is_told_once_it_could_have(said: Said) -> None:
    signals.heartbeat(sweep.HEARTBEAT)
    swept = said.last()
    signals.heartbeat(watch.HEARTBEAT)
    watched = said.last()
    alert = "no-heartbeat-sweep"
    assert not fires(alert, traces((HOUR, swept), (40 * HOUR, watched)))
    assert not fires(alert, traces((HOUR, watched))), "installed an hour ago"
    assert fires(alert, traces((27 * HOUR, watched), (HOUR, watched)))
    assert fires(alert, traces((30 * HOUR, swept), (HOUR, watched)))
    assert fires(alert, traces())


@pytest.mark.parametrize(("failures", "told"), [(0, False), (2, False), (3, True)])
def test_a_function_that_keeps_failing_is_told(failures: int, told: bool) -> None:
    rows: Rows = [{"TimeGenerated": NOW, "Name": "watch", "Success": False}] * failures
    rows += [{"TimeGenerated": NOW, "Name": "watch", "Success": True}] * 5
    assert fires("functions-fail", {"apprequests": Table(REQUESTS, rows)}) is told


@pytest.mark.parametrize(
    ("name", "total", "told"),
    [
        ("DroppedEventCount", 1.0, True),
        ("DeadLetteredCount", 2.0, True),
        ("DroppedEventCount", 0.0, False),
        ("PublishSuccessCount", 9.0, False),
    ],
)
def test_events_that_are_lost_are_told(name: str, total: float, told: bool) -> None:
    row = {"ResourceProvider": "MICROSOFT.EVENTGRID", "MetricName": name, "Total": total}
    assert fires("events-lost", {"azuremetrics": Table(METRICS, [row])}) is told


GIB = 1024**3


def capacity(said: Said, used: int, registry: str = "contoso.azurecr.io") -> str:
    profile = RegistryProfile(
        resource_id="/r", login_server=registry, name="r", region="westeurope", sku=Sku.BASIC
    )
    signals.capacity(Evidence([profile, RegistryUsages((Usage("Size", used, 10 * GIB),))]))
    return said.last()


def history(said: Said, sizes: Iterable[tuple[int, int]]) -> Tables:
    """Days ago and GiB used."""
    return traces(*((days * DAY, capacity(said, used * GIB)) for days, used in sizes))


def test_the_workbook_shows_what_is_used_today(said: Said) -> None:
    (row,) = answer(workbook.now(), history(said, [(0, 7), (5, 6)]))
    assert (row["registry"], row["usedGiB"], row["percentOfIncluded"]) == (
        "contoso.azurecr.io",
        7.0,
        70.0,
    )
    assert row["percentOfHardLimit"] == pytest.approx(0.02)


def test_the_workbook_draws_the_lines_of_70_and_90_percent(said: Said) -> None:
    rows = answer(workbook.share(), history(said, [(0, 9), (1, 8)]))
    assert [row["percent"] for row in rows] == [80.0, 90.0]
    assert {(row["warning"], row["critical"]) for row in rows} == {(70, 90)}


@pytest.mark.parametrize("days", workbook.SPANS)
def test_the_workbook_says_when_what_is_included_ends(said: Said, days: int) -> None:
    told = history(said, [(0, 5), (10, 4), (200, 1)])
    (row,) = answer(workbook.growth(days), told)
    assert row["perDayGiB"] == 0.1
    today = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    assert row["at70"] - today == pytest.approx(20 * DAY, abs=HOUR)
    assert row["at90"] - today == pytest.approx(40 * DAY, abs=HOUR)
    assert row["at100"] - today == pytest.approx(50 * DAY, abs=HOUR)
    assert row["full"] > row["at100"]


@pytest.mark.parametrize("sizes", [[(0, 5)], [(0, 4), (10, 5)], [(0, 5), (10, 5)]])
def test_what_does_not_grow_never_ends(said: Said, sizes: list[tuple[int, int]]) -> None:
    (row,) = answer(workbook.growth(30), history(said, sizes))
    assert row["at100"] is None


def test_what_is_over_already_has_no_date(said: Said) -> None:
    (row,) = answer(workbook.growth(30), history(said, [(0, 8), (10, 6)]))
    assert row["at70"] is None
    assert row["at90"] is not None


def test_the_workbook_that_is_deployed_is_the_one_that_is_tested() -> None:
    """`python -m infra.documents` writes it."""
    deployed = Path(bicep.FOLDER / "workbooks" / "capacity.json").read_text()
    assert deployed == workbook.workbook()
    shown = [item["content"]["query"] for item in json.loads(deployed)["items"][1:]]
    assert shown == [workbook.now(), workbook.share(), *map(workbook.growth, workbook.SPANS)]


def test_the_workspace_keeps_what_the_workbook_looks_back_at() -> None:
    kept = {one.name: one.default for one in bicep.parameters(bicep.MAIN.read_text())}
    assert int(kept["retentionDays"]) >= max(workbook.SPANS)
