"""Locks for deployed images, before a clean-up comes by. Nothing is written unless it is asked for.

Every lock is written down before it is made and after, so that a crash in between leaves no lock
of which nobody knows whose it is. What somebody else locked, or unlocked, is left alone.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.adapters.store.locks import KeptLock
from shared.adapters.tables import ConflictError
from shared.domain.cleanup import Attributes
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.forecast import SeenPlan, concerns, orders
from shared.domain.protection import (
    Helpless,
    Line,
    LockState,
    Memory,
    Missing,
    OwnLock,
    Protection,
    Standing,
    Target,
    Use,
    is_due,
    plan,
    to_read,
    wanted,
)
from shared.domain.pulls import Cause, CauseKind, Registry
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.services import Services
from shared.registry.base import NotPermittedError
from shared.settings import ProtectMode

log = logging.getLogger(__name__)
AT_ONCE = 8
MOST = 500
"""Targets that are read, and locks that are made, in one go; the next one goes on."""

type Registries = Mapping[str, Registry]
type States = dict[Target, Attributes | None]


async def protect_deployed(services: Services) -> None:
    """Make and release what the plan says, if the setting PROTECT_MODE is ``lock``."""
    if services.settings.protect_mode is ProtectMode.LOCK:
        await protect(services)


async def protect(services: Services, registry: str = "") -> Protection:
    """Carry out the plan, of one registry or of all. Returns what was done, and what was not."""
    known = await _known(services)
    protection = await protection_plan(services, registry)
    own = {one.lock.target: one async for one in services.store.locks.everything()}
    memory = Memory({target: one.lock for target, one in own.items()}, services.now())
    lines = [line for line in protection.lines if is_due(line, memory)]
    barred: dict[str, NotPermittedError] = {}

    async def one(line: Line) -> Line:
        host = line.target.registry
        if host in barred:
            return replace(line, reason=str(barred[host]))
        try:
            await _carry_out(services, known[host], line, own.get(line.target))
        except NotPermittedError as why:
            barred[host] = why
            return replace(line, reason=str(why))
        except (CouldNotLookError, ConflictError, KeyError) as why:
            log.warning("%s was not carried out: %s: %s", line.standing, line.target, why)
            return replace(line, reason=str(why) or type(why).__name__)
        return line

    done = await each(lines[:MOST], one, at_once=AT_ONCE)
    await _remember(services, {line.target.registry for line in done}, barred)
    await _tell(services, {line.target for line in done if _was_set(line)})
    missing = await services.store.locks.missing()
    return replace(protection, lines=tuple(done), missing=missing)


async def protection_plan(
    services: Services, registry: str = "", *, ask: bool = True
) -> Protection:
    """What is to be locked and released. It changes nothing.

    Locks that are not known are read, unless it is not to ``ask``: then they are UNREAD.
    """
    plans = {host: kept.plan async for host, kept in services.store.plans.everything()}
    entries = [one async for one in services.store.index.everything()]
    mine = [one for one in entries if registry in {"", one.pull.image.registry}]
    needed = wanted(_uses(mine, plans))
    own = {
        one.lock.target: one.lock
        async for one in services.store.locks.everything()
        if registry in {"", one.lock.target.registry}
    }
    # what is deployed stays locked, though no plan threatens it now
    needed |= {t: uses for t, uses in wanted(_uses(mine, None)).items() if t in own}
    memory = Memory(own, services.now(), release=services.settings.protect_release)
    states = await _read(services, sorted(to_read(needed, memory))[:MOST]) if ask else {}
    lines = plan(needed, memory, states)
    return Protection(
        at=memory.now,
        mode=services.settings.protect_mode,
        release=memory.release,
        lines=lines,
        helpless=tuple(sorted(_helpless(mine, plans))),
        missing=await services.store.locks.missing(),
        counts=dict(Counter(line.standing.value for line in lines)),
    )


def _uses(entries: Collection[Entry], plans: Mapping[str, SeenPlan] | None) -> list[Use]:
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


async def protection_gaps(services: Services) -> tuple[Gap, ...]:
    """What a report must say of clean-ups: tasks that nobody can read, rights that are missing."""
    unseen = [
        Gap(f"{host} task {one.task}", one.reason, hides=False)
        async for host, kept in services.store.plans.everything()
        for one in kept.plan.unseen
    ]
    missing = await services.store.locks.missing()
    return (*unseen, *(Gap(f"locks of {one.registry}", one.reason, hides=False) for one in missing))


def _was_set(line: Line) -> bool:
    return line.standing is Standing.SET and not line.reason


async def _tell(services: Services, targets: Collection[Target]) -> None:
    """What was threatened and is locked now is looked at again: the warning ends."""
    if not targets:
        return
    entries = [one async for one in services.store.index.everything() if one.foreseen]
    needing = {
        use.pull for t, uses in wanted(_uses(entries, None)).items() if t in targets for use in uses
    }
    now = services.now()
    reason = f"locked:{now.strftime('%Y%m%dT%H%M%S')}"
    await enqueue(services, shard(needing, Cause(kind=CauseKind.FORESEEN, at=now), reason))


async def _known(services: Services) -> Registries:
    found = await services.registry.registries()
    return {one.login_server: one for one in found.known}


async def _read(services: Services, targets: Collection[Target]) -> States:
    """The locks of targets; what cannot be read is left out, and so stays as it is."""
    known = await _known(services) if targets else {}

    async def one(target: Target) -> tuple[Target, Attributes | None] | None:
        try:
            registry = known[target.registry]
            found = await services.registry.locks(registry, target.repository, target.reference)
        except (CouldNotLookError, KeyError) as why:
            log.warning("the locks of %s cannot be read: %s", target, why)
            return None
        return target, found

    return dict(seen for seen in await each(targets, one, at_once=AT_ONCE) if seen)


async def _carry_out(
    services: Services, registry: Registry, line: Line, kept: KeptLock | None
) -> None:
    match line.standing:
        case Standing.SET:
            await _set(services, registry, line, kept)
        case Standing.RELEASE if kept:
            await _release(services, registry, kept)
        case Standing.FORGET if kept:
            await services.store.locks.forget(kept)
        case Standing.KEPT:
            await _write_down(services, line, kept, LockState.MADE)
        case Standing.HELD:
            await _write_down(services, line, kept, LockState.OTHERS)


async def _write_down(
    services: Services, line: Line, kept: KeptLock | None, state: LockState
) -> None:
    """What was seen: our lock, made before a crash perhaps, or somebody else's."""
    seen = OwnLock(line.target, line.digest, services.now(), state)
    if kept:
        await services.store.locks.revise(seen, kept.version)
    else:
        await services.store.locks.intend(seen)


