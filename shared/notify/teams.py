"""Microsoft Teams, through a Workflows webhook.

Connectors and MessageCard are retired; a workflow takes Adaptive Cards only, in this envelope
(learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
"""

import time
from typing import Any, ClassVar, Self

import msgspec

from shared.domain.alerts import Alert
from shared.notify.card import card
from shared.notify.card_parts import Fit
from shared.notify.posting import Receiver, post
from shared.settings import Settings

LIMIT = 27 * 1024
"""Bytes of a card. Teams refuses messages over 28 KB, and says so to nobody: it answers 202."""
FITS = (
    Fit(lines=40, text=1_500, command=2_000),
    Fit(lines=15, text=800, command=1_200),
    Fit(lines=6, text=400, command=600),
    Fit(lines=3, text=200, command=300),
    Fit(lines=1, text=100, command=150),
)
"""How much a card says, from most to least."""
GAP = 0.26
"""Seconds between two messages: about four a second are accepted."""
JSON = {"Content-Type": "application/json"}
WORKFLOW = Receiver(
    "Teams",
    "TEAMS_WEBHOOK_URL",
    {
        400: "TEAMS_WEBHOOK_URL is not whole, or the workflow is turned off",
        401: "the signature in TEAMS_WEBHOOK_URL is not (or no longer) valid",
        403: "the workflow lets only some people call it",
        404: "the workflow of TEAMS_WEBHOOK_URL is gone",
        410: "the workflow of TEAMS_WEBHOOK_URL is gone",
    },
)

type Json = dict[str, Any]


class Teams:
    """One Teams channel. The webhook's URL is a secret: it stays out of every error."""

    name: ClassVar[str] = "teams"

    def __init__(self, url: str, timeout: float) -> None:
        """``timeout`` is in seconds."""
        self._url = url
        self._timeout = timeout
        self._free = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        url = settings.teams_webhook_url
        return cls(url, settings.request_timeout_seconds) if url else None

    def book(self) -> float:
        now = time.monotonic()
        start = max(now, self._free)
        self._free = start + GAP
        return start - now

    async def send(self, alert: Alert) -> None:
        await post(WORKFLOW, self._url, message(alert), JSON, self._timeout)


def message(alert: Alert) -> bytes:
    """The message, always small enough: what does not fit is counted instead of listed."""
    for fit in FITS:
        content = card(alert, fit)
        if weight(content) < LIMIT:
            return msgspec.json.encode(_envelope(content))
    raise AssertionError("the smallest card is far below the limit")  # all its lengths are bounded


def weight(content: Json) -> int:
    """Bytes as Teams counts them: the card lies in its message as a string of JSON, where every
    quote takes two (MicrosoftDocs/msteams-docs#11274: 24,453 bytes sent were 28,897 counted).
    """
    return len(msgspec.json.encode(msgspec.json.encode(content).decode()))


def _envelope(content: Json) -> Json:
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
        ],
    }
