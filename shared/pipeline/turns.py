"""Whose turn it is in the watch, and for how long: a slow registry takes nobody else's time."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.adapters.store.watched import Watched

log = logging.getLogger(__name__)
AT_ONCE = 8
"""Registries that are looked at at the same time, and repositories of each."""
NO_TIME = "its registry answers so slowly that the watch had no time left for it"

type Where = tuple[str, str]
"""A registry and a repository."""
type Part = Sequence[Entry]
"""The pulls of one repository."""


async def in_turn(
    parts: Mapping[Where, Part],
    before: Mapping[Where, Watched],
    look: Callable[[Where, Part], Awaitable[None]],
    seconds: float,
) -> None:
    """Look at every repository, for so many seconds in all. What is not reached then is left out.

    Each registry has turns of its own. Where there was trouble before comes last; what was not
    reached the last time comes first.
    """
    registries: dict[str, list[Where]] = defaultdict(list)
    for where in sorted(parts, key=lambda where: _rank(before.get(where))):
        registries[where[0]].append(where)
    end = asyncio.get_running_loop().time() + seconds

    async def one(where: Where) -> None:
        await look(where, parts[where])

    async def of_registry(host: str) -> None:
        try:
            async with asyncio.timeout_at(end):
                await each(registries[host], one, at_once=AT_ONCE)
        except TimeoutError:
            log.warning("the watch had no time left for all of %s", host)

    order = sorted(registries, key=lambda host: any(_is_slow(before, w) for w in registries[host]))
    await each(order, of_registry, at_once=AT_ONCE)


def _is_slow(before: Mapping[Where, Watched], where: Where) -> bool:
    return where in before and bool(before[where].trouble)


def _rank(last: Watched | None) -> int:
    if last is None or not last.trouble:
        return 1
    return 0 if last.trouble == NO_TIME else 2
