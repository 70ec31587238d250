"""When timers run next, and when they are overdue."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.settings import Settings
from shared.web.heartbeats import GRACE, Pulse, heartbeats
from shared.web.schedule import next_run

SUNDAY = datetime(2026, 3, 1, 2, 0, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 */5 * * * *", "2026-03-01 02:05"),
        ("*/5 * * * *", "2026-03-01 02:05"),
        ("0 0 2 * * *", "2026-03-02 02:00"),
        ("30 1 2 * * *", "2026-03-01 02:01"),
        ("0 0 22-23 * * *", "2026-03-01 22:00"),
        ("0 30 9-17/4 * * 1-5", "2026-03-02 09:30"),
        ("0 0 6 * * mon,wed", "2026-03-02 06:00"),
        ("0 0 6 * * Sat", "2026-03-07 06:00"),
        ("0 0 6 * * 7", "2026-03-01 06:00"),
        ("0 0 6 31 * *", "2026-03-31 06:00"),
        ("0 0 0 1 JAN *", "2027-01-01 00:00"),
        ("0 5/20 * * * *", "2026-03-01 02:05"),
    ],
)
def test_the_next_run_is_the_first_that_matches(schedule: str, expected: str) -> None:
    assert next_run(schedule, SUNDAY) == at(expected)


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "00:05:00",
        "nonsense",
        "* * *",
        "0 60 * * * *",
        "0 0 5-1 * * *",
        "0 */0 * * * *",
        "0 */x * * * *",
        "0 -1 * * * *",
        "0 0 0 30 2 *",
    ],
)
def test_a_schedule_that_is_not_understood_has_no_next_run(schedule: str) -> None:
    assert next_run(schedule, SUNDAY) is None


@given(text=st.text(st.sampled_from("0123456789*/,- abcmonTUE"), max_size=30))
def test_no_schedule_raises(text: str) -> None:
    found = next_run(text, SUNDAY)
    assert found is None or found > SUNDAY - timedelta(minutes=1)


def pulse(last: datetime | None, now: datetime, since: datetime = SUNDAY) -> Pulse:
    beats = {"watch": last} if last else {}
    settings = Settings(watch_schedule="0 */5 * * * *")
    return next(b.pulse for b in heartbeats(settings, beats, now, since) if b.name == "watch")


def test_a_timer_is_overdue_when_it_missed_its_run_by_more_than_the_grace() -> None:
    due = at("2026-03-01 02:05")
    assert pulse(SUNDAY, due) is Pulse.ON_TIME
    assert pulse(SUNDAY, due + GRACE) is Pulse.ON_TIME
    assert pulse(SUNDAY, due + GRACE + timedelta(seconds=1)) is Pulse.OVERDUE


def test_a_timer_that_never_ran_is_judged_from_the_start() -> None:
    assert pulse(None, SUNDAY + timedelta(minutes=4)) is Pulse.NOT_YET
    assert pulse(None, SUNDAY + timedelta(minutes=30)) is Pulse.OVERDUE


def test_a_schedule_that_is_not_understood_is_never_overdue() -> None:
    settings = Settings(watch_schedule="00:05:00")
    [watch, _] = heartbeats(settings, {"watch": SUNDAY}, SUNDAY + timedelta(days=9), SUNDAY)
    assert (watch.pulse, watch.next) == (Pulse.ON_TIME, None)
