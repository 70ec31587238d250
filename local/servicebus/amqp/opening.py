"""Which link, if any, an attach gets."""

from typing import Protocol

from local.servicebus.amqp.attach import Attach
from local.servicebus.amqp.frames import MAX_FRAME_BYTES
from local.servicebus.amqp.incoming import IncomingLink, Node, Receiving
from local.servicebus.amqp.nodes import CbsNode, ManagementNode, QueueNode, Respond
from local.servicebus.amqp.outgoing import DeliveryLink, ResponseLink, Sending
from local.servicebus.broker import Broker
from local.servicebus.errors import not_allowed
from local.servicebus.queue import Queue

type Link = IncomingLink | DeliveryLink | ResponseLink

_CBS = "$cbs"
_MANAGEMENT = "/$management"


class Both(Receiving, Sending, Protocol):
    """A session, as the links of both kinds need it."""


class Opener:
    """Opens the links of one connection; an answer goes to the last link attached for its path."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._responders: dict[str, ResponseLink] = {}

    def open(self, session: Both, attach: Attach) -> tuple[Link, int]:
        """The link asked for, and the size of the largest message on it. Raises BrokerError."""
        path = attach.path.lower()
        if path == _CBS:
            return self._exchange(session, attach, CbsNode(self._respond(path)))
        if path.endswith(_MANAGEMENT):
            queue = self._broker.find(path.removesuffix(_MANAGEMENT))
            return self._exchange(session, attach, ManagementNode(queue, self._respond(path)))
        return _entity(session, attach, self._broker.find(attach.path))

    def _respond(self, path: str) -> Respond:
        def respond(message: bytes) -> None:
            if path in self._responders:
                self._responders[path].respond(message)

        return respond

    def _exchange(self, session: Both, attach: Attach, node: Node) -> tuple[Link, int]:
        if not attach.client_receives:
            return _incoming(session, attach, node), node.max_message_bytes
        link = ResponseLink(session, attach.handle)
        self._responders[attach.path.lower()] = link
        return link, MAX_FRAME_BYTES


def _entity(session: Both, attach: Attach, queue: Queue) -> tuple[Link, int]:
    limit = queue.config.max_message_bytes
    if attach.client_receives:
        if attach.session:
            raise not_allowed("A queue that does not require sessions has no session receivers.")
        link = DeliveryLink(session, attach.handle, queue, settles_on_delivery=attach.settled)
        return link, limit
    if queue.dead_letters is None:
        raise not_allowed("Nothing can be sent to a dead-letter queue.")
    return _incoming(session, attach, QueueNode(queue)), limit


def _incoming(session: Both, attach: Attach, node: Node) -> IncomingLink:
    return IncomingLink(session, attach.handle, node, attach.delivery_count)
