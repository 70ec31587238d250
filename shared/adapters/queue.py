"""Service Bus: what the app sends. Receiving is the Functions host's work.

Its SDK is imported when something is first sent: most invocations send nothing, and a process
that is started for one of them need not wait for it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from azure.core.credentials_async import AsyncTokenCredential
from msgspec import Struct

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusMessage
    from azure.servicebus.aio import ServiceBusClient, ServiceBusSender


class Outgoing(Struct, frozen=True):
    """A message: the queue drops a second one with the same id within its window.

    ``due`` is when it becomes visible; None means at once.
    """

    id: str
    body: bytes
    due: datetime | None = None


class Queue(Protocol):
    """Where messages are put."""

    async def send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        """All messages are accepted when this returns; some may be when it raises."""


class ServiceBusQueue:
    """Azure Service Bus. Senders are kept open: opening one costs half a second."""

    def __init__(
        self, *, connection: str = "", namespace: str = "", credential: AsyncTokenCredential | None
    ) -> None:
        self._connection = connection
        self._namespace = namespace
        self._credential = credential
        self._senders: dict[str, ServiceBusSender] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @cached_property
    def _client(self) -> "ServiceBusClient":
        from azure.servicebus.aio import ServiceBusClient  # noqa: PLC0415 - see the module

        if self._connection:
            return ServiceBusClient.from_connection_string(self._connection)
        assert self._credential is not None  # noqa: S101 - bootstrap gives one with a namespace
        return ServiceBusClient(self._namespace, self._credential)

    async def send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        lock = self._locks.setdefault(queue, asyncio.Lock())
        async with lock:  # the SDK's senders do not take concurrent calls
            sender = self._senders.get(queue)
            if sender is None:
                sender = self._senders[queue] = self._client.get_queue_sender(queue)
            await _send(sender, [_wire(message) for message in messages])

    async def close(self) -> None:
        for sender in self._senders.values():
            await sender.close()
        await self._client.close()


class NoQueue:
    """No queue: for the command line, which enqueues nothing."""

    async def send(self, queue: str, messages: Sequence[Outgoing]) -> None:
        raise NotImplementedError(f"nothing is sent from here ({queue}: {len(messages)})")


async def _send(sender: "ServiceBusSender", messages: list["ServiceBusMessage"]) -> None:
    batch = await sender.create_message_batch()
    for message in messages:
        try:
            batch.add_message(message)
        except ValueError:  # the batch is full
            await sender.send_messages(batch)
            batch = await sender.create_message_batch()
            batch.add_message(message)
    if len(batch):
        await sender.send_messages(batch)


def _wire(message: Outgoing) -> "ServiceBusMessage":
    from azure.servicebus import ServiceBusMessage  # noqa: PLC0415 - see the module

    return ServiceBusMessage(
        message.body,
        message_id=message.id,
        content_type="application/json",
        scheduled_enqueue_time_utc=message.due,
    )
