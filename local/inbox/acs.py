"""The Azure Communication Services end: `POST /emails:send`, and the operation to poll.

Shapes are those of azure-communication-email 1.1.0 (api-version 2025-09-01). Repeatable requests:
learn.microsoft.com/rest/api/communication/repeatable-requests (remembered for 5 minutes, an older
first-sent is answered 412).
"""

import time
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec
from aiohttp import web
from msgspec import Struct, field

from local.inbox.messages import Letter, Mailbox

HOSTS: Final = ("*.communication.azure.com",)
RUNNING_SECONDS = 0.2
REMEMBERED: Final = timedelta(minutes=5)


class Address(Struct, frozen=True):
    """Somebody who gets a mail."""

    address: str


class Recipients(Struct, frozen=True):
    """Everybody who gets a mail."""

    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)


class Content(Struct, frozen=True, rename="camel"):
    """What a mail says."""

    subject: str
    plain_text: str = ""
    html: str = ""


class Email(Struct, frozen=True, rename="camel"):
    """The body of `POST /emails:send`."""

    sender_address: str
    content: Content
    recipients: Recipients


class Refused(Exception):  # noqa: N818 - it is an answer, not a mistake of ours
    """The service refuses the request."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Acs:
    """One Communication Services resource with a linked domain."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.app = web.Application(middlewares=[_answer_refusals], client_max_size=10 << 20)
        self.app.add_routes(
            [
                web.post("/emails:send", self._send),
                web.get("/emails/operations/{operation}", self._status),
            ]
        )
        self._mailbox = mailbox
        self._accepted: dict[str, float] = {}
        self._repeatable: dict[str, str] = {}

    async def _send(self, request: web.Request) -> web.Response:
        _authorized(request)
        email = _email(await request.read())
        key = _repeatability(request)
        known = self._repeatable.get(key) if key else None
        operation = known or request.headers.get("Operation-Id") or str(uuid.uuid4())
        if known is None:
            await self._mailbox.add(_letter(email))
            self._accepted[operation] = time.monotonic()
            if key:
                self._repeatable[key] = operation
        version = request.query.get("api-version", "")
        place = (
            f"{request.scheme}://{request.host}/emails/operations/{operation}?api-version={version}"
        )
        headers = {"Operation-Location": place, "retry-after": "1"}
        if key:
            headers["Repeatability-Result"] = "accepted"
        body = {"id": operation, "status": "Running", "error": None}
        return web.json_response(body, status=202, headers=headers)

    async def _status(self, request: web.Request) -> web.Response:
        _authorized(request)
        operation = request.match_info["operation"]
        accepted = self._accepted.get(operation)
        if accepted is None:
            raise Refused(404, "NotFound", f"No operation {operation[:80]}.")
        running = time.monotonic() < accepted + RUNNING_SECONDS
        headers = {"retry-after": "1"} if running else {}
        status = "Running" if running else "Succeeded"
        return web.json_response({"id": operation, "status": status}, headers=headers)


@web.middleware
async def _answer_refusals(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        answer: web.StreamResponse = await handler(request)
    except Refused as why:
        body = {"error": {"code": why.code, "message": str(why)}}
        headers = {"x-ms-error-code": why.code}
        return web.json_response(body, status=why.status, headers=headers)
    return answer


def _authorized(request: web.Request) -> None:
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    if scheme not in ("Bearer", "HMAC-SHA256"):
        raise Refused(401, "Denied", "Denied by the resource provider.")
    if "api-version" not in request.query:
        raise Refused(400, "BadRequest", "The query parameter api-version is missing.")


def _email(body: bytes) -> Email:
    try:
        email = msgspec.json.decode(body, type=Email)
    except msgspec.DecodeError as why:
        raise Refused(400, "BadRequest", f"Request body validation error: {why}") from why
    people = email.recipients
    if not (people.to or people.cc or people.bcc):
        raise Refused(400, "BadRequest", "Request body validation error: no recipients.")
    if not (email.content.plain_text or email.content.html):
        raise Refused(400, "BadRequest", "Request body validation error: no plainText or html.")
    return email


def _repeatability(request: web.Request) -> str:
    identity = request.headers.get("Repeatability-Request-Id", "")
    sent = request.headers.get("Repeatability-First-Sent", "")
    if not (identity and sent):
        if identity or sent:
            raise Refused(400, "BadRequest", "Repeatability headers come together.")
        return ""
    try:
        first = parsedate_to_datetime(sent)
    except ValueError as why:
        raise Refused(400, "BadRequest", "Repeatability-First-Sent is no IMF-fixdate.") from why
    if datetime.now(UTC) - first > REMEMBERED:
        raise Refused(412, "PreconditionFailed", "Repeatability-First-Sent is too old.")
    return identity


def _letter(email: Email) -> Letter:
    people = (*email.recipients.to, *email.recipients.cc, *email.recipients.bcc)
    return Letter(
        channel="acs",
        sender=email.sender_address,
        to=tuple(person.address for person in people),
        subject=email.content.subject,
        text=email.content.plain_text,
        html=email.content.html,
    )
