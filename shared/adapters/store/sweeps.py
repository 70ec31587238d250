"""Sweeps in progress, and the reports they end in."""

from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.store.packing import gather, pack, spread, unpack
from shared.adapters.tables import ConflictError, Insert, Put, Row, Tables
from shared.domain.diagnosis import Gap
from shared.domain.health import RegistryHealth
from shared.domain.reports import Report, Tally

PLANS = "plans"
REPORTS = "reports"
BESIDE = "~"
"""Between a report's key and the number of a row beside its first one."""


class Plan(Struct, frozen=True, kw_only=True):
    """What a sweep set out to do: its jobs' ids and what it could not look at."""

    sweep: str
    started: datetime
    jobs: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    reported: bool = False


class JobDone(Struct, frozen=True):
    """What one attempt of a sweep's job found; ``given_up`` says why it did not find anything.

    One that was put back for some of its pulls is not ``over``: its tally is without them.
    ``health`` is there where the job looked at a registry itself.
    """

    job: str
    tally: Tally
    given_up: str = ""
    attempt: int = 0
    over: bool = True
    health: RegistryHealth | None = None


class Sweeps:
    """Knows when the last job of a sweep is done."""

    def __init__(self, tables: Tables) -> None:
        self._table = tables.table("sweeps")

    async def begin(self, plan: Plan) -> bool:
        """Record a plan. False when this sweep was begun before: a timer may fire twice."""
        try:
            await self._table.write(PLANS, [Insert(plan.sweep, pack("plan", plan))])
        except ConflictError:
            return False
        return True

    async def plan(self, sweep: str) -> Plan | None:
        """The plan of one sweep."""
        row = await self._table.get(PLANS, sweep)
        return unpack("plan", row, Plan) if row else None

    async def unreported(self) -> tuple[Plan, ...]:
        """Sweeps that have not been reported yet."""
        plans = [unpack("plan", row, Plan) async for row in self._table.query(PLANS)]
        return tuple(plan for plan in plans if not plan.reported)

    async def done(self, sweep: str, job: JobDone) -> None:
        """Record that a job came back. Recording it again changes nothing."""
        row = Put(f"{job.job}:{job.attempt}", pack("done", job))
        await self._table.write(f"sweep:{sweep}", [row])

    async def results(self, sweep: str) -> tuple[JobDone, ...]:
        """The jobs that came back."""
        rows = self._table.query(f"sweep:{sweep}")
        return tuple([unpack("done", row, JobDone) async for row in rows])

    async def report(self, report: Report) -> None:
        """Store a report. Storing it again changes nothing.

        After a disaster it has many thousand lines: then it takes several rows.
        """
        key = f"{99_999_999_999 - int(report.started.timestamp()):011d}"
        first, *beside = spread("report", report)
        more = [Put(f"{key}{BESIDE}{n}", part) for n, part in enumerate(beside, 1)]
        await self._table.write(REPORTS, [Put(key, first), *more])

    async def reported(self, plan: Plan) -> None:
        """The report is on its way: the sweep is over."""
        over = replace(plan, reported=True)
        await self._table.write(PLANS, [Put(plan.sweep, pack("plan", over))])

    async def forget(self, *, jobs: datetime, reports: datetime) -> int:
        """Forget sweeps and reports from before a time each. Returns how many rows."""
        count = await self._table.forget("sweep:", jobs) + await self._table.forget(PLANS, jobs)
        return count + await self._table.forget(REPORTS, reports)

    async def latest_report(self) -> Report | None:
        """The newest report."""
        async for report in self._reports():
            return report
        return None

    async def find_report(self, sweep: str) -> Report | None:
        """The report of one sweep."""
        async for report in self._reports():
            if report.sweep == sweep:
                return report
        return None

    async def _reports(self) -> AsyncIterator[Report]:
        """The newest first."""
        rows: list[Row] = []
        async for row in self._table.query(REPORTS):
            if rows and BESIDE not in row.key:
                yield gather("report", rows, Report)
                rows = []
            rows.append(row)
        if rows:
            yield gather("report", rows, Report)
