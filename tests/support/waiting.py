"""Waiting for what other processes do: for a condition, never for luck."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

PATIENCE = 90.0
"""Seconds that a thing which must happen may take on a busy machine."""
PAUSE = 0.05


class NeverError(AssertionError):
    """What a test waited for did not come about."""


@asynccontextmanager
async def patience(
    otherwise: str | Callable[[], str], seconds: float = PATIENCE
) -> AsyncIterator[None]:
    """Give a thing some time. Raises NeverError that says what did not happen."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        said = otherwise if isinstance(otherwise, str) else otherwise()
        raise NeverError(said) from None


async def wait_until(
    condition: Callable[[], Awaitable[bool]],
    otherwise: str | Callable[[], str],
    seconds: float = PATIENCE,
) -> None:
    """Look again and again until it is so. Raises NeverError."""
    async with patience(otherwise, seconds):
        while not await condition():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(PAUSE)
