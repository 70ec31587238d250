"""All queues together: finding them, giving them their turn, and saying how they stand."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from local.servicebus import errors
from local.servicebus.config import DEAD_LETTERS, QueueConfig
from local.servicebus.message import State
from local.servicebus.queue import Clock, Queue
from local.servicebus.store import Store


class QueueCounts(msgspec.Struct, frozen=True):
    """How many messages a queue holds.

    `active` includes the `locked` ones; `dead_letter` is what its dead-letter sub-queue holds.
    """

    name: str
    active: int
    scheduled: int
    dead_letter: int
    locked: int
    deferred: int


class Broker:
    """The queues of a namespace, each with its dead-letter sub-queue, kept in one store."""

    def __init__(self, configs: Iterable[QueueConfig], store: Store, clock: Clock) -> None:
        self.clock = clock
        self._store = store
        self._entities: list[Queue] = []
        self._by_key: dict[str, Queue] = {}
        for config in configs:
            self._add(config)

    def _add(self, config: QueueConfig) -> None:
        beside = msgspec.structs.replace(config, name=config.name + DEAD_LETTERS)
        dead_letters = Queue(beside, self._store, self.clock)
        queue = Queue(config, self._store, self.clock, dead_letters)
        self._entities.append(queue)
        self._by_key |= {queue.key: queue, dead_letters.key: dead_letters}

    def find(self, name: str) -> Queue:
        """A queue or dead-letter queue by its name in any case. Raises BrokerError if unknown."""
        queue = self._by_key.get(name.lower())
        if queue is None:
            raise errors.entity_not_found(name)
        return queue

    def pump(self) -> None:
        """End a turn: deliver what can be delivered, then make all of it durable.

        What the turn has to say to clients may only be sent afterwards. Raises StoreError.
        """
        for queue in self._by_key.values():
            queue.dispatch()
        self._store.commit()

    def tick(self) -> None:
        """Let every queue do what fell due."""
        for queue in self._by_key.values():
            queue.tick()

    def next_deadline(self) -> int | None:
        """When `tick` is next needed (milliseconds since 1970), or None."""
        deadlines = (queue.next_deadline() for queue in self._by_key.values())
        return min((at for at in deadlines if at is not None), default=None)

    def counts(self) -> list[QueueCounts]:
        """How each queue stands, in the order in which the queues were given."""
        return [_counts(queue) for queue in self._entities]


def _counts(queue: Queue) -> QueueCounts:
    states = Counter(message.state for message in queue.messages.values())
    dead_letters = queue.dead_letters
    return QueueCounts(
        name=queue.config.name,
        active=states[State.ACTIVE],
        scheduled=states[State.SCHEDULED],
        dead_letter=len(dead_letters.messages) if dead_letters is not None else 0,
        locked=sum(message.lock is not None for message in queue.messages.values()),
        deferred=states[State.DEFERRED],
    )
