"""The receivers of one queue, and whose turn it is."""

from collections import deque
from typing import Protocol

from local.servicebus.message import Message


class Consumer(Protocol):
    """A receiver's link, as a queue sees it."""

    @property
    def settles_on_delivery(self) -> bool:
        """Receive-and-delete: what is delivered is gone."""

    @property
    def wants_more(self) -> bool:
        """Whether the receiver has room for another message."""

    def deliver(self, message: Message) -> None:
        """Send the message; it is locked unless the link settles on delivery."""


class Consumers:
    """Gives every receiver that has room its turn."""

    def __init__(self) -> None:
        self._waiting: deque[Consumer] = deque()

    def add(self, consumer: Consumer) -> None:
        """Let a receiver have its turns."""
        self._waiting.append(consumer)

    def remove(self, consumer: Consumer) -> None:
        """Take it out again."""
        self._waiting.remove(consumer)

    def next(self) -> Consumer | None:
        """The next one that wants more, if one does."""
        for _ in range(len(self._waiting)):
            consumer = self._waiting[0]
            self._waiting.rotate(-1)
            if consumer.wants_more:
                return consumer
        return None
