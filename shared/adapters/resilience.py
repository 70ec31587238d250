"""
What every adapter does when a dependency is slow, busy or down: capped retries (stamina), a
circuit breaker (purgatory) and cache-aside with coalescing (async-lru).
"""

import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import stamina
from async_lru import alru_cache
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
WAIT_JITTER = 0.5


class TransientError(Exception):
    """
    A try failed for a reason of the dependency's: it counts against the breaker.

    ``retry_after`` is how long the dependency asks to be left alone (s). ``again`` is False where
    another try would only take as long as this one, such as after a time-out.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, again: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.again = again


class UnreachedError(TransientError):
    """A try found no way to the dependency's host, whatever was asked of it."""


class BreakerOpenError(CouldNotLookError):
    """A dependency failed too often in a row and is left alone for a while."""


class Dependency:
    """Something that we ask over the network: its retries and its breaker."""

    def __init__(
        self, name: str, settings: Settings, counts: type[TransientError] = TransientError
    ) -> None:
        """Name the dependency for people; the limits are settings. ``counts`` opens the breaker."""
        self.name = name
        self._settings = settings
        self._counts = counts
        self._last_failure = ""
        self._breakers = AsyncCircuitBreakerFactory(
            settings.breaker_failures,
            settings.breaker_seconds,
            exclude=[(BaseException, lambda why: not isinstance(why, counts))],
        )

    async def call[T](self, once: Callable[[], Awaitable[T]]) -> T:
        """
        Ask, and ask again where that may help.

        Raises:
            TransientError: of the last try, where retries are used up or asked to wait too long.
            BreakerOpenError: nothing was asked.

        """
        last: TransientError | None = None
        try:
            async for attempt in stamina.retry_context(
                self._wait,
                attempts=self._settings.retry_attempts,
                timeout=None,
                wait_initial=FIRST_WAIT,
                wait_max=LONGEST_WAIT,
                wait_jitter=WAIT_JITTER,
            ):
                with attempt:
                    try:
                        return await self.guard(once)
                    except TransientError as why:
                        last = why
                        raise
        except BreakerOpenError:
            if last is not None:
                raise last from None
            raise
        raise AssertionError  # pragma: no cover - stamina returns or raises

    async def guard[T](self, once: Callable[[], Awaitable[T]]) -> T:
        """Ask once, unless the breaker is open. Raises like `call`."""
        breaker = await self._breakers.get_breaker(self.name)
        try:
            async with breaker:
                return await once()
        except OpenedState as opened:
            # purgatory raises one object again and again: its traceback would grow for ever
            opened.__traceback__ = None
            raise BreakerOpenError(self._open_reason()) from None
        except self._counts as why:
            self._last_failure = str(why)
            raise

    def _open_reason(self) -> str:
        return (
            f"{self.name} failed {self._settings.breaker_failures} times in a row and is left "
            f"alone for {self._settings.breaker_seconds:g} s; the last time: {self._last_failure}"
        )

    def _wait(self, why: Exception) -> bool | float:
        if not isinstance(why, TransientError) or not why.again:
            return False
        if why.retry_after is None:
            return True
        if why.retry_after > self._settings.retry_after_cap_seconds:
            return False
        return why.retry_after + random.uniform(0, WAIT_JITTER)  # noqa: S311 - no secret


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After (RFC 9110), seconds or a date; None where there is none to understand."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def cached[**P, T](
    read: Callable[P, Coroutine[Any, Any, T]],
    *,
    seconds: float | None,
    most: int = 1024,
    clock: Callable[[], float] = time.monotonic,
) -> Callable[P, Coroutine[Any, Any, T]]:
    """
    Read aside a cache: callers at the same time share one read, later ones its result.

    A result serves whoever asks within ``seconds`` of when its read *began*: what it tells may be
    as old as that. Failures are not kept. ``seconds`` None keeps results until ``most`` others
    were read since; 0 only lets callers share. Callers must not change what they get.
    """

    async def begin(*args: P.args, **options: P.kwargs) -> tuple[float, T]:
        began = clock()
        return began, await read(*args, **options)

    known = alru_cache(maxsize=most, ttl=seconds)(begin)

    async def recall(*args: P.args, **options: P.kwargs) -> T:
        asked = clock()
        began, found = await known(*args, **options)
        if seconds and began < asked - seconds:  # a slow read that was under way before
            known.cache_invalidate(*args, **options)
            _, found = await known(*args, **options)
        return found

    return recall


def remembered[**P, T](
    read: Callable[P, Coroutine[Any, Any, T]], *, seconds: float
) -> Callable[P, Coroutine[Any, Any, T]]:
    """
    Like `cached`, and that it could not look is remembered too.

    A hundred pulls of a cluster that does not answer wait for it once.
    """
    if not seconds:
        return cached(read, seconds=seconds)

    async def outcome(*args: P.args, **options: P.kwargs) -> T | CouldNotLookError:
        try:
            return await read(*args, **options)
        except CouldNotLookError as why:
            return why

    known = cached(outcome, seconds=seconds)

    async def recall(*args: P.args, **options: P.kwargs) -> T:
        seen = await known(*args, **options)
        if isinstance(seen, CouldNotLookError):
            raise type(seen)(*seen.args)  # a new one: a shared traceback would grow
        return seen

    return recall


class Perishable(Protocol):
    """Something that says itself until when it may be used (seconds since the epoch)."""

    @property
    def stale_at(self) -> float:
        """The time from which it must be read anew."""


def cached_until_stale[K: Hashable, T: Perishable](
    read: Callable[[K], Coroutine[Any, Any, T]],
    *,
    most: int = 4096,
    clock: Callable[[], float] = time.time,
) -> "UntilStale[K, T]":
    """Like `cached`, for tokens: each result is kept until its own ``stale_at``."""
    return UntilStale(read, most, clock)


class UntilStale[K: Hashable, T: Perishable]:
    """A cache whose entries know when they end. Made by `cached_until_stale`."""

    def __init__(
        self, read: Callable[[K], Coroutine[Any, Any, T]], most: int, clock: Callable[[], float]
    ) -> None:
        self._read = alru_cache(maxsize=most)(read)
        self._clock = clock

    async def __call__(self, key: K) -> T:
        """Get what is known under the key, read now where it is stale."""
        known = await self._read(key)
        if known.stale_at > self._clock():
            return known
        self._read.cache_invalidate(key)
        return await self._read(key)

    def forget(self, key: K) -> None:
        """Read again next time."""
        self._read.cache_invalidate(key)
