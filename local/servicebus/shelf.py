"""The messages of one queue: by number, by lock, in order of age, on the agenda and in the store.

The shelf keeps these five views of the same messages in step; what should happen to a message, and
when, is the queue's business.
"""

import heapq
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

from local.servicebus.deadlines import Deadlines
from local.servicebus.message import Lock, Message, State
from local.servicebus.store import Store


class Shelf:
    """Holds what `store` has of the queue `key`. All times are in milliseconds since 1970."""

    def __init__(self, key: str, store: Store) -> None:
        self._key = key
        self._store = store
        self._messages: dict[int, Message] = {}
        self._locked: dict[UUID, Message] = {}
        self._ready: list[int] = []
        self._scheduled: Deadlines[int] = Deadlines()
        self._expiring: Deadlines[int] = Deadlines()
        self._unlocking: Deadlines[UUID] = Deadlines()
        for message in store.messages(key):
            self._hold(message)

    @property
    def messages(self) -> Mapping[int, Message]:
        """Everything here, by sequence number; not always in that order."""
        return self._messages

    def add(self, message: Message) -> None:
        """Take in a message that is not locked."""
        self._store.add(self._key, message)
        self._hold(message)

    def _hold(self, message: Message) -> None:
        number = message.sequence_number
        self._messages[number] = message
        if message.expires_at is not None:
            self._expiring.add(message.expires_at, number)
        if message.lock is not None:
            self._locked[message.lock.token] = message
            self._unlocking.add(message.lock.until, message.lock.token)
        elif message.state is State.SCHEDULED:
            self._scheduled.add(message.enqueued_at, number)
        else:
            self._make_ready(message)

    def _make_ready(self, message: Message) -> None:
        if message.state is State.ACTIVE:
            heapq.heappush(self._ready, message.sequence_number)

    def remove(self, message: Message) -> None:
        """Let a message go, and its lock with it."""
        self._unlock(message)
        del self._messages[message.sequence_number]
        self._store.remove(self._key, message.sequence_number)

    def lock(self, message: Message, until: int) -> Lock:
        """Lock a message, or extend the lock that it has."""
        token = message.lock.token if message.lock else uuid4()
        message.lock = Lock(token, until)
        self._locked[token] = message
        self._unlocking.add(until, token)
        self._store.change(self._key, message)
        return message.lock

    def put_back(self, message: Message) -> None:
        """Unlock a message; an active one is ready again, in its old place."""
        self._unlock(message)
        self._store.change(self._key, message)
        self._make_ready(message)

    def _unlock(self, message: Message) -> None:
        if message.lock is not None:
            del self._locked[message.lock.token]
            message.lock = None

    def holder_of(self, token: UUID) -> Message | None:
        """The message that is locked under this token."""
        return self._locked.get(token)

    def __bool__(self) -> bool:
        """Whether a message may be ready."""
        return bool(self._ready)

    def take_ready(self) -> Message | None:
        """The oldest message that is active and not locked; no longer ready from now on."""
        while self._ready:
            message = self._messages.get(heapq.heappop(self._ready))
            if message is not None and message.state is State.ACTIVE and message.lock is None:
                return message
        return None

    def appearing(self, now: int) -> Iterator[Message]:
        """Scheduled messages whose time has come."""
        for number in self._scheduled.due(now):
            message = self._messages.get(number)
            if message is not None and message.state is State.SCHEDULED:
                yield message

    def unlocking(self, now: int) -> Iterator[Message]:
        """Messages whose lock has ended."""
        for token in self._unlocking.due(now):
            message = self._locked.get(token)
            if message is not None and message.lock is not None and message.lock.until <= now:
                yield message

    def expiring(self, now: int) -> Iterator[Message]:
        """Expired messages that nobody holds; a deferred one only expires when it is asked for."""
        for number in self._expiring.due(now):
            message = self._messages.get(number)
            if message is not None and message.state is State.ACTIVE and message.lock is None:
                yield message

    def next_deadline(self) -> int | None:
        """When one of the three above next has something to tell."""
        agenda = (self._scheduled, self._unlocking, self._expiring)
        moments = [at for deadlines in agenda if (at := deadlines.earliest()) is not None]
        return min(moments, default=None)
