"""Reads that many pulls share."""

import asyncio

import pytest

from shared.compute.memory import remembered
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
    read = remembered(60.0, slow)
    assert await asyncio.gather(*(read("a") for _ in range(100))) == ["A"] * 100
    assert await read("b") == "B"
    assert slow.asked == 2


async def test_that_it_could_not_look_is_remembered_too() -> None:
    slow = Slow(CouldNotLookError("private"))
    read = remembered(60.0, slow)
    for _ in range(3):
        with pytest.raises(CouldNotLookError, match="private"):
            await read("a")
    assert slow.asked == 1


async def test_the_kind_of_error_is_kept() -> None:
    class HiddenError(CouldNotLookError):
        pass

    with pytest.raises(HiddenError):
        await remembered(60.0, Slow(HiddenError("x")))("a")


async def test_what_was_read_is_forgotten_in_time() -> None:
    slow = Slow()
    read = remembered(0.01, slow)
    await read("a")
    await asyncio.sleep(0.05)
    await read("a")
    assert slow.asked == 2
