"""Service Bus: what the app sends. Receiving is the Functions host's work."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from azure.core.credentials_async import AsyncTokenCredential
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusSender
from msgspec import Struct


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
        if connection:
            self._client = ServiceBusClient.from_connection_string(connection)
        else:
            assert credential is not None  # noqa: S101 - bootstrap gives one with a namespace
            self._client = ServiceBusClient(namespace, credential)
        self._senders: dict[str, ServiceBusSender] = {}
        self._locks: dict[str, asyncio.Lock] = {}

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


async def _send(sender: ServiceBusSender, messages: list[ServiceBusMessage]) -> None:
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


def _wire(message: Outgoing) -> ServiceBusMessage:
    return ServiceBusMessage(
        message.body,
        message_id=message.id,
        content_type="application/json",
        scheduled_enqueue_time_utc=message.due,
    )
