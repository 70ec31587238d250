"""The time of the simulated world: the machine's, and whatever it was advanced by."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Estates count ages back and lifetimes forward from `started`."""

    def __init__(self, started: datetime | None = None) -> None:
        self.started = started or datetime.now(UTC)
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> datetime:
        """Let time pass; returns the new present."""
        self._ahead += by
        return self.now()

    def before_start(self, age: timedelta) -> datetime:
        """When something of this age began."""
        return self.started - age

    def after_start(self, lasting: timedelta) -> datetime:
        """When something ends that lasts so long."""
        return self.started + lasting
