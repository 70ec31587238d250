"""One queue: what Azure Service Bus promises about a message, from its arrival to its end.

A message is active, scheduled (not to be seen before its time) or deferred (handed out only to who
asks for it by number). An active message is locked for the receiver that got it until that settles
it or the lock expires. Sessions are left out: no queue requires them.

Nothing here waits or touches a socket; time comes from the clock that the queue was given.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from uuid import UUID

from local.servicebus import errors
from local.servicebus.config import QueueConfig
from local.servicebus.consumers import Consumers
from local.servicebus.content import Content, dead_lettered
from local.servicebus.duplicates import History
from local.servicebus.message import Message, State
from local.servicebus.numbers import SequenceNumbers
from local.servicebus.shelf import Shelf
from local.servicebus.store import Store

type Clock = Callable[[], int]
"""Milliseconds since 1970."""


class Queue:
    """A queue; its `dead_letters` are one too, without dead letters of their own."""

    def __init__(
        self, config: QueueConfig, store: Store, clock: Clock, dead_letters: "Queue | None" = None
    ) -> None:
        self.config = config
        self.key = config.name.lower()
        self.dead_letters = dead_letters
        self.consumers = Consumers()
        self._clock = clock
        self._shelf = Shelf(self.key, store)
        self._numbers = SequenceNumbers(self.key, store)
        window = config.duplicate_window_seconds
        self._history = None if window is None else History(self.key, window, store)

    @property
    def messages(self) -> Mapping[int, Message]:
        """Everything in the queue, by sequence number; not always in that order."""
        return self._shelf.messages

    # Arrival

    def enqueue(self, content: Content) -> int:
        """Take a message in and return its sequence number; a duplicate is dropped in silence.

        Raises BrokerError when it is larger than the queue allows.
        """
        limit = self.config.max_message_bytes
        if content.size > limit:
            raise errors.message_too_large(content.size, limit)
        now = self._clock()
        number = self._numbers.next()
        if self._history is not None and not self._history.is_new(content.message_id, now):
            return number
        at = content.scheduled_at
        if at is not None and at > now:
            self._shelf.add(Message(number, content, State.SCHEDULED, enqueued_at=at))
        else:
            self._activate(number, content, now)
        return number

    def _activate(self, number: int, content: Content, now: int) -> None:
        default = self.config.default_ttl_seconds
        limits = [content.ttl, None if default is None else int(default * 1000)]
        ttl = min((limit for limit in limits if limit is not None), default=None)
        expires_at = None if ttl is None else now + ttl
        self._shelf.add(Message(number, content, State.ACTIVE, now, expires_at))

    # Delivery

    def dispatch(self) -> None:
        """Hand active messages, oldest first, to the consumers in turn."""
        while self._shelf and (consumer := self.consumers.next()) is not None:
            message = self._next_message()
            if message is None:
                return
            if consumer.settles_on_delivery:
                self._shelf.remove(message)
            else:
                self._shelf.lock(message, self._lock_end())
            consumer.deliver(message)

    def _next_message(self) -> Message | None:
        while (message := self._shelf.take_ready()) is not None:
            if not self._expired(message):
                return message
        return None

    def _lock_end(self) -> int:
        return self._clock() + int(self.config.lock_seconds * 1000)

    # Settlement: everything that takes a token raises BrokerError when the lock is lost

    def is_locked(self, token: UUID) -> bool:
        """Whether a message is still held under this token."""
        return self._shelf.holder_of(token) is not None

    def complete(self, token: UUID) -> None:
        """The message was dealt with."""
        self._shelf.remove(self._holder_of(token))

    def abandon(self, token: UUID) -> None:
        """The message could not be dealt with: again, as long as deliveries are left."""
        self._failed(self._holder_of(token))

    def release(self, token: UUID) -> None:
        """The message was not looked at: again, without counting it as a delivery."""
        message = self._holder_of(token)
        if not self._expired(message):
            self._shelf.put_back(message)

    def defer(self, token: UUID) -> None:
        """From now on the message is only given to who asks for it by number."""
        message = self._holder_of(token)
        message.delivery_count += 1
        message.state = State.DEFERRED
        self._shelf.put_back(message)

    def dead_letter(self, token: UUID, reason: str | None, description: str | None) -> None:
        """The message is given up. In a dead-letter queue it stays where it is."""
        self._give_up(self._holder_of(token), reason, description)

    def renew(self, token: UUID) -> int:
        """Extend a lock to a full period from now; returns its new end."""
        return self._shelf.lock(self._holder_of(token), self._lock_end()).until

    def _holder_of(self, token: UUID) -> Message:
        message = self._shelf.holder_of(token)
        if message is None or message.lock is None or message.lock.until <= self._clock():
            raise errors.lock_lost()
        return message

    def _failed(self, message: Message) -> None:
        message.delivery_count += 1
        limit = self.config.max_delivery_count
        if message.delivery_count >= limit and self.dead_letters is not None:
            text = f"Message could not be consumed after {limit} delivery attempts."
            self._give_up(message, "MaxDeliveryCountExceeded", text)
        elif not self._expired(message):
            self._shelf.put_back(message)

    def _expired(self, message: Message) -> bool:
        """Whether the message's time is over; if so it is gone now, or among the dead letters."""
        if message.expires_at is None or message.expires_at > self._clock():
            return False
        if self.config.dead_letter_on_expiration:
            text = "The message expired and was dead lettered."
            self._give_up(message, "TTLExpiredException", text)
        else:
            self._shelf.remove(message)
        return True

    def _give_up(self, message: Message, reason: str | None, description: str | None) -> None:
        if self.dead_letters is None:
            self._shelf.put_back(message)
        else:
            self._shelf.remove(message)
            self.dead_letters._receive_dead(message, reason, description)  # noqa: SLF001 - a Queue

    def _receive_dead(self, message: Message, reason: str | None, description: str | None) -> None:
        self._shelf.add(
            Message(
                sequence_number=message.sequence_number,
                content=dead_lettered(message.content, reason, description),
                state=State.ACTIVE,
                enqueued_at=message.enqueued_at,
                delivery_count=message.delivery_count,
            )
        )

    # By sequence number

    def peek(self, first: int, count: int) -> list[Message]:
        """Up to `count` messages from number `first` on, in any state, but no expired ones."""
        now = self._clock()
        numbers = sorted(number for number in self.messages if number >= first)
        found = (self.messages[number] for number in numbers)
        visible = (message for message in found if message.is_visible(now))
        return list(islice(visible, max(count, 0)))

    def cancel_scheduled(self, numbers: Iterable[int]) -> None:
        """Take scheduled messages back. Raises BrokerError, and takes none, if one is missing."""
        for message in self._all_of(numbers, State.SCHEDULED):
            self._shelf.remove(message)

    def receive_deferred(self, numbers: Iterable[int], *, settle: bool) -> list[Message]:
        """Deferred messages, locked, or gone if `settle`. Raises BrokerError if one is missing.

        An expired one is missing, and only now goes to the dead letters.
        """
        found = self._all_of(numbers, State.DEFERRED)
        for message in found:
            if self._expired(message):
                raise errors.message_not_found(message.sequence_number)
        for message in found:
            if settle:
                self._shelf.remove(message)
            else:
                self._shelf.lock(message, self._lock_end())
        return found

    def _all_of(self, numbers: Iterable[int], state: State) -> list[Message]:
        found = []
        for number in dict.fromkeys(numbers):
            message = self.messages.get(number)
            if message is None or message.state is not state or message.lock is not None:
                raise errors.message_not_found(number)
            found.append(message)
        return found

    # Time

    def tick(self) -> None:
        """Do what fell due: scheduled messages appear, locks end, messages expire."""
        now = self._clock()
        for message in self._shelf.appearing(now):
            self._shelf.remove(message)
            # It is appended as if it were sent now, under a new number, as the service does.
            self._activate(self._numbers.next(), message.content, now)
        for message in self._shelf.unlocking(now):
            self._failed(message)
        for message in self._shelf.expiring(now):
            self._expired(message)

    def next_deadline(self) -> int | None:
        """When `tick` is next needed (milliseconds since 1970), or None."""
        return self._shelf.next_deadline()
