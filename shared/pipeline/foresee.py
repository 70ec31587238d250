"""What clean-ups will take, told in time: no card must wait for the nightly sweep.

The watch asks no registry for this. It remembers each registry's plan (one request to ARM each
discovery period) and what each pull loses first; it has pulls looked at again when a plan that
concerns them changed, when their loss comes nearer, and when it must be over.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from shared.adapters.store.index import Entry
from shared.adapters.store.plans import KeptPlan
from shared.domain.facts.base import CouldNotLookError
from shared.domain.forecast import SeenPlan, changed, concerns, is_due
from shared.domain.pulls import Cause, CauseKind, Registry
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.protect import protect_deployed
from shared.pipeline.services import Services

log = logging.getLogger(__name__)
HEARTBEAT = "foresight"
NOTHING = SeenPlan()


async def look_ahead(services: Services, deployed: Collection[Entry]) -> int:
    """Have pulls looked at before a clean-up comes, and keep it from what is deployed.

    Locks are the nearest thing to a run: they are set even where telling fails.
    """
    try:
        return await foresee_clean_ups(services, deployed)
    finally:
        await protect_deployed(services, deployed)


async def foresee_clean_ups(services: Services, deployed: Iterable[Entry]) -> int:
    """Enqueue urgent jobs for pulls whose prospects may have changed. Returns how many.

    What could not be read of one registry holds up no other; its pulls stay as they were foretold.
    """
    now = services.now()
    beats = await services.store.ledger.beats()
    last = beats.get(HEARTBEAT)
    period = timedelta(minutes=services.settings.discovery_minutes)
    parts: dict[str, list[Entry]] = defaultdict(list)
    for entry in deployed:
        parts[entry.pull.image.registry].append(entry)
    jobs = await _look_again(services, _due(parts, now), now, "due")
    if last is None or now - last >= period:
        jobs += await _plans(services, parts, now)
        await services.store.ledger.beat(HEARTBEAT, now)
    return jobs


def _due(parts: dict[str, list[Entry]], now: datetime) -> Iterable[Entry]:
    return (
        entry
        for entries in parts.values()
        for entry in entries
        if entry.foreseen and is_due(entry.foreseen, now)
    )


async def _plans(services: Services, parts: dict[str, list[Entry]], now: datetime) -> int:
    known = {one.login_server: one for one in (await services.registry.registries()).known}
    jobs = 0
    for host, entries in parts.items():
        if host not in known or not known[host].resource_id:
            continue
        try:
            jobs += await _plan(services, known[host], entries, now)
        except CouldNotLookError as why:
            log.warning("the clean-up plan of %s cannot be read: %s", host, why)
    return jobs


async def _plan(
    services: Services,
    registry: Registry,
    entries: list[Entry],
    now: datetime,
) -> int:
    """Pulls in repositories that a change of the plan concerns, and those that are new there."""
    host = registry.login_server
    plan = await services.registry.cleanup(registry)
    before = await services.store.plans.get(host) or KeptPlan(NOTHING, now)
    concerned = [
        entry
        for entry in entries
        if changed(before.plan, plan, entry.pull.image.repository)
        or (_is_new(entry, before.read) and concerns(plan, entry.pull.image.repository))
    ]
    jobs = await _look_again(services, concerned, now, "plan")
    await services.store.plans.put(host, KeptPlan(plan, now))  # then a crash looks again
    return jobs


def _is_new(entry: Entry, since: datetime) -> bool:
    """Deployed since the plan was last read, and not diagnosed yet."""
    return entry.resolved is None and not entry.gone and entry.seen >= since


async def _look_again(
    services: Services, entries: Iterable[Entry], now: datetime, reason: str
) -> int:
    pulls = [entry.pull for entry in entries]
    if not pulls:
        return 0
    cause = Cause(kind=CauseKind.FORESEEN, at=now)
    return await enqueue(services, shard(pulls, cause, f"{reason}:{now.strftime('%Y%m%dT%H%M')}"))
