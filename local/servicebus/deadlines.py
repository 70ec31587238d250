"""A clock's agenda: what falls due when."""

import heapq
from collections.abc import Iterator


class Deadlines[Key]:
    """Keys by the moment (milliseconds since 1970) at which they fall due.

    Keys are never taken out early: whoever is told that one is due looks whether it still matters.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Key]] = []
        self._added = 0

    def add(self, at: int, key: Key) -> None:
        """Have `key` fall due at `at`."""
        # The running number decides between equal moments, so that keys need no order.
        self._added += 1
        heapq.heappush(self._heap, (at, self._added, key))

    def due(self, now: int) -> Iterator[Key]:
        """Take out, in order, everything that is due."""
        while self._heap and self._heap[0][0] <= now:
            yield heapq.heappop(self._heap)[2]

    def earliest(self) -> int | None:
        """When the next key falls due."""
        return self._heap[0][0] if self._heap else None
