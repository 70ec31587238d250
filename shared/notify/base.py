"""What a channel is."""

from typing import ClassVar, Protocol, Self

from shared.domain.alerts import Alert
from shared.settings import Settings


class DeliveryError(Exception):
    """An alert was not delivered. Permanent means that trying again cannot help.

    The message never holds a URL with a secret in it.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        """``retry_after`` is in seconds, where the other side asked for it."""
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class Channel(Protocol):
    """Somewhere people read alerts."""

    name: ClassVar[str]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The channel as configured, or None when it is not."""

    async def send(self, alert: Alert) -> None:
        """Deliver one alert, or raise DeliveryError."""
