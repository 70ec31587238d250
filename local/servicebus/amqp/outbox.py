"""What a session sends: transfers within the client's window, the rest once there is room."""

from collections import deque
from collections.abc import Callable, Iterator

from local.servicebus.amqp.performatives import (
    RECEIVER,
    Code,
    Flow,
    Outcome,
    outcome,
    performative,
)
from local.servicebus.codec import UInt

WINDOW = 2**31 - 1
"""Our own incoming window: as good as no limit."""

_MASK = 2**32 - 1
"""Transfers are numbered and counted modulo 2**32."""

_OVERHEAD = 80
"""Bytes of a frame that a transfer's prefix and performative take, its tag aside, at most."""


class Outbox:
    """Counts transfers and deliveries, and splits what is larger than a frame."""

    def __init__(self, send: Callable[[bytes], None], window: int, max_frame_bytes: int) -> None:
        self._send = send
        self._window = window
        self._max_frame_bytes = max_frame_bytes
        self._next_transfer = 0
        self._blocked: deque[bytes] = deque()
        self._accepted: list[int] = []
        self.next_delivery = 0

    @property
    def has_room(self) -> bool:
        """Whether a transfer would leave at once."""
        return self._window > 0 and not self._blocked

    def transfer(self, handle: int, tag: bytes, payload: bytes, *, settled: bool) -> int:
        """Send a message; returns its delivery id."""
        delivery_id = self.next_delivery
        self.next_delivery += 1
        room = self._max_frame_bytes - _OVERHEAD - len(tag)
        start = 0
        while True:
            part = payload[start : start + room]
            start += room
            more = start < len(payload)
            head = performative(
                Code.TRANSFER, UInt(handle), UInt(delivery_id), tag, UInt(0), settled, more
            )
            self._blocked.append(head + part)
            if not more:
                break
        self._unblock()
        return delivery_id

    def open_window(self, flow: Flow) -> None:
        """The client has told how much it has room for."""
        received = flow.next_incoming_id or 0
        self._window = (received + flow.incoming_window - self._next_transfer) & _MASK
        self._unblock()

    def _unblock(self) -> None:
        while self._blocked and self._window > 0:
            self._window -= 1
            self._next_transfer += 1
            self._send(self._blocked.popleft())

    def flow(self, next_incoming_id: int) -> None:
        """Tell how much the session has room for."""
        self._send(performative(Code.FLOW, *self._room(next_incoming_id)))

    def link_flow(
        self, next_incoming_id: int, handle: int, delivery_count: int, credit: int, *, drain: bool
    ) -> None:
        """Tell the same, and how a link stands."""
        link = (UInt(handle), UInt(delivery_count & _MASK), UInt(credit), UInt(0), drain)
        self._send(performative(Code.FLOW, *self._room(next_incoming_id), *link))

    def _room(self, next_incoming_id: int) -> tuple[UInt, UInt, UInt, UInt]:
        received, sent = next_incoming_id & _MASK, self._next_transfer & _MASK
        return UInt(received), UInt(WINDOW), UInt(sent), UInt(WINDOW)

    def accept(self, delivery_id: int) -> None:
        """Acknowledge a delivery of the client's with the next flush."""
        self._accepted.append(delivery_id)

    def flush(self) -> None:
        """Send the acknowledgements, one for each run of consecutive ids."""
        accepted, self._accepted = self._accepted, []
        for first, last in _runs(accepted):
            run = (UInt(first), UInt(last))
            state = outcome(Outcome.ACCEPTED)
            self._send(performative(Code.DISPOSITION, RECEIVER, *run, True, state))


def _runs(ids: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive ids."""
    start = 0
    for index in range(1, len(ids) + 1):
        if index == len(ids) or ids[index] != ids[index - 1] + 1:
            yield ids[start], ids[index - 1]
            start = index
