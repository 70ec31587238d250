"""Duplicate detection: the message ids that a queue has seen lately."""

from local.servicebus.store import Store


class History:
    """Message ids, each with the moment (milliseconds since 1970) at which it is forgotten."""

    def __init__(self, queue: str, window_seconds: float, store: Store) -> None:
        self._queue = queue
        self._window = int(window_seconds * 1000)
        self._store = store
        self._until = dict(store.seen(queue))

    def is_new(self, message_id: str, now: int) -> bool:
        """Whether the id is not remembered; from now on it is."""
        self._forget(now)
        if message_id in self._until:
            return False
        self._until[message_id] = now + self._window
        self._store.remember(self._queue, message_id, now + self._window)
        return True

    def _forget(self, now: int) -> None:
        # The window is the same for all: what was noted first is forgotten first.
        while self._until and self._until[first := next(iter(self._until))] <= now:
            del self._until[first]