async def _set(services: Services, registry: Registry, line: Line, kept: KeptLock | None) -> None:
    """Intent, lock, deed. Whoever finds an intent later does the rest."""
    store, target = services.store.locks, line.target
    intent = OwnLock(target, line.digest, services.now())
    if kept is None:
        await store.intend(intent)
    else:
        await store.revise(intent, kept.version)
    await services.registry.lock(
        registry, target.repository, target.reference, delete_enabled=False
    )
    written = await store.get(target)
    if written:
        await store.revise(replace(intent, state=LockState.MADE), written.version)
    log.info("locked %s", target)


async def _release(services: Services, registry: Registry, kept: KeptLock) -> None:
    store, target = services.store.locks, kept.lock.target
    await store.revise(replace(kept.lock, state=LockState.RELEASING), kept.version)
    await services.registry.lock(registry, target.repository, target.reference, delete_enabled=True)
    written = await store.get(target)
    if written:
        await store.forget(written)
    log.info("released %s", target)


async def _remember(
    services: Services, tried: Collection[str], barred: Mapping[str, NotPermittedError]
) -> None:
    """Where a right is missing is told until it is there."""
    for host in tried:
        why = barred.get(host)
        if why is None:
            await services.store.locks.found(host)
        else:
            missing = Missing(registry=host, reason=str(why), commands=why.commands)
            await services.store.locks.miss(missing)
