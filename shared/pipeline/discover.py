"""What is deployed: every pull of every compute platform, into the index."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.store.index import Entry
from shared.compute.arm_ids import subscription_of
from shared.compute.base import ComputePlatform, Discovery
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Compute, Pull
from shared.pipeline.retire import retire_all
from shared.pipeline.services import Services

log = logging.getLogger(__name__)
SECOND_LOOK = timedelta(minutes=1)
"""How long after the first discovery a second one must not find a workload either."""


class Deployed(Struct, frozen=True):
    """Every pull that was found, and what could not be looked at.

    ``doubtful`` says that workloads were not found which the discovery before had seen.
    """

    pulls: tuple[Pull, ...]
    gaps: tuple[Gap, ...]
    doubtful: bool = False


async def discover(services: Services) -> Deployed:
    """Find what is deployed and bring the index up to date with it."""
    at = services.now()
    scope = services.settings.subscriptions
    found = await find(services)
    pulls = tuple({pull.key: pull for part in found for pull in part.pulls}.values())
    known = await services.store.index.listed()
    looked = frozenset[str]().union(*(part.subscriptions for part in found))
    lost = _lost(known, looked) if looked and not scope else ()  # else other gaps tell it
    gaps = (*(gap for part in found for gap in part.gaps), *lost)
    doubtful = await bring_up_to_date(services, known, Discovery(pulls, gaps), at)
    return Deployed(pulls, gaps, doubtful)


def _lost(known: Iterable[Entry], looked: frozenset[str]) -> tuple[Gap, ...]:
    """Subscriptions that hold workloads, and which nobody lists any more.

    Azure leaves out what the monitor may not read without a word: that is no proof of anything.
    """
    had = {subscription_of(entry.pull.workload.id) for entry in known}
    reason = (
        "workloads were seen in it before; it is gone, or the monitor has lost its role in it "
        "(SUBSCRIPTIONS without it leaves it out for good)"
    )
    return tuple(Gap(f"/subscriptions/{one}", reason) for one in sorted(had - looked - {""}))


async def find(services: Services) -> tuple[Discovery, ...]:
    """What each compute platform has. Nothing is stored."""
    scope = services.settings.subscriptions
    return tuple(await asyncio.gather(*(_of(one, scope) for one in services.platforms)))


async def _of(platform: ComputePlatform, subscriptions: tuple[str, ...]) -> Discovery:
    """One platform's pulls; that it failed is a gap, not an empty estate."""
    try:
        return await platform.discover(subscriptions)
    except Exception as error:
        log.exception("discovery on %s failed", platform.compute)
        reason = f"discovery failed: {type(error).__name__}"
        return Discovery((), (Gap(everything_of(platform.compute), reason),))


def everything_of(compute: Compute) -> str:
    """The name of a gap that covers a whole compute platform."""
    return f"all of {compute}"


async def bring_up_to_date(
    services: Services, before: Sequence[Entry], found: Discovery, at: datetime
) -> bool:
    """Bring the index, as it was before, up to date with a discovery that began at a time.

    What another discovery found since then is not forgotten. A workload that is not found at all
    is kept until a second discovery does not find it either, because Resource Graph lags behind.
    Returns whether there are such workloads.
    """
    index = services.store.index
    known = {entry.pull.key: entry for entry in before}
    current = {pull.key: pull for pull in found.pulls}
    await index.put(_first(pull, at) for key, pull in current.items() if key not in known)
    still = [entry for key, entry in known.items() if key in current]
    await index.revise(
        still, lambda entry: replace(entry, pull=current[entry.pull.key], missed=None)
    )
    unseen = [entry for key, entry in known.items() if key not in current]
    unseen = [entry for entry in unseen if entry.seen < at and not _hidden(entry.pull, found.gaps)]
    there = {pull.workload.id.lower() for pull in found.pulls}
    ended = [entry for entry in unseen if _is_over(entry, there, at)]
    doubtful = [entry for entry in unseen if entry not in ended]
    await index.revise(doubtful, lambda entry: replace(entry, missed=entry.missed or at))
    await retire_all(services, ended, at)
    return bool(doubtful)


def _is_over(entry: Entry, there: Collection[str], at: datetime) -> bool:
    """Whether a pull is not deployed any more: its workload is seen without it, or missed twice."""
    if entry.pull.workload.id.lower() in there:
        return True
    return entry.missed is not None and at - entry.missed >= SECOND_LOOK


def _first(pull: Pull, at: datetime) -> Entry:
    return Entry(pull=pull, seen=at, digest=pull.image.digest or pull.running)


def _hidden(pull: Pull, gaps: Iterable[Gap]) -> bool:
    """Whether a pull was not found only because nobody could look where it is."""
    workload = pull.workload.id.lower() + "/"
    everything = everything_of(pull.workload.compute)
    return any(
        gap.hides and (gap.what == everything or workload.startswith(gap.what.lower() + "/"))
        for gap in gaps
    )
