"""Timer triggers."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions.timers import NEVER, ScheduleStatus, expected
from local.ncrontab import parse_schedule
from tests.local.functions.conftest import StartHost
from tests.local.functions.processes import WITHOUT_QUEUES, HostProcess

HOURLY = parse_schedule("0 0 * * * *")
NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)


def status(last: datetime, following: datetime) -> ScheduleStatus:
    return ScheduleStatus(last=last, next=following, last_updated=last)


def test_a_missed_run_is_past_due() -> None:
    kept = status(NOON, NOON + timedelta(hours=1))
    assert expected(HOURLY, kept, NOON + timedelta(hours=5)) is kept


def test_a_run_still_to_come_is_not_past_due() -> None:
    kept = status(NOON, NOON + timedelta(hours=1))
    assert expected(HOURLY, kept, NOON + timedelta(minutes=5)) is kept


def test_a_timer_that_never_ran_has_missed_nothing() -> None:
    now = NOON + timedelta(hours=5, minutes=1)
    for kept in (None, status(NEVER, NOON)):
        assert expected(HOURLY, kept, now).next == NOON + timedelta(hours=6)


def test_a_changed_schedule_has_missed_nothing() -> None:
    kept = status(NOON, NOON + timedelta(minutes=30))
    now = NOON + timedelta(hours=5, minutes=1)
    assert expected(HOURLY, kept, now).next == NOON + timedelta(hours=6)
    soon = NOON + timedelta(minutes=1)
    assert expected(HOURLY, kept, soon).next == NOON + timedelta(hours=1)


def kept_status(host: HostProcess) -> Any:
    return json.loads((host.state / "timers" / "tick.json").read_text())


async def test_missed_run_is_made_up_for_once_after_a_restart(start_host: StartHost) -> None:
    host = start_host(WITHOUT_QUEUES)
    assert kept_status(host)["Last"].startswith("0001-01-01")
    await host.ask("POST", "/admin/functions/tick", host.keys.master_key, json={"input": ""})
    (by_hand, *_) = await host.noted("tick")
    assert (by_hand["past_due"], by_hand["status"]) == (False, {})
    host.stop()

    old = {name: f"2020-01-0{day}T00:00:00Z" for day, name in ((1, "Last"), (1, "LastUpdated"))}
    missed = {**old, "Next": "2021-01-01T00:00:00Z"}
    (host.state / "timers" / "tick.json").write_text(json.dumps(missed))
    host = start_host(WITHOUT_QUEUES)
    (made_up,) = await host.noted("tick", past_due=True)
    assert made_up["status"]["Next"] == "2021-01-01T00:00:00Z"
    await host.noted("tick", count=2, state="ended")
    host.stop()
    assert datetime.fromisoformat(kept_status(host)["Last"]).year > 2020

    host = start_host(WITHOUT_QUEUES)
    await host.noted("at_start", count=2 * 3)
    assert len(host.notes("tick", past_due=True)) == 1


async def test_schedule_fires_on_time_and_never_overlaps(start_host: StartHost) -> None:
    every_second = {**WITHOUT_QUEUES, "TICK_SCHEDULE": "* * * * * *", "TICK_SECONDS": "1.3"}
    host = start_host(every_second)
    notes = await host.noted("tick", count=3)
    assert [note.get("state") for note in notes[:3]] == [None, "ended", None]
    assert min(note["at"] % 1 for note in notes if not note.get("state")) < 0.2
    assert notes[0]["status"] == {}  # less than a minute apart: not monitored


async def test_run_on_startup_and_retry_policy(host: HostProcess) -> None:
    notes = await host.noted("at_start", count=2)
    assert [note["retry"] for note in notes] == [0, 1]


async def test_stopping_lets_a_running_timer_end(start_host: StartHost) -> None:
    host = start_host({**WITHOUT_QUEUES, "TICK_SECONDS": "0.5"})
    await host.ask("POST", "/admin/functions/tick", host.keys.master_key, json={"input": ""})
    await host.noted("tick")
    await asyncio.to_thread(host.stop)
    assert host.notes("tick", state="ended")
