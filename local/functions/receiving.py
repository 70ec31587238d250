"""A receiver on one queue that stays: opened again, ever more patiently, whenever it breaks."""

import asyncio
import logging
import random

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from local.functions.connecting import (
    ConnectionBrokenError,
    LockGoneError,
    close_quietly,
    new_client,
    open_receiver,
    translated,
)

_LOG = logging.getLogger("local.functions.service_bus")
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 2.0


class Receiving:
    """The messages of one queue, one at a time, through whichever connection is open.

    One task only may receive.
    """

    def __init__(self, connection_string: str, queue: str, prefetch: int) -> None:
        self._client = new_client(connection_string)
        self._queue = queue
        self._prefetch = prefetch
        self._receiver: ServiceBusReceiver | None = None
        self._opened = asyncio.Event()

    async def next(self) -> list[ServiceBusReceivedMessage]:
        """The next message, or none after a while; a broker that is away is waited for."""
        receiver = self._receiver or await self._open()
        try:
            return await translated(receiver.receive_messages(max_message_count=1))
        except (ConnectionBrokenError, LockGoneError) as problem:
            _LOG.warning("the connection to %s broke: %s", self._queue, problem)
            await self._drop()
            return []

    async def opened(self) -> None:
        """Wait until messages can arrive."""
        await self._opened.wait()

    async def close(self) -> None:
        """Give back what was received ahead, and close."""
        await self._drop()
        await close_quietly(self._client.close())

    async def _open(self) -> ServiceBusReceiver:
        """Try until it succeeds; say so once when the first attempt fails."""
        delay = _FIRST_DELAY
        while self._receiver is None:
            try:
                self._receiver = await open_receiver(self._client, self._queue, self._prefetch)
            except ConnectionBrokenError as problem:
                if delay == _FIRST_DELAY:
                    _LOG.warning("cannot receive from %s: %s", self._queue, problem)
                await asyncio.sleep(delay * random.uniform(0.8, 1.2))  # noqa: S311 (jitter)
                delay = min(delay * 2, _LONGEST_DELAY)
        _LOG.info("receiving from %s", self._queue)
        self._opened.set()
        return self._receiver

    async def _drop(self) -> None:
        receiver, self._receiver = self._receiver, None
        self._opened.clear()
        if receiver is not None:
            await close_quietly(receiver.close())
