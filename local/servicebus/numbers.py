"""The sequence numbers of a queue: rising, and never given twice, whatever happens."""

from local.servicebus.store import Store

_AT_A_TIME = 1000


class SequenceNumbers:
    """Numbers from 1 on. They are reserved in blocks: after a crash the rest of one is skipped."""

    def __init__(self, queue: str, store: Store) -> None:
        self._queue = queue
        self._store = store
        self._last = self._reserved = store.reserved(queue)

    def next(self) -> int:
        """A number that was never given before."""
        self._last += 1
        if self._last > self._reserved:
            self._reserved = self._last + _AT_A_TIME
            self._store.reserve(self._queue, self._reserved)
        return self._last
