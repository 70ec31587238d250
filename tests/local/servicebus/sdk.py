"""The real SDK against a local broker, with its slow parts done once and side by side.

To open a link takes the SDK about half a second, to close a receiver a whole one (it sleeps): so
links are opened together, and stay open until they are closed together.
"""

import asyncio
from collections.abc import Iterable

from azure.servicebus import ServiceBusReceivedMessage, ServiceBusSubQueue
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender


class Links:
    """A sender and a receiver for each queue, and receivers for some dead-letter sub-queues."""

    def __init__(
        self, client: ServiceBusClient, queues: Iterable[str], dead: Iterable[str]
    ) -> None:
        self._senders = {queue: client.get_queue_sender(queue) for queue in queues}
        self._receivers = {queue: client.get_queue_receiver(queue) for queue in queues}
        self._dead = {
            queue: client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
            for queue in dead
        }

    @classmethod
    async def open(
        cls, client: ServiceBusClient, queues: Iterable[str], dead: Iterable[str] = ()
    ) -> "Links":
        links = cls(client, queues, dead)
        await asyncio.gather(*(link.__aenter__() for link in links._all()))
        return links

    def _all(self) -> list[ServiceBusSender | ServiceBusReceiver]:
        return [*self._senders.values(), *self._receivers.values(), *self._dead.values()]

    def pair(self, queue: str) -> tuple[ServiceBusSender, ServiceBusReceiver]:
        return self._senders[queue], self._receivers[queue]

    def dead(self, queue: str) -> ServiceBusReceiver:
        return self._dead[queue]

    async def close(self) -> None:
        await asyncio.gather(*(link.close() for link in self._all()))


async def take(
    receiver: ServiceBusReceiver, count: int, *, wait: float = 10
) -> list[ServiceBusReceivedMessage]:
    """Exactly `count` messages; they may come one by one."""
    got: list[ServiceBusReceivedMessage] = []
    async with asyncio.timeout(wait):
        while len(got) < count:
            got += await receiver.receive_messages(count - len(got), max_wait_time=wait)
    return got


def texts(messages: list[ServiceBusReceivedMessage]) -> list[str]:
    return [str(message) for message in messages]
