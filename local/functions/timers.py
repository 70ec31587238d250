"""Timer triggers: NCRONTAB schedules in UTC whose state survives the process.

The state is what the real host keeps in a blob (`Last`, `Next`, `LastUpdated`); what follows from
it is told as ScheduleMonitor and TimerListener of the .NET extension have it.
"""

import asyncio
import logging
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec

from local.functions.errors import StartupError
from local.functions.invoker import Invoker
from local.functions.protos import TypedData
from local.functions.triggers import Function, TimerTrigger
from local.functions.worker import Call
from local.ncrontab import Schedule, fires_within_a_minute, parse_schedule

_LOG = logging.getLogger("local.functions.timers")
_LONGEST_SLEEP = 30.0
_FOR_EVER = -1

NEVER = datetime.min.replace(tzinfo=UTC)
"""The `default(DateTime)` of .NET: such a timer never ran."""


class ScheduleStatus(msgspec.Struct, frozen=True, rename="pascal"):
    """When a timer ran and should run. `last` is NEVER until it ran for the first time."""

    last: datetime
    next: datetime
    last_updated: datetime


class Monitor:
    """Keeps the status of one timer in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> ScheduleStatus | None:
        """The status that was kept; None where there is none or it cannot be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=ScheduleStatus)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def write(self, status: ScheduleStatus) -> None:
        """Keep a status; a crash leaves the old one or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(status))
        fresh.replace(self._path)


def expected(schedule: Schedule, kept: ScheduleStatus | None, now: datetime) -> ScheduleStatus:
    """What a host that starts now goes by; its `next` is in the past when a run was missed.

    A timer that never ran, and one whose schedule was changed, has missed nothing.
    """
    fresh = ScheduleStatus(last=NEVER, next=schedule.next(now), last_updated=now)
    if kept is None or kept.last == NEVER:
        return fresh
    following = schedule.next(kept.last)
    if following == kept.next:
        return kept
    if following < now:
        return fresh
    return ScheduleStatus(last=NEVER, next=following, last_updated=kept.last)


class TimerListener:
    """Runs one function on its schedule, never two runs of it at once."""

    def __init__(
        self, function: Function, trigger: TimerTrigger, state: Path, invoker: Invoker
    ) -> None:
        try:
            self._schedule = parse_schedule(trigger.schedule)
        except ValueError as problem:
            raise StartupError(
                f"the schedule of the timerTrigger binding of function {function.name}: {problem}"
            ) from None
        self._function = function
        self._trigger = trigger
        self._invoker = invoker
        monitored = trigger.use_monitor and not fires_within_a_minute(self._schedule)
        self._monitor = Monitor(state / "timers" / f"{function.name}.json") if monitored else None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep time."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Start no more runs; one under way goes on."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        now = datetime.now(UTC)
        kept = self._monitor.read() if self._monitor else None
        status = expected(self._schedule, kept, now)
        self._keep(status)
        if status.next < now:
            _LOG.info("%s is past due since %s", self._function.name, status.next.isoformat())
            status = await self._fire(status, now, past_due=True)
        elif self._trigger.run_on_startup:
            status = await self._fire(status, now)
        while True:
            await _sleep_until(status.next)
            # A clock may wake early; the run still counts for the time that it was meant for.
            status = await self._fire(status, max(datetime.now(UTC), status.next))

    async def _fire(
        self, status: ScheduleStatus, fired: datetime, *, past_due: bool = False
    ) -> ScheduleStatus:
        run = self._invoker.start(self._call(status, fired, past_due=past_due))
        return await asyncio.shield(run)

    async def _call(
        self, status: ScheduleStatus, fired: datetime, *, past_due: bool
    ) -> ScheduleStatus:
        """Run the function, whatever comes of it, and keep when it ran."""
        data = timer_info(status if self._monitor else None, past_due=past_due)
        await self._with_retries(data)
        following = self._schedule.next(fired)
        ran = ScheduleStatus(last=fired, next=following, last_updated=fired)
        self._keep(ran)
        return ran

    async def _with_retries(self, data: TypedData) -> None:
        policy = self._function.retry
        retries = policy.retries if policy else 0
        for retry in count():
            if policy and retry:
                await asyncio.sleep(policy.delay(retry))
            call = Call(self._trigger.name, data, retry=retry, retries=retries)
            outcome = await self._invoker.invoke(self._function, call)
            if outcome.ok or (retries != _FOR_EVER and retry >= retries):
                return

    def _keep(self, status: ScheduleStatus) -> None:
        if self._monitor is None:
            return
        try:
            self._monitor.write(status)
        except OSError as problem:
            _LOG.error("the status of %s cannot be kept: %s", self._function.name, problem)


def timer_info(status: ScheduleStatus | None, *, past_due: bool) -> TypedData:
    """The value of a timer parameter."""
    info = {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status,
        "IsPastDue": past_due,
    }
    return TypedData(json=msgspec.json.encode(info).decode())


async def _sleep_until(moment: datetime) -> None:
    """Sleep in short pieces, since clocks are set and laptops are closed."""
    while (left := (moment - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 (a clock)
        await asyncio.sleep(min(left, _LONGEST_SLEEP))
