"""Many reads at once, but not all at once."""

import asyncio

import pytest

from shared.adapters.concurrency import each
from shared.domain.facts.base import CouldNotLookError


async def test_results_keep_their_order_and_no_more_run_than_may() -> None:
    running = most = 0

    async def read(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001 * (10 - number))
        running -= 1
        return number * 2

    assert await each(range(10), read, at_once=3) == [number * 2 for number in range(10)]
    assert most == 3


async def test_an_error_comes_as_it_is() -> None:
    async def read(number: int) -> int:
        if number:
            raise CouldNotLookError("refused")
        return number

    with pytest.raises(CouldNotLookError, match="refused"):
        await each([0, 1], read)
