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


def stamp(moment: datetime) -> str:
    """A time as ARM writes it, seven digits of a second: `2021-06-15T21:38:26.1537860Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def seconds(moment: datetime) -> str:
    """A time in whole seconds, as Kubernetes writes it: `2021-06-15T21:38:26Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
