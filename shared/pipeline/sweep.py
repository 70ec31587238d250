"""The nightly sweep: discover everything, plan jobs, let the report follow."""

import logging
from collections.abc import Iterable
from datetime import datetime

from shared.adapters.store.sweeps import Plan
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Cause, CauseKind, Job, Pull, Registry, short_hash
from shared.domain.words import when
from shared.pipeline import signals
from shared.pipeline.discover import discover
from shared.pipeline.forget import forget_old
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.protection import protection_gaps
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
    jobs = [
        *shard(deployed.pulls, cause, f"sweep:{name}", sweep=name),
        *(_look_at(one, cause, name) for one in registries.known),
    ]
    blind = await blind_spots(services, deployed.pulls)
    ahead = await protection_gaps(services, registries.known)
    plan = _plan(name, started, jobs, (*registries.gaps, *deployed.gaps, *blind, *ahead))
    await services.store.sweeps.begin(plan)
    await enqueue(services, jobs)
    await services.store.ledger.beat(HEARTBEAT, started)
    signals.heartbeat(HEARTBEAT)
    await report_if_done(services, name)  # an empty estate has a report, too
    await forget_old(services, started)
    log.info("sweep %s: %d pulls in %d jobs", name, len(deployed.pulls), len(jobs))
    return plan


async def blind_spots(services: Services, pulls: Iterable[Pull]) -> list[Gap]:
    """Repositories in use that the watch could not look at when it last tried."""
    seen = await services.store.watched.everything()
    used = {(pull.image.registry, pull.image.repository) for pull in pulls}
    return [
        Gap(f"watch of {one.name}", f"since {when(one.since)}: {one.trouble}", hides=False)
        for where, one in sorted(seen.items())
        if one.since and where in used
    ]


def _look_at(registry: Registry, cause: Cause, sweep: str) -> Job:
    """Each registry is looked at once, whether anything pulls from it or not."""
    host = registry.login_server
    return Job(
        id=short_hash(f"sweep:{sweep}", host, "health"),
        registry=host,
        pulls=(),
        cause=cause,
        sweep=sweep,
        health=True,
    )


def _plan(name: str, started: datetime, jobs: list[Job], gaps: tuple[Gap, ...]) -> Plan:
    return Plan(sweep=name, started=started, jobs=tuple(job.id for job in jobs), gaps=gaps)
