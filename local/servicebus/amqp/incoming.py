"""Links on which a client sends."""

from dataclasses import dataclass, field
from typing import Protocol

from local.servicebus import errors
from local.servicebus.amqp.performatives import Flow, Transfer
from local.servicebus.codec import DecodeError
from local.servicebus.errors import BrokerError

_CREDIT = 1000


class Node(Protocol):
    """What is at our end of such a link."""

    @property
    def max_message_bytes(self) -> int:
        """The largest transfer that it takes."""

    def receive(self, data: bytes, message_format: int) -> None:
        """Take an encoded message. Raises BrokerError or DecodeError to reject it."""


class Receiving(Protocol):
    """What a link needs of its session."""

    def accept(self, delivery_id: int) -> None:
        """Acknowledge a delivery once it is durable."""

    def reject(self, delivery_id: int, refusal: BrokerError) -> None:
        """Refuse a delivery."""

    def grant(self, handle: int, delivery_count: int, credit: int) -> None:
        """Let the client send so many more messages on a link."""


@dataclass(slots=True)
class _Delivery:
    """A message of which more is to come."""

    delivery_id: int
    message_format: int
    settled: bool
    parts: list[bytes] = field(default_factory=list)
    size: int = 0


class IncomingLink:
    """Puts transfers together and hands them to a node."""

    def __init__(self, session: Receiving, handle: int, node: Node, delivery_count: int) -> None:
        self._session = session
        self._handle = handle
        self._node = node
        self._delivery: _Delivery | None = None
        self._delivery_count = delivery_count
        self._credit = 0

    def grant(self) -> None:
        """Let the client send, as soon as it has used half of what it was granted."""
        if self._credit < _CREDIT // 2:
            self._credit = _CREDIT
            self._session.grant(self._handle, self._delivery_count, _CREDIT)

    def flow(self, flow: Flow) -> None:
        """Nothing to do: what the client has to send it sends."""

    def close(self) -> None:
        """Forget the message that was not complete."""
        self._delivery = None

    def transfer(self, transfer: Transfer, payload: memoryview) -> None:
        """Take a message, or a part of one."""
        delivery = self._delivery or _started(transfer)
        delivery.size += len(payload)
        if delivery.size <= self._node.max_message_bytes:
            delivery.parts.append(bytes(payload))
        self._delivery = delivery if transfer.more and not transfer.aborted else None
        if self._delivery is not None:
            return
        self._delivery_count += 1
        self._credit -= 1
        if not transfer.aborted:
            self._complete(delivery)
        self.grant()

    def _complete(self, delivery: _Delivery) -> None:
        limit = self._node.max_message_bytes
        try:
            if delivery.size > limit:
                raise errors.message_too_large(delivery.size, limit)
            self._node.receive(b"".join(delivery.parts), delivery.message_format)
        except BrokerError as refusal:
            self._answer(delivery, refusal)
        except DecodeError as error:
            self._answer(delivery, BrokerError("amqp:decode-error", str(error)))
        else:
            self._answer(delivery, None)

    def _answer(self, delivery: _Delivery, refusal: BrokerError | None) -> None:
        if delivery.settled:
            return
        if refusal is None:
            self._session.accept(delivery.delivery_id)
        else:
            self._session.reject(delivery.delivery_id, refusal)


def _started(transfer: Transfer) -> _Delivery:
    if transfer.delivery_id is None:
        raise DecodeError("transfer: the first one of a delivery has no delivery id")
    return _Delivery(
        delivery_id=transfer.delivery_id,
        message_format=transfer.message_format or 0,
        settled=transfer.settled is True,
    )
