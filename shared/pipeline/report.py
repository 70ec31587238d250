"""The nightly health report: made when the last job of a sweep is done, or when time is up."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.adapters.store.sweeps import JobDone, Plan
from shared.domain.alerts import Announcement, Topic
from shared.domain.diagnosis import Gap
from shared.domain.health import RegistryHealth
from shared.domain.incidents import Incident
from shared.domain.reports import Report, ReportLine, Tally
from shared.domain.words import first_command, foretold
from shared.pipeline import signals
from shared.pipeline.services import Services
from shared.pipeline.settle import announce

SINCE = timedelta(days=1)
"""Incidents that opened or ended within this time are the report's news."""


async def report_if_done(services: Services, sweep: str) -> Report | None:
    """Make and announce the report if every job of the sweep came back."""
    plan = await services.store.sweeps.plan(sweep)
    if plan is None or plan.reported:
        return None
    results = await services.store.sweeps.results(sweep)
    if _missing(plan, results):
        return None
    return await _finish(services, plan, results)


async def report_overdue(services: Services) -> None:
    """Report sweeps that wait too long for a job: incomplete, and saying so."""
    limit = timedelta(minutes=services.settings.report_wait_minutes)
    for plan in await services.store.sweeps.unreported():
        if await report_if_done(services, plan.sweep) is None and (
            services.now() - plan.started > limit
        ):
            await _finish(services, plan, await services.store.sweeps.results(plan.sweep))


def compose(
    plan: Plan, results: Sequence[JobDone], incidents: Sequence[Incident], at: datetime
) -> Report:
    """The report of a sweep. Pure."""
    missing = _missing(plan, results)
    given_up = tuple(Gap(f"job {r.job}", r.given_up) for r in results if r.given_up)
    open_now = sorted((i for i in incidents if i.open), key=lambda i: (-i.outcome, i.opened))
    return Report(
        sweep=plan.sweep,
        started=plan.started,
        finished=at,
        tallies=_tallies(results),
        lines=tuple(_line(incident) for incident in open_now),
        gaps=plan.gaps + given_up,
        complete=not missing and not given_up,
        missing_jobs=len(missing),
        opened=sum(i.open and i.opened > at - SINCE for i in incidents),
        health=_health(results),
        resolved=sum(i.resolved is not None and i.resolved > at - SINCE for i in incidents),
    )


async def _finish(services: Services, plan: Plan, results: Sequence[JobDone]) -> Report:
    incidents = [incident async for incident in services.store.incidents.everything()]
    report = compose(plan, results, incidents, services.now())
    await services.store.sweeps.report(report)
    announcement = Announcement(
        id=f"report:{plan.sweep}",
        channel="",
        topic=Topic.REPORT,
        about=plan.sweep,
        at=services.now(),
    )
    await announce(services, announcement)
    await services.store.sweeps.reported(plan)
    signals.reported(report)
    return report


def _missing(plan: Plan, results: Sequence[JobDone]) -> set[str]:
    return set(plan.jobs) - {result.job for result in results if result.over}


def _tallies(results: Sequence[JobDone]) -> tuple[Tally, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for result in (one for one in results if one.health is None):
        counts[result.tally.registry].update(result.tally.counts)
    return tuple(Tally(registry, dict(count)) for registry, count in sorted(counts.items()))


def _health(results: Sequence[JobDone]) -> tuple[RegistryHealth, ...]:
    """How each registry is, the worst first."""
    found = {result.health.registry: result.health for result in results if result.health}
    return tuple(sorted(found.values(), key=lambda one: (-one.outcome, one.registry)))


def _line(incident: Incident) -> ReportLine:
    finding = incident.finding
    return ReportLine(
        incident=incident.id,
        outcome=incident.outcome,
        title=finding.title,
        subject=finding.subject,
        pulls=len(incident.affected),
        since=incident.opened,
        fix=first_command(finding.fix),
        at=foretold(finding),
    )
