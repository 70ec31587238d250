"""The queues of a running stack, looked into without taking anything."""

from contextlib import suppress

from azure.servicebus import ServiceBusMessageState
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from shared.adapters.queue import Outgoing, ServiceBusQueue

ALL = ("events", "jobs-urgent", "jobs-bulk", "alerts")
"""In the order in which work moves on: what has left one may be in the next."""
MOST = 1_000


class Queues:
    """Peeks over connections that stay open: opening one costs half a second."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._client = ServiceBusClient.from_connection_string(connection, retry_total=0)
        self._receivers: dict[str, ServiceBusReceiver] = {}

    async def due(self, *queues: str) -> int:
        """How many messages are due or being worked on; of all queues unless some are named.

        A broker that is away has not been emptied: it counts as one.
        """
        return sum([await self._due(queue) for queue in queues or ALL])

    async def later(self, queue: str) -> int:
        """How many messages wait for their time."""
        return await self._count(queue, ServiceBusMessageState.SCHEDULED)

    async def send(self, queue: str, *messages: Outgoing) -> None:
        """Put messages on a queue, as the app does."""
        client = ServiceBusQueue(connection=self._connection, credential=None)
        try:
            await client.send(queue, messages)
        finally:
            await client.close()

    async def close(self) -> None:
        """Close every connection."""
        for queue in tuple(self._receivers):
            await self._drop(queue)
        await self._client.close()

    async def _due(self, queue: str) -> int:
        try:
            return await self._count(queue, ServiceBusMessageState.ACTIVE)
        except (ServiceBusError, OSError, AttributeError):  # a torn connection may be any of these
            await self._drop(queue)
            return 1

    async def _count(self, queue: str, state: ServiceBusMessageState) -> int:
        receiver = self._receivers.get(queue)
        if receiver is None:
            receiver = self._client.get_queue_receiver(queue)
            self._receivers[queue] = await receiver.__aenter__()
        peeked = await receiver.peek_messages(max_message_count=MOST, sequence_number=1)
        return sum(message.state is state for message in peeked)

    async def _drop(self, queue: str) -> None:
        receiver = self._receivers.pop(queue, None)
        if receiver:
            with suppress(ServiceBusError, OSError, AttributeError):
                await receiver.close()
