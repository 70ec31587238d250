"""What is deployed: every pull of every compute platform, into the index."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.store.index import Entry
from shared.compute.base import ComputePlatform, Discovery
from shared.domain.diagnosis import Gap
from shared.domain.pulls import Compute, Pull
from shared.pipeline.retire import retire_all
from shared.pipeline.services import Services

log = logging.getLogger(__name__)


class Deployed(Struct, frozen=True):
    """Every pull that was found, and what could not be looked at."""

    pulls: tuple[Pull, ...]
    gaps: tuple[Gap, ...]


async def discover(services: Services) -> Deployed:
    """Find what is deployed and bring the index up to date with it."""
    at = services.now()
    scope = services.settings.subscriptions
    found = await asyncio.gather(*(_of(platform, scope) for platform in services.platforms))
    pulls = tuple({pull.key: pull for part in found for pull in part.pulls}.values())
    gaps = tuple(gap for part in found for gap in part.gaps)
    await bring_up_to_date(services, pulls, gaps, at)
    return Deployed(pulls, gaps)


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
    services: Services, pulls: Sequence[Pull], gaps: Sequence[Gap], at: datetime
) -> None:
    """Bring the index up to date with what was found by a discovery that began at a time.

    What another discovery found since then is not forgotten.
    """
    index = services.store.index
    known = {entry.pull.key: entry async for entry in index.everything()}
    current = {pull.key: pull for pull in pulls}
    await index.put(_first(pull, at) for key, pull in current.items() if key not in known)
    still = [entry for key, entry in known.items() if key in current]
    await index.revise(still, lambda entry: replace(entry, pull=current[entry.pull.key]))
    unseen = [entry for key, entry in known.items() if key not in current]
    ended = [entry for entry in unseen if entry.seen < at and not _hidden(entry.pull, gaps)]
    await retire_all(services, ended, at)


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
