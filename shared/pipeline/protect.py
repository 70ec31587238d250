"""Locks for deployed images, before a clean-up comes by. Nothing is written unless it is asked for.

Every lock is written down before it is made and after, so that a crash in between leaves no lock
of which nobody knows whose it is. What somebody else locked, or unlocked, is left alone.
"""

import logging
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.adapters.store.locks import KeptLock
from shared.adapters.tables import ConflictError
from shared.domain.facts.base import CouldNotLookError
from shared.domain.protection import (
    Line,
    LockState,
    Memory,
    Missing,
    OwnLock,
    Protection,
    Standing,
    Target,
    is_due,
    wanted,
)
from shared.domain.pulls import Cause, CauseKind, Registry
from shared.pipeline.jobs import enqueue, shard
from shared.pipeline.protection import MOST, known_registries, protection_plan, uses
from shared.pipeline.services import Services
from shared.registry.base import NotPermittedError
from shared.settings import ProtectMode

log = logging.getLogger(__name__)
AT_ONCE = 8


async def protect_deployed(services: Services, deployed: Collection[Entry]) -> None:
    """Make and release what the plan says, if the setting PROTECT_MODE is ``lock``."""
    if services.settings.protect_mode is ProtectMode.LOCK:
        await protect(services, deployed)


async def protect(
    services: Services, deployed: Collection[Entry], registry: str = ""
) -> Protection:
    """Carry out the plan, of one registry or of all. Returns all of it, with what was ``done``."""
    known = await known_registries(services)
    protection = await protection_plan(services, deployed, registry)
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
        return replace(line, done=True)

    done = await each(lines[:MOST], one, at_once=AT_ONCE)
    await _remember(services, {line.target.registry for line in done}, barred)
    await _tell(services, deployed, {line.target for line in done if _was_set(line)})
    missing = await services.store.locks.missing()
    now = {line.target: line for line in done}
    after = tuple(now.get(line.target, line) for line in protection.lines)
    return replace(protection, lines=after, missing=missing)


def _was_set(line: Line) -> bool:
    return line.standing is Standing.SET and line.done


async def _tell(services: Services, deployed: Iterable[Entry], targets: Collection[Target]) -> None:
    """What was threatened and is locked now is looked at again: the warning ends."""
    if not targets:
        return
    entries = [one for one in deployed if one.foreseen]
    needing = {
        use.pull for t, uses in wanted(uses(entries)).items() if t in targets for use in uses
    }
    now = services.now()
    reason = f"locked:{now.strftime('%Y%m%dT%H%M%S')}"
    await enqueue(services, shard(needing, Cause(kind=CauseKind.FORESEEN, at=now), reason))


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
