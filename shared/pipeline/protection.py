"""What protects deployed images from clean-ups: the plan of locks, and what stands in its way.

It reads locks that are not known yet, and changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.domain.cleanup import Attributes
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.forecast import SeenPlan, concerns, orders
from shared.domain.protection import (
    Helpless,
    Memory,
    Missing,
    OwnLock,
    Protection,
    Target,
    Use,
    plan,
    to_read,
    wanted,
)
from shared.domain.pulls import Registry
from shared.pipeline.services import Services
from shared.settings import ProtectMode

log = logging.getLogger(__name__)
AT_ONCE = 8
MOST = 500
"""Targets that are read in one go; the next one goes on."""

NOT_READ = "they were not read yet, so it is not known what has to be locked"

type Registries = Mapping[str, Registry]
type States = dict[Target, Attributes | None]
type Reasons = dict[Target, str]


async def protection_plan(
    services: Services, deployed: Iterable[Entry], registry: str = "", *, ask: bool = True
) -> Protection:
    """What is to be locked and released of what is deployed, in one registry or in all.

    It changes nothing. Locks that are not known are read, unless it is not to ``ask``: then they
    are UNREAD.
    """
    plans = {host: kept.plan async for host, kept in services.store.plans.everything()}
    own = {
        one.lock.target: one.lock
        async for one in services.store.locks.everything()
        if registry in {"", one.lock.target.registry}
    }
    everything = tuple(deployed)
    mine = [one for one in everything if registry in {"", one.pull.image.registry}]
    # an index without a single pull is one that was lost, and no reason to give up every lock
    release = services.settings.protect_release and bool(everything)
    found = await plan_for(services, mine, plans, own, ask=ask, release=release)
    hosts = {one.pull.image.registry for one in mine}
    gaps = tuple(Gap(f"clean-ups of {host}", NOT_READ) for host in sorted(hosts - plans.keys()))
    return replace(found, missing=await _missing(services), gaps=gaps)


async def plan_for(
    services: Services,
    entries: Collection[Entry],
    plans: Mapping[str, SeenPlan],
    own: dict[Target, OwnLock],
    *,
    ask: bool = True,
    release: bool = False,
) -> Protection:
    """The plan for some deployed pulls, under the clean-up plans of their registries."""
    needed = wanted(uses(entries, plans))
    # what is deployed stays locked, though no plan threatens it now
    needed |= {t: using for t, using in wanted(uses(entries)).items() if t in own}
    memory = Memory(own, services.now(), release=release)
    states, unread = await _read(services, sorted(to_read(needed, memory))[:MOST] if ask else ())
    lines = tuple(
        replace(line, reason=unread.get(line.target, line.reason))
        for line in plan(needed, memory, states)
    )
    return Protection(
        at=memory.now,
        mode=services.settings.protect_mode,
        release=services.settings.protect_release,
        lines=lines,
        helpless=tuple(sorted(_helpless(entries, plans))),
        counts=dict(Counter(line.standing.value for line in lines)),
    )


def uses(entries: Collection[Entry], plans: Mapping[str, SeenPlan] | None = None) -> list[Use]:
    """Pulls in repositories that a plan concerns; all of them where no plans are given."""
    return [
        Use(
            pull=one.pull,
            digest=one.digest,
            children=tuple(c.digest for c in one.content.children) if one.content else (),
            threatened=one.foreseen is not None,
        )
        for one in entries
        if plans is None or _concerned(one, plans)
    ]


def _concerned(entry: Entry, plans: Mapping[str, SeenPlan]) -> bool:
    image = entry.pull.image
    seen = plans.get(image.registry)
    return seen is not None and not entry.gone and concerns(seen, image.repository)


def _helpless(entries: Collection[Entry], plans: Mapping[str, SeenPlan]) -> set[Helpless]:
    """Purges of repositories in use that no lock stops."""
    images = {(one.pull.image.registry, one.pull.image.repository) for one in entries}
    return {
        Helpless(host, order.task, order.command)
        for host, repository in images
        if host in plans
        for order in orders(plans[host], repository)
        if order.include_locked
    }


async def _missing(services: Services) -> tuple[Missing, ...]:
    """Rights that lack, as long as anybody wants locks."""
    if services.settings.protect_mode is ProtectMode.OFF:
        return ()
    return await services.store.locks.missing()


async def protection_gaps(services: Services, known: Collection[Registry]) -> tuple[Gap, ...]:
    """What a report must say of clean-ups: tasks that nobody can read, rights that are missing."""
    hosts = {one.login_server for one in known}
    unseen = [
        Gap(f"{host} task {one.task}", one.reason, hides=False)
        async for host, kept in services.store.plans.everything()
        for one in kept.plan.unseen
        if host in hosts
    ]
    missing = await _missing(services)
    return (*unseen, *(Gap(f"locks of {one.registry}", one.reason, hides=False) for one in missing))


async def known_registries(services: Services) -> Registries:
    """The registries that may be asked, by login server."""
    found = await services.registry.registries()
    return {one.login_server: one for one in found.known}


async def _read(services: Services, targets: Collection[Target]) -> tuple[States, Reasons]:
    """The locks of targets; what cannot be read stays as it is, and the reason is told."""
    known = await known_registries(services) if targets else {}
    states: States = {}
    unread: Reasons = {}

    async def one(target: Target) -> None:
        registry = known.get(target.registry)
        if registry is None:
            unread[target] = "no registry of this name can be looked at"
            return
        try:
            states[target] = await services.registry.locks(
                registry, target.repository, target.reference
            )
        except CouldNotLookError as why:
            log.warning("the locks of %s cannot be read: %s", target, why)
            unread[target] = str(why)

    await each(targets, one, at_once=AT_ONCE)
    return states, unread
