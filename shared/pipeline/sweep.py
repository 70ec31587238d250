"""The nightly sweep: discover everything, plan jobs, let the report follow."""

import logging
from datetime import datetime

from shared.adapters.store.sweeps import Plan
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Cause, CauseKind, Job
from shared.pipeline.discover import discover
from shared.pipeline.forget import forget_old
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.protect import protection_gaps
from shared.pipeline.report import report_if_done
from shared.pipeline.services import Services

log = logging.getLogger(__name__)
HEARTBEAT = "sweep"


async def sweep(services: Services) -> Plan:
    """Plan the health report. Fired twice in one second, it is one sweep."""
    started = services.now()
    name = started.strftime("%Y%m%dT%H%M%S")
    registries = await services.registry.registries()
    deployed = await discover(services)
    cause = Cause(kind=CauseKind.SWEEP, at=started)
    jobs = [*shard(deployed.pulls, cause, f"sweep:{name}", sweep=name)]
    ahead = await protection_gaps(services)
    plan = _plan(name, started, jobs, (*registries.gaps, *deployed.gaps, *ahead))
    await services.store.sweeps.begin(plan)
    await enqueue(services, jobs)
    await services.store.ledger.beat(HEARTBEAT, started)
    await report_if_done(services, name)  # an empty estate has a report, too
    await forget_old(services, started)
    log.info("sweep %s: %d pulls in %d jobs", name, len(deployed.pulls), len(jobs))
    return plan


def _plan(name: str, started: datetime, jobs: list[Job], gaps: tuple[Gap, ...]) -> Plan:
    return Plan(sweep=name, started=started, jobs=tuple(job.id for job in jobs), gaps=gaps)
