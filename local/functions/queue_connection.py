"""A receiver on one queue that stays: opened again, ever more patiently, whenever it breaks.

Only the loop that receives opens and drops the connection, since the SDK's own retries are not
made for several tasks on one receiver; everyone else waits for the one that is open.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import (
    MessageAlreadySettled,
    MessageLockLostError,
    MessageNotFoundError,
)

_LOG = logging.getLogger("local.functions.service_bus")

# A waiting receiver holds the socket's lock for this long and settling waits behind it: the SDK's
# default of 0.2 s would be felt, less costs CPU while idle.
_SOCKET_TIMEOUT = 0.05
_OPEN_SECONDS = 20.0
_CLOSE_SECONDS = 5.0
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 2.0


class ConnectionBrokenError(Exception):
    """The operation did not get through; the broker may or may not have carried it out."""


class LockGoneError(Exception):
    """The message is no longer ours: its lock expired or it is settled."""


class QueueConnection:
    """The one receiver of a function."""

    def __init__(self, connection_string: str, queue: str, prefetch: int) -> None:
        self._client = ServiceBusClient.from_connection_string(connection_string, retry_total=0)
        self._queue = queue
        self._prefetch = prefetch
        self._receiver: ServiceBusReceiver | None = None
        self._opened = asyncio.Event()

    async def open(self) -> None:
        """Open a receiver, trying until it succeeds; says so once when the first attempt fails."""
        delay = _FIRST_DELAY
        while not await self._try_open(complain=delay == _FIRST_DELAY):
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311 (jitter, no secret)
            delay = min(delay * 2, _LONGEST_DELAY)
        _LOG.info("receiving from %s", self._queue)
        self._opened.set()

    async def opened(self) -> None:
        """Wait until a receiver is open."""
        await self._opened.wait()

    async def attempt[T](self, operation: Callable[[ServiceBusReceiver], Awaitable[T]]) -> T:
        """Run one operation on the receiver, as soon as one is open.

        Raises LockGoneError or ConnectionBrokenError.
        """
        while self._receiver is None:
            await self._opened.wait()
        try:
            return await operation(self._receiver)
        except (MessageLockLostError, MessageAlreadySettled, MessageNotFoundError) as problem:
            raise LockGoneError(str(problem)) from problem
        except Exception as problem:
            # A torn connection surfaces as nearly anything, AttributeError included.
            raise ConnectionBrokenError(_first_line(problem)) from problem

    async def drop(self, reason: Exception) -> None:
        """Give up the receiver that broke."""
        _LOG.warning("the connection to %s broke: %s", self._queue, reason)
        await self._close_receiver()

    async def close(self) -> None:
        """Give back what was received ahead, and close."""
        await self._close_receiver()
        await _bounded(self._client.close())

    async def _try_open(self, *, complain: bool) -> bool:
        receiver = self._client.get_queue_receiver(
            self._queue, prefetch_count=self._prefetch, socket_timeout=_SOCKET_TIMEOUT
        )
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await receiver.__aenter__()
        except Exception as problem:  # noqa: BLE001 (whatever it is, the next attempt may succeed)
            if complain:
                _LOG.warning("cannot receive from %s: %s", self._queue, _first_line(problem))
            await _bounded(receiver.close())
            return False
        self._receiver = receiver
        return True

    async def _close_receiver(self) -> None:
        receiver, self._receiver = self._receiver, None
        self._opened.clear()
        if receiver is not None:
            await _bounded(receiver.close())


async def _bounded(closing: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await closing
    except Exception as problem:  # noqa: BLE001 (what is being given up may be broken already)
        _LOG.debug("closing: %s", problem)


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
