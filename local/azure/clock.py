"""The time in the simulated Azure: real time, moved forward at will."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus what it was advanced by; or, given a start, time that stands still."""

    def __init__(self, start: datetime | None = None) -> None:
        self._fixed = start
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present, in UTC."""
        return (self._fixed or datetime.now(UTC)) + self._offset

    def advance(self, by: timedelta) -> None:
        """Let time pass at once."""
        self._offset += by
