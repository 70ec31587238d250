"""Reads that many pulls share: made once, and remembered for a short while."""

from collections.abc import Awaitable, Callable, Hashable

from shared.adapters.resilience import cached
from shared.domain.facts.base import CouldNotLookError


def remembered[K: Hashable, R](
    seconds: float, read: Callable[[K], Awaitable[R]]
) -> Callable[[K], Awaitable[R]]:
    """
    `read`, made once for calls with one key that come within some seconds of each other.

    That it could not look is remembered too: a hundred pulls of a cluster that does not answer
    wait for it once.
    """

    async def outcome(key: K) -> R | CouldNotLookError:
        try:
            return await read(key)
        except CouldNotLookError as why:
            return why

    known = cached(outcome, seconds=seconds)

    async def recall(key: K) -> R:
        seen = await known(key)
        if isinstance(seen, CouldNotLookError):
            raise type(seen)(*seen.args)  # a new one: a shared traceback would grow
        return seen

    return recall
