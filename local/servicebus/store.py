"""Where queues write down what happens to them, and the store that forgets."""

from collections.abc import Iterator
from typing import Protocol

from local.servicebus.message import Message


class StoreError(Exception):
    """The store cannot be opened, or can no longer be written."""


class Store(Protocol):
    """What a queue needs of a store. `queue` is a queue's name in lower case, times are in ms."""

    def add(self, queue: str, message: Message) -> None:
        """Note that a message came into the queue."""

    def change(self, queue: str, message: Message) -> None:
        """Note a message's new state, lock or delivery count; its content never changes."""

    def remove(self, queue: str, sequence_number: int) -> None:
        """Note that a message left the queue."""

    def remember(self, queue: str, message_id: str, until: int) -> None:
        """Note that duplicate detection saw a message id."""

    def reserve(self, queue: str, up_to: int) -> None:
        """Note that sequence numbers up to this one may be in use."""

    def commit(self) -> None:
        """Make everything noted so far durable. Raises StoreError."""

    def messages(self, queue: str) -> Iterator[Message]:
        """What lay in the queue when the store was opened, by sequence number."""

    def seen(self, queue: str) -> Iterator[tuple[str, int]]:
        """The message ids that were remembered, and until when; oldest first."""

    def reserved(self, queue: str) -> int:
        """The highest sequence number that may be in use; 0 in a new queue."""

    def close(self) -> None:
        """Let go of what the store holds."""


class MemoryStore:
    """A store for a broker that may forget: it keeps nothing."""

    def add(self, queue: str, message: Message) -> None:
        """Keep nothing."""

    def change(self, queue: str, message: Message) -> None:
        """Keep nothing."""

    def remove(self, queue: str, sequence_number: int) -> None:
        """Keep nothing."""

    def remember(self, queue: str, message_id: str, until: int) -> None:
        """Keep nothing."""

    def reserve(self, queue: str, up_to: int) -> None:
        """Keep nothing."""

    def commit(self) -> None:
        """Keep nothing."""

    def messages(self, queue: str) -> Iterator[Message]:  # noqa: ARG002 - the protocol's shape
        """Nothing."""
        return iter(())

    def seen(self, queue: str) -> Iterator[tuple[str, int]]:  # noqa: ARG002 - the protocol's shape
        """Nothing."""
        return iter(())

    def reserved(self, queue: str) -> int:  # noqa: ARG002 - the protocol's shape
        """None yet."""
        return 0

    def close(self) -> None:
        """Nothing to let go of."""
