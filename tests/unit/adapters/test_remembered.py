"""Reads that many pulls share."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.adapters.resilience import cached, remembered
from shared.domain.facts.base import CouldNotLookError


class Slow:
    """A read that counts, and fails when told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked = 0
        self.error = error

    async def __call__(self, key: str) -> str:
        self.asked += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return key.upper()


async def test_a_hundred_callers_make_one_read() -> None:
    slow = Slow()
    read = remembered(slow, seconds=60.0)
    assert await asyncio.gather(*(read("a") for _ in range(100))) == ["A"] * 100
    assert await read("b") == "B"
    assert slow.asked == 2


async def test_that_it_could_not_look_is_remembered_too() -> None:
    slow = Slow(CouldNotLookError("private"))
    read = remembered(slow, seconds=60.0)
    for _ in range(3):
        with pytest.raises(CouldNotLookError, match="private"):
            await read("a")
    assert slow.asked == 1


async def test_the_kind_of_error_is_kept() -> None:
    class HiddenError(CouldNotLookError):
        pass

    with pytest.raises(HiddenError):
        await remembered(Slow(HiddenError("x")), seconds=60.0)("a")


async def test_what_was_read_is_forgotten_in_time() -> None:
    slow = Slow()
    read = remembered(slow, seconds=0.01)
    await read("a")
    await asyncio.sleep(0.05)
    await read("a")
    assert slow.asked == 2


async def test_what_began_too_long_ago_serves_nobody_who_asks_now() -> None:
    """A fix may have been made while the read was under way."""
    now = 0.0
    begun, going = asyncio.Event(), asyncio.Event()
    asked: list[str] = []

    async def slow(key: str) -> int:
        asked.append(key)
        begun.set()
        await going.wait()
        return len(asked)

    read = cached(slow, seconds=60, clock=lambda: now)
    early = asyncio.create_task(_value(read, "a"))
    await begun.wait()
    now = 60.0
    soon = asyncio.create_task(_value(read, "a"))
    await asyncio.sleep(0)
    now = 61.0
    late = asyncio.create_task(_value(read, "a"))
    await asyncio.sleep(0)
    going.set()
    assert (await early, await soon) == (1, 1)
    assert (await late, len(asked)) == (2, 2)


async def _value(read: Callable[[str], Awaitable[int]], key: str) -> int:
    return await read(key)
