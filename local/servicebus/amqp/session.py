"""A session: the links of a client, and the numbering of what passes over them."""

from collections.abc import Callable
from uuid import UUID

from local.servicebus.amqp.attach import Attach, attached, read_attach, refused
from local.servicebus.amqp.incoming import IncomingLink
from local.servicebus.amqp.opening import Link, Opener
from local.servicebus.amqp.outbox import WINDOW, Outbox
from local.servicebus.amqp.performatives import (
    RECEIVER,
    SENDER,
    Begin,
    Code,
    Detach,
    Disposition,
    Flow,
    Transfer,
    performative,
    read,
)
from local.servicebus.amqp.settlement import read_verdict, rejection, settle
from local.servicebus.codec import Encoded, UInt, UShort, skip
from local.servicebus.errors import BrokerError, lock_lost
from local.servicebus.queue import Queue

_HANDLE_MAX = 255
_MANY = 1000
"""With more deliveries than this unsettled, it is looked through which of them still are."""


class Session:
    """Reads the performatives of one channel, and answers through `send`.

    `keeps_up` tells whether the client still reads what it is sent.
    """

    def __init__(
        self,
        begin: Begin,
        channel: int,
        opener: Opener,
        *,
        send: Callable[[bytes], None],
        keeps_up: Callable[[], bool],
        max_frame_bytes: int,
    ) -> None:
        self._opener = opener
        self._send = send
        self._keeps_up = keeps_up
        self._links: dict[int, Link] = {}
        self._unsettled: dict[int, tuple[Queue, UUID]] = {}
        self._many = _MANY
        self._received = begin.next_outgoing_id
        self._outbox = Outbox(send, begin.incoming_window, max_frame_bytes)
        window = UInt(WINDOW)
        send(performative(Code.BEGIN, UShort(channel), UInt(0), window, window, UInt(_HANDLE_MAX)))

    def handle(self, code: int, body: memoryview, position: int) -> None:
        """React to a performative. Raises DecodeError."""
        match code:
            case Code.TRANSFER:
                payload = body[skip(body, position) :]
                self._on_transfer(read(body, position, Transfer), payload)
            case Code.DISPOSITION:
                self._on_disposition(read(body, position, Disposition))
            case Code.FLOW:
                self._on_flow(read(body, position, Flow))
            case Code.ATTACH:
                self._on_attach(read_attach(body, position))
            case Code.DETACH:
                self._on_detach(read(body, position, Detach).handle)

    def flush(self) -> None:
        """Send the acknowledgements of what is durable by now."""
        self._outbox.flush()

    def close(self) -> None:
        """Let go of all links."""
        for handle in list(self._links):
            self._drop(handle)

    # What the client says

    def _on_attach(self, attach: Attach) -> None:
        self._drop(attach.handle)
        try:
            link, limit = self._opener.open(self, attach)
        except BrokerError as refusal:
            for answer in refused(attach, refusal):
                self._send(answer)
            return
        self._links[attach.handle] = link
        self._send(attached(attach, limit))
        if isinstance(link, IncomingLink):
            link.grant()

    def _on_detach(self, handle: int) -> None:
        if self._drop(handle):
            self._send(performative(Code.DETACH, UInt(handle), True))

    def _drop(self, handle: int) -> bool:
        link = self._links.pop(handle, None)
        if link is not None:
            link.close()
        return link is not None

    def _on_flow(self, flow: Flow) -> None:
        self._outbox.open_window(flow)
        if flow.handle is None:
            if flow.echo:
                self._outbox.flow(self._received)
        elif flow.handle in self._links:
            self._links[flow.handle].flow(flow)

    def _on_transfer(self, transfer: Transfer, payload: memoryview) -> None:
        self._received += 1
        link = self._links.get(transfer.handle)
        if isinstance(link, IncomingLink):
            link.transfer(transfer, payload)

    def _on_disposition(self, disposition: Disposition) -> None:
        if disposition.role is SENDER:
            return
        last = disposition.first if disposition.last is None else disposition.last
        for delivery_id in range(disposition.first, min(last + 1, self._outbox.next_delivery)):
            answer = self._settle(delivery_id, disposition)
            if answer is not None and not disposition.settled:
                self._answer(SENDER, delivery_id, answer)

    def _settle(self, delivery_id: int, disposition: Disposition) -> Encoded | None:
        """Settle a delivery: what to tell the client, or None if it has not decided yet."""
        if delivery_id not in self._unsettled:
            return rejection(lock_lost())
        verdict = read_verdict(disposition.state)
        if verdict is None:
            return None
        queue, token = self._unsettled.pop(delivery_id)
        return settle(queue, token, verdict)

    def _answer(self, role: bool, delivery_id: int, state: Encoded) -> None:
        span = (UInt(delivery_id), UInt(delivery_id))
        self._send(performative(Code.DISPOSITION, role, *span, True, state))

    # What links on which the client sends need

    def accept(self, delivery_id: int) -> None:
        """See Receiving."""
        self._outbox.accept(delivery_id)

    def reject(self, delivery_id: int, refusal: BrokerError) -> None:
        """See Receiving."""
        self._answer(RECEIVER, delivery_id, rejection(refusal))

    def grant(self, handle: int, delivery_count: int, credit: int) -> None:
        """See Receiving."""
        self._outbox.link_flow(self._received, handle, delivery_count, credit, drain=False)

    # What links on which the client receives need

    @property
    def has_room(self) -> bool:
        """See Sending."""
        return self._keeps_up() and self._outbox.has_room

    def transfer(self, handle: int, tag: bytes, payload: bytes, *, settled: bool) -> int:
        """See Sending."""
        return self._outbox.transfer(handle, tag, payload, settled=settled)

    def hold(self, delivery_id: int, queue: Queue, token: UUID) -> None:
        """See Sending."""
        self._unsettled[delivery_id] = (queue, token)
        if len(self._unsettled) > self._many:
            # Locks also end with their time, and through $management: nobody tells us.
            held = {
                id_: (at, lock) for id_, (at, lock) in self._unsettled.items() if at.is_locked(lock)
            }
            self._unsettled, self._many = held, max(_MANY, 2 * len(held))

    def report(self, handle: int, delivery_count: int, credit: int, *, drain: bool) -> None:
        """See Sending."""
        self._outbox.link_flow(self._received, handle, delivery_count, credit, drain=drain)
