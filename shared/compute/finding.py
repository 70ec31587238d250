"""Discovery in many resources, of which each costs only itself."""

import logging
from collections.abc import Awaitable, Callable, Iterable

from shared.adapters.concurrency import AT_ONCE, each
from shared.compute.base import Discovery
from shared.compute.inventory import Found
from shared.compute.sources import Json
from shared.compute.uses import joined
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError

log = logging.getLogger(__name__)


async def in_each(
    found: Found, look: Callable[[Json], Awaitable[Discovery]], *, at_once: int = AT_ONCE
) -> Discovery:
    """What `look` finds in every resource. One in which it cannot look is a gap."""

    async def one(resource: Json) -> Discovery:
        where = str(resource.get("id") or "a resource without an id")
        try:
            return await look(resource)
        except CouldNotLookError as why:
            return Discovery((), (Gap(where, str(why)),))
        except Exception as error:
            log.exception("discovery in %s failed", where)
            return Discovery((), (Gap(where, f"discovery failed: {type(error).__name__}"),))

    parts: Iterable[Discovery] = await each(found.resources, one, at_once=at_once)
    return joined((Discovery((), found.gaps, found.subscriptions), *parts))
