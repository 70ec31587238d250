"""What a channel is."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Protocol, Self

from shared.adapters.resilience import asked_to_wait
from shared.domain.alerts import Alert
from shared.settings import Settings

LONGEST_WAIT = 3_600.0


class DeliveryError(Exception):
    """An alert was not delivered. Permanent means that trying again cannot help.

    The message never holds a URL with a secret in it.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        """``retry_after`` is in seconds, where the other side asked for it: an hour at most."""
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = None if retry_after is None else min(retry_after, LONGEST_WAIT)


class UnansweredError(Exception):
    """An alert was sent, and nobody said whether it arrived. It is not sent again.

    The message never holds a URL with a secret in it.
    """


class Channel(Protocol):
    """Somewhere people read alerts."""

    name: ClassVar[str]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The channel as configured, or None when it is not."""

    def book(self) -> float:
        """Book a turn: in how many seconds the channel takes one more alert."""

    async def send(self, alert: Alert) -> None:
        """Deliver one alert, without waiting for a turn.

        Raises:
            DeliveryError: it did not arrive.
            UnansweredError: it may have arrived.

        """


def refused(who: str, status: int, headers: Mapping[str, str], hint: str = "") -> DeliveryError:
    """The error for an HTTP answer that is no success. Only "later" is worth another try."""
    later = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER
    about = f": {hint}" if hint else ""
    wait = asked_to_wait(headers)
    return DeliveryError(f"{who} answered {status}{about}", permanent=not later, retry_after=wait)


LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
