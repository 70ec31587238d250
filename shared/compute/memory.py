"""Reads that many pulls share: made once, and remembered for a short while."""

from collections.abc import Awaitable, Callable, Hashable

from shared.adapters.resilience import cached
from shared.compute.sources import ArmReader, Json
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


class RememberedArm:
    """ARM whose refusals are remembered as its answers are; Resource Graph is not remembered."""

    def __init__(self, arm: ArmReader, seconds: float) -> None:
        self._arm = arm
        self._get = _by_place(seconds, arm.get)
        self._list = _by_place(seconds, arm.list)
        self._post = _by_place(seconds, arm.post)

    async def get(self, path: str, api_version: str) -> Json:
        """One resource."""
        return await self._get((path, api_version))

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        """Every page of a collection."""
        return await self._list((path, api_version))

    async def post(self, path: str, api_version: str, body: Json | None = None) -> Json:
        """A read that is a POST; one with a body is made anew."""
        if body is not None:
            return await self._arm.post(path, api_version, body)
        return await self._post((path, api_version))

    async def query(self, kql: str, subscriptions: tuple[str, ...]) -> tuple[Json, ...]:
        """Every page of a Resource Graph query."""
        return await self._arm.query(kql, subscriptions)


def _by_place[R](
    seconds: float, read: Callable[[str, str], Awaitable[R]]
) -> Callable[[tuple[str, str]], Awaitable[R]]:
    async def reading(place: tuple[str, str]) -> R:
        path, api_version = place
        return await read(path, api_version)

    return remembered(seconds, reading)
