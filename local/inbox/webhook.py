"""A program that takes the app's webhook, as docs/webhook.md tells one to.

It knows nothing of the app's code: what it verifies, it verifies by the documented form.
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Final

from aiohttp import web

from local.inbox.messages import Letter, Mailbox

_HOST = "alerts.contoso.com"
HOSTS: Final = (_HOST,)
URL: Final = f"https://{_HOST}/pullwatch?key=local-stack-key-no-secret"
SECRET: Final = "whsec_" + base64.b64encode(b"local-stack-secret-no-secret").decode()
TOLERANCE_SECONDS: Final = 300


class Webhook:
    """The receiver. What is not signed well is refused; what comes again is not shown again."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.app = web.Application(client_max_size=256 * 1024)
        self.app.add_routes([web.post("/pullwatch", self._take)])
        self._mailbox = mailbox
        self._seen: set[str] = set()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if why := refusal(request, body):
            return web.Response(status=401, text=why)
        alert_id = request.headers["webhook-id"]
        if alert_id not in self._seen:
            self._seen.add(alert_id)
            await self._mailbox.add(letter(json.loads(body)))
        return web.Response(status=204)


def refusal(request: web.Request, body: bytes) -> str:
    """Why a request is not believed; empty where it is."""
    named = request.headers
    alert_id, at = named.get("webhook-id", ""), named.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > TOLERANCE_SECONDS:
        return "webhook-timestamp is missing or too far from now"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{alert_id}.{at}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    given = named.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        return "webhook-signature does not fit"
    return ""


def letter(alert: dict[str, Any]) -> Letter:
    """An alert as the inbox shows it."""
    over = alert.get("transition") == "resolved"
    state = "resolved" if over else alert["outcome"]
    return Letter(
        channel="webhook",
        subject=f"[{state.upper()}] {alert['headline']}",
        text=json.dumps(alert, indent=2, ensure_ascii=False),
    )
