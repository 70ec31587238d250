"""Completes, abandons and renews messages, over a connection apart from the one that receives.

Tasks that share a connection of the SDK read each other's frames and then sleep until the next one
comes: with settling on the receiver's connection, 300 messages took four times as long. What came
over another link is settled by its lock token at the queue's `$management`, as after a reconnect.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusReceiver

from local.functions.connecting import (
    ConnectionBrokenError,
    close_quietly,
    new_client,
    open_receiver,
    translated,
)


class Settling:
    """What becomes of the messages of one queue, one operation at a time.

    Each operation raises LockGoneError or ConnectionBrokenError.
    """

    def __init__(self, connection_string: str, queue: str) -> None:
        self._client = new_client(connection_string)
        self._queue = queue
        self._receiver: ServiceBusReceiver | None = None
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Connect ahead of the first operation, if the broker is there."""
        async with self._turn:
            with suppress(ConnectionBrokenError):
                self._receiver = await open_receiver(self._client, self._queue)

    async def complete(self, message: ServiceBusReceivedMessage) -> None:
        """The message is done with."""
        await self._attempt(lambda receiver: receiver.complete_message(message))

    async def abandon(self, message: ServiceBusReceivedMessage) -> None:
        """The message is to be delivered again, at once."""
        await self._attempt(lambda receiver: receiver.abandon_message(message))

    async def renew(self, message: ServiceBusReceivedMessage) -> None:
        """The lock begins anew; `message.locked_until_utc` says until when."""
        await self._attempt(lambda receiver: receiver.renew_message_lock(message))

    async def close(self) -> None:
        """Close the connection."""
        await self._drop()
        await close_quietly(self._client.close())

    async def _attempt(self, operation: Callable[[ServiceBusReceiver], Awaitable[object]]) -> None:
        async with self._turn:
            if self._receiver is None:
                self._receiver = await open_receiver(self._client, self._queue)
            try:
                await translated(operation(self._receiver))
            except ConnectionBrokenError:
                await self._drop()
                raise

    async def _drop(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            await close_quietly(receiver.close())
