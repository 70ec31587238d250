"""A webhook of one's own: JSON for programs, signed as Standard Webhooks has it.

Source: standardwebhooks.com, version 1: three headers, and an HMAC-SHA256 over id, time and body.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import ClassVar, Self

from shared.domain.alerts import Alert
from shared.domain.pulls import short_hash
from shared.notify.base import DeliveryError, UnansweredError
from shared.notify.posting import Receiver, post
from shared.notify.webhook_body import encode
from shared.settings import Settings, may_be_posted_to

ENCODED = "whsec_"
"""Secrets that begin with this are base64, as other senders of such webhooks give them out."""
RECEIVER = Receiver(
    "the webhook",
    "WEBHOOK_URL",
    {
        401: "the receiver does not accept the signature: is WEBHOOK_SECRET the same there?",
        403: "the receiver does not accept the signature: is WEBHOOK_SECRET the same there?",
        404: "there is nothing at WEBHOOK_URL",
        410: "what was at WEBHOOK_URL is gone",
        413: "the receiver takes only smaller messages",
    },
)
_ID = re.compile(r"[\w:-]{1,200}", re.ASCII)
"""What a header takes, without the full stop that parts the id from what follows."""


class Webhook:
    """Somewhere a program listens. Its URL may hold a key: it stays out of every error."""

    name: ClassVar[str] = "webhook"

    def __init__(
        self, url: str, secret: str, timeout: float, clock: Callable[[], float] = time.time
    ) -> None:
        """``timeout`` is in seconds, ``clock`` tells those since 1970."""
        self._url = url
        self._secret = secret
        self._timeout = timeout
        self._clock = clock

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        if not settings.webhook_url:
            return None
        timeout = settings.request_timeout_seconds
        return cls(settings.webhook_url, settings.webhook_secret, timeout)

    def book(self) -> float:
        return 0.0  # programs read as fast as alerts come

    async def send(self, alert: Alert) -> None:
        if not may_be_posted_to(self._url):
            raise DeliveryError("webhook: WEBHOOK_URL is no https address", permanent=True)
        sent_as = alert.id if _ID.fullmatch(alert.id) else short_hash(alert.id)
        body = encode(alert, sent_as)
        await self._post(body, signed(self._secret, sent_as, int(self._clock()), body))

    async def _post(self, body: bytes, signature: dict[str, str]) -> None:
        """Receivers know a repeat by its id, so what was not answered may be sent again."""
        headers = {"Content-Type": "application/json", **signature}
        try:
            await post(RECEIVER, self._url, body, headers, self._timeout)
        except UnansweredError as why:
            raise DeliveryError(str(why)) from None


def signed(secret: str, alert_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows who sent a body, when, and whether it had it before.

    Raises:
        DeliveryError: there is no secret to sign with, or it is not what it says it is.

    """
    content = b".".join((alert_id.encode(), str(at).encode(), body))
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": alert_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _key(secret: str) -> bytes:
    try:
        coded = secret.startswith(ENCODED)
        key = base64.b64decode(secret[len(ENCODED) :], validate=True) if coded else secret.encode()
    except binascii.Error:
        message = f"webhook: WEBHOOK_SECRET begins with {ENCODED} and is no base64"
        raise DeliveryError(message, permanent=True) from None
    if not key:
        raise DeliveryError("webhook: WEBHOOK_SECRET is not set", permanent=True)
    return key
