"""Links on which a client receives: from a queue, or the answers to its requests."""

import struct
from typing import Protocol
from uuid import UUID

from local.servicebus.amqp.performatives import Flow
from local.servicebus.message import Message, encode_message
from local.servicebus.queue import Queue


class Sending(Protocol):
    """What a link needs of its session."""

    @property
    def has_room(self) -> bool:
        """Whether the client, and the connection to it, keep up."""

    def transfer(self, handle: int, tag: bytes, payload: bytes, *, settled: bool) -> int:
        """Send a message; returns its delivery id."""

    def hold(self, delivery_id: int, queue: Queue, token: UUID) -> None:
        """Note which lock a delivery stands for, until it is settled."""

    def report(self, handle: int, delivery_count: int, credit: int, *, drain: bool) -> None:
        """Tell the client how a link stands."""


class ResponseLink:
    """Sends answers. The client's credit is ignored: pyamqp grants some once and never again."""

    def __init__(self, session: Sending, handle: int) -> None:
        self._session = session
        self._handle = handle
        self._sent = 0
        self._closed = False

    def respond(self, message: bytes) -> None:
        """Send an encoded message, as long as the link is open."""
        if self._closed:
            return
        self._sent += 1
        self._session.transfer(self._handle, struct.pack(">I", self._sent), message, settled=True)

    def flow(self, flow: Flow) -> None:
        """Nothing to do: see above."""

    def close(self) -> None:
        """Send no more."""
        self._closed = True


class DeliveryLink:
    """A consumer of a queue, as long as the client grants credit."""

    def __init__(
        self, session: Sending, handle: int, queue: Queue, *, settles_on_delivery: bool
    ) -> None:
        self._session = session
        self._handle = handle
        self._queue = queue
        self._settles_on_delivery = settles_on_delivery
        self._delivery_count = 0
        self._credit = 0
        queue.consumers.add(self)

    @property
    def settles_on_delivery(self) -> bool:
        """See Consumer."""
        return self._settles_on_delivery

    @property
    def wants_more(self) -> bool:
        """See Consumer. A client that does not keep up gets nothing: others may."""
        return self._credit > 0 and self._session.has_room

    def deliver(self, message: Message) -> None:
        """See Consumer. The tag is the lock token, in the byte order of a .NET GUID."""
        lock = message.lock
        tag = struct.pack(">Q", message.sequence_number) if lock is None else lock.token.bytes_le
        self._credit -= 1
        self._delivery_count += 1
        payload = encode_message(message)
        delivery_id = self._session.transfer(self._handle, tag, payload, settled=lock is None)
        if lock is not None:
            self._session.hold(delivery_id, self._queue, lock.token)

    def flow(self, flow: Flow) -> None:
        """The client has said how much it takes; with `drain`, now or never."""
        granted = (flow.delivery_count or 0) + (flow.link_credit or 0)
        self._credit = granted - self._delivery_count
        if flow.drain:
            self._queue.dispatch()
            self._delivery_count += max(self._credit, 0)
            self._credit = 0
        if flow.drain or flow.echo:
            credit = max(self._credit, 0)
            drain = flow.drain is True
            self._session.report(self._handle, self._delivery_count, credit, drain=drain)

    def close(self) -> None:
        """Take no more. What is locked stays locked until its time is over, as in the service."""
        self._credit = 0
        self._queue.consumers.remove(self)
