"""Every few minutes: are the tags and digests in use still what the index remembers?

Event Grid is silent about untagged and purged tags, so this is what finds them, and resource logs
tell who it was. It also finishes what a crash left behind.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from shared.adapters.resilience import cached
from shared.adapters.store.index import Entry, repositories
from shared.adapters.store.watched import Watched
from shared.domain.alerts import Announcement, Topic
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Registry, short_hash
from shared.domain.words import counted, listed
from shared.pipeline import signals
from shared.pipeline.discover import discover
from shared.pipeline.foresee import look_ahead
from shared.pipeline.look import look_at
from shared.pipeline.report import report_overdue
from shared.pipeline.services import Services
from shared.pipeline.settle import announce, settle_leftovers
from shared.pipeline.sightings import read_logs
from shared.pipeline.turns import NO_TIME, Where, in_turn

log = logging.getLogger(__name__)
HEARTBEAT = "watch"
DISCOVERY = "discovery"
BLIND_FOR = timedelta(minutes=30)
"""How long a repository may not be looked at before an operator is told."""
WATCH_FOR = 9 * 60.0
"""Seconds: before `functionTimeout` of host.json cuts the watch without a word."""
LOOK_FOR = 2 * 60.0
"""Seconds for all repositories: well within a period, however slow a registry is."""
STEP_FOR = 90.0
"""Seconds for any other step. What is cut off is done again at the next period."""
LIMITS = {"compare": LOOK_FOR + STEP_FOR, "discover": WATCH_FOR}
"""Steps that may take longer: clusters that do not answer can take minutes, and come last."""


type Step = Callable[[], Awaitable[int | None]]
"""A step of the watch; it gives how many jobs it made."""


async def watch(services: Services) -> int:
    """Enqueue an urgent job for everything that vanished or moved. Returns how many jobs.

    A step that fails holds up no other. Its error is raised at the end, and no heartbeat is left:
    that the watch is half blind must be seen. The index is read once, after what logs tell is in
    it; a discovery, which takes minutes and changes it, reads its own. A step that takes too long
    is cut off and fails: the next ones have their time.
    """
    deployed = cached(services.store.index.listed, seconds=None)

    async def look(step: Callable[[Services, tuple[Entry, ...]], Awaitable[int]]) -> int:
        return await step(services, await deployed())

    steps: dict[str, Step] = {
        "logs": lambda: read_logs(services),
        "compare": lambda: look(_compare),
        "settle": lambda: settle_leftovers(services),
        "report": lambda: report_overdue(services),
        "look ahead": lambda: look(look_ahead),
        "discover": lambda: _discover_if_due(services),
    }
    jobs = await _take(steps)
    await services.store.ledger.beat(HEARTBEAT, services.now())
    signals.heartbeat(HEARTBEAT)
    return jobs


async def _take(steps: Mapping[str, Step]) -> int:
    """Every step in its time, one after the other; the first failure is raised at the end."""
    failures: list[Exception] = []
    jobs, clock = 0, asyncio.get_running_loop().time
    end = clock() + WATCH_FOR
    for name, step in steps.items():
        try:
            async with asyncio.timeout_at(min(end, clock() + LIMITS.get(name, STEP_FOR))):
                jobs += await step() or 0
        except Exception as error:
            log.exception("a step of the watch failed: %s", name)
            failures.append(_named(error, name))
    for failure in failures:
        raise failure
    return jobs


def _named(error: Exception, step: str) -> Exception:
    """A timeout says nothing of itself."""
    if isinstance(error, TimeoutError) and not str(error):
        return TimeoutError(f"the watch had no more time for its step: {step}")
    return error


async def _compare(services: Services, entries: Sequence[Entry]) -> int:
    known, why = await _known(services, entries)
    before = await services.store.watched.everything()
    failures: list[Exception] = []
    seen: dict[Where, Watched] = {}
    jobs = 0

    async def look(where: Where, part: Sequence[Entry]) -> None:
        nonlocal jobs
        last = before.get(where) or _never(where)
        try:
            count, seen[where] = await look_at(services, known[where[0]], part, last)
            jobs += count
        except Exception as error:
            log.exception("watch of %s/%s failed", *where)
            failures.append(error)
            seen[where] = last

    parts = repositories(entries)
    asked = {where: part for where, part in parts.items() if where[0] in known}
    await in_turn(asked, before, look, LOOK_FOR)
    unseen = {where: NO_TIME for where in asked if where not in seen}
    unseen |= _lost(services, {w: part for w, part in parts.items() if w[0] not in known}, why)
    troubled = [_in_trouble(services, *one, before) for one in unseen.items()]
    await _keep(services, [*seen.values(), *troubled], before)
    await services.store.watched.drop(one for where, one in before.items() if where not in parts)
    if why and not known:
        failures.append(CouldNotLookError(f"no registry in use can be looked at: {why}"))
    for failure in failures:
        raise failure
    return jobs


def _lost(services: Services, parts: Mapping[Where, Sequence[Entry]], why: str) -> dict[Where, str]:
    """What was looked at before, in registries that are not known now and nobody left out."""
    if services.settings.registries:
        return {}
    reason = f"its registry is gone, or the monitor has lost its role there ({why})"
    return {where: reason for where, part in parts.items() if any(one.resolved for one in part)}


def _never(where: Where) -> Watched:
    return Watched(registry=where[0], repository=where[1])


def _in_trouble(
    services: Services,
    where: Where,
    trouble: str,
    before: Mapping[Where, Watched],
) -> Watched:
    """A repository that was not looked at: its registry is slow, gone, or not the monitor's.

    Azure leaves out what one may not read without a word, so that is told like any other trouble.
    """
    last = before.get(where) or _never(where)
    return replace(last, trouble=trouble[:300], since=last.since or services.now())


async def _keep(
    services: Services,
    seen: Sequence[Watched],
    before: Mapping[Where, Watched],
) -> None:
    """Remember what differs from before, once an operator was told of what stays unseen."""
    long = services.now() - BLIND_FOR
    untold = [one for one in seen if one.since and one.since <= long and not one.told]
    if untold:
        await _tell_operator(services, untold)
    told = {one.name for one in untold}
    after = [replace(one, told=True) if one.name in told else one for one in seen]
    plain = [Watched(registry=one.registry, repository=one.repository) for one in after]
    await services.store.watched.put(
        one
        for one, nothing in zip(after, plain, strict=True)
        if one != before.get((one.registry, one.repository), nothing)
    )


async def _tell_operator(services: Services, blind: Sequence[Watched]) -> None:
    """Say once that the watch cannot look at repositories in use."""
    first = sorted(blind, key=lambda one: one.name)
    names = listed([f"{one.name} ({one.trouble})" for one in first], 5)
    count = counted(len(first), "repository in use", "repositories in use")
    about = short_hash("blind", *(f"{one.name} {one.since}" for one in first))
    notice = Announcement(
        id=f"operator:{about}",
        channel="",
        topic=Topic.OPERATOR,
        about=about,
        at=services.now(),
        notice=f"The watch cannot look at {count}, so what vanishes there is found by the nightly "
        f"sweep at the earliest: {names}",
    )
    await announce(services, notice)


async def _known(services: Services, entries: Sequence[Entry]) -> tuple[dict[str, Registry], str]:
    """The registries that may be asked, by login server, and why some in use are not among them."""
    found = await services.registry.registries()
    known = {registry.login_server: registry for registry in found.known}
    unknown = sorted({entry.pull.image.registry for entry in entries} - known.keys())
    if not unknown:
        return known, ""
    why = "; ".join(f"{gap.what}: {gap.reason}" for gap in found.gaps[:5]) or "not in scope"
    log.warning("watch cannot look at %s (%s)", ", ".join(unknown[:20]), why)
    return known, why


async def _discover_if_due(services: Services) -> None:
    """A workload deployed since the last sweep must be in the index before its image goes.

    It comes last: clusters that do not answer can take minutes.
    """
    beats = await services.store.ledger.beats()
    last = beats.get(DISCOVERY)
    due = timedelta(minutes=services.settings.discovery_minutes)
    if last is None or services.now() - last >= due:
        found = await discover(services)
        if not found.doubtful:  # else look again at the next period, not a quarter of an hour later
            await services.store.ledger.beat(DISCOVERY, services.now())
