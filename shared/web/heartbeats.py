"""Do the timers run? The app is silent when all is well, so its silence must be explained."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shared.pipeline import sweep, watch
from shared.settings import Settings
from shared.web.schedule import next_run

GRACE = timedelta(minutes=10)
"""How late a heartbeat may be: timers start late and a run takes its time."""
PROCESS_STARTED = datetime.now(UTC)


class Pulse(StrEnum):
    """How a timer does."""

    ON_TIME = "on time"
    NOT_YET = "not yet"  # it never ran, and need not have
    OVERDUE = "overdue"


class Heartbeat(Struct, frozen=True, kw_only=True):
    """One timer: when it last did its work, and when it runs next (None: not known)."""

    name: str
    pulse: Pulse
    last: datetime | None
    age_seconds: int | None
    next: datetime | None


def heartbeats(
    settings: Settings, beats: dict[str, datetime], now: datetime, running_since: datetime
) -> tuple[Heartbeat, ...]:
    """The heartbeats of the timers. Pure.

    A timer that never ran is judged from ``running_since``, when the app started.
    """
    timers = {
        watch.HEARTBEAT: settings.watch_schedule,
        sweep.HEARTBEAT: settings.sweep_schedule,
    }
    return tuple(
        _heartbeat(name, schedule, beats.get(name), now, running_since)
        for name, schedule in timers.items()
    )


def _heartbeat(
    name: str, schedule: str, last: datetime | None, now: datetime, since: datetime
) -> Heartbeat:
    due = next_run(schedule, last or since)
    overdue = due is not None and now > due + GRACE
    fine = Pulse.ON_TIME if last else Pulse.NOT_YET
    return Heartbeat(
        name=name,
        pulse=Pulse.OVERDUE if overdue else fine,
        last=last,
        age_seconds=int((now - last).total_seconds()) if last else None,
        next=next_run(schedule, now),
    )
