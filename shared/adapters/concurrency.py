"""Many reads at once, but not all at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

AT_ONCE = 8


async def each[T, R](
    things: Iterable[T], read: Callable[[T], Awaitable[R]], *, at_once: int = AT_ONCE
) -> list[R]:
    """
    What `read` gives for each thing, in order; at most `at_once` run at a time.

    The first error ends the others and is raised as it is.
    """
    turns = asyncio.Semaphore(at_once)

    async def one(thing: T) -> R:
        async with turns:
            return await read(thing)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(thing)) for thing in things]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
