"""The Teams end: a workflow "Post to a channel when a webhook request is received".

Such a workflow answers 202 before it has looked at the body; what is wrong with it fails the run,
which only the owner of the workflow sees. So 202 does not mean that a card was shown. Sources:
MicrosoftDocs/msteams-docs issue 11274 (MessageSizeExceeded inside the run, at a body of 24,453
bytes), caronc/apprise issue 1161 (MissingApiVersionParameter), atc0005/send2teams pull 723 (the
addresses under api.powerplatform.com, since 2025-11-30). Unproven: four requests a second.
"""

import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from local.inbox.messages import Letter, Mailbox

HOSTS: Final = ("*.environment.api.powerplatform.com", "*.logic.azure.com")
"""Where workflows listen: today, and until 2025-11-30."""
MAX_BYTES: Final = 28_672
CARD: Final = "application/vnd.microsoft.card.adaptive"

_HOST = "default7c1f0a52e0b94f6e8f0a1d2b3c4d5e.6f.environment.api.powerplatform.com"
_WORKFLOW = "5f3c9be27a1d4a5f8d0e6b7c1f2a3b4c"
_SIGNATURE = "local-stack-signature-no-secret"
WEBHOOK_URL: Final = (
    f"https://{_HOST}:443/powerautomate/automations/direct/workflows/{_WORKFLOW}"
    "/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
    f"&sig={_SIGNATURE}"
)
_PATHS = (
    "/workflows/{workflow}/triggers/manual/paths/invoke",
    "/powerautomate/automations/direct/workflows/{workflow}/triggers/manual/paths/invoke",
)


class Teams:
    """One workflow. `per_second` bounds its requests when it is not 0: more are answered 429."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.per_second = 0
        self.app = web.Application(client_max_size=MAX_BYTES * 100)
        self.app.add_routes([web.post(path, self._invoke) for path in _PATHS])
        self._mailbox = mailbox
        self._recent: deque[float] = deque()

    async def _invoke(self, request: web.Request) -> web.Response:
        refused = _unauthorized(request) or self._throttled()
        if refused is not None:
            return refused
        try:
            body = json.loads(await request.read())
        except ValueError as why:
            return _error(400, "InvalidRequestContent", f"The request content is not valid: {why}")
        for letter in letters(body):
            await self._mailbox.add(letter)
        return web.Response(status=202)

    def _throttled(self) -> web.Response | None:
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self.per_second and len(self._recent) >= self.per_second:
            text = "Rate limit is exceeded. Try again in 1 seconds."
            return _error(429, "TooManyRequests", text, {"Retry-After": "1"})
        self._recent.append(now)
        return None


def letters(body: object) -> list[Letter]:
    """What the workflow's loop over the attachments makes of a body: shown cards, failed runs."""
    attachments = body.get("attachments") if isinstance(body, dict) else None
    if not isinstance(attachments, list):
        return [_failed(f"ExpressionEvaluationFailed: no array 'attachments' in {_start(body)}")]
    return [_letter(attachment) for attachment in attachments]


def _letter(attachment: object) -> Letter:
    if not isinstance(attachment, dict) or attachment.get("contentType") != CARD:
        return _failed(f"BadRequest: not an Adaptive Card: {_start(attachment)}")
    card = attachment.get("content")
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return _failed(f"BadRequest: 'content' is no AdaptiveCard: {_start(card)}")
    size = message_bytes(card)
    subject = str(card.get("fallbackText") or first_text(card))
    text = " | ".join(texts(card))
    failure = ""
    if size > MAX_BYTES:
        failure = (
            "BadRequest: InvalidParameter: MessageSizeExceeded-Message properties size exceeded. "
            f"Actual message properties size: {size} bytes, whereas max allowed size is {MAX_BYTES}"
            " bytes"
        )
    return Letter(channel="teams", subject=subject, text=text, card=card, failure=failure)


def message_bytes(card: Mapping[str, Any]) -> int:
    """How many bytes Teams counts for a card: it lies in a message as a string of JSON, so every
    quote in it counts twice (24,453 bytes sent were 28,897 bytes counted).
    """
    inner = json.dumps(card, ensure_ascii=False, separators=(",", ":"))
    return len(json.dumps(inner, ensure_ascii=False).encode())


def texts(part: object) -> list[str]:
    """All texts of a card, in the order in which they are read."""
    if isinstance(part, list):
        return [text for one in part for text in texts(one)]
    if not isinstance(part, dict):
        return []
    own = [part[key] for key in ("title", "text", "value") if isinstance(part.get(key), str)]
    return own + [text for value in part.values() for text in texts(value)]


def first_text(card: Mapping[str, Any]) -> str:
    """The headline: the first text of a card."""
    return next(iter(texts(card.get("body"))), "")


def _failed(why: str) -> Letter:
    return Letter(channel="teams", subject="(a failed run of the workflow)", failure=why)


def _start(value: object) -> str:
    return msgspec.json.encode(value)[:200].decode(errors="replace")


def _unauthorized(request: web.Request) -> web.Response | None:
    if "api-version" not in request.query:
        text = "The required query parameter 'api-version' was not specified or was empty."
        return _error(400, "MissingApiVersionParameter", text)
    if request.query.get("sig") != _SIGNATURE or request.match_info["workflow"] != _WORKFLOW:
        text = "The request must be authenticated only by Shared Access scheme."
        return _error(401, "DirectApiAuthorizationRequired", text)
    return None


def _error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    body = {"error": {"code": code, "message": message}}
    return web.json_response(body, status=status, headers=headers)
