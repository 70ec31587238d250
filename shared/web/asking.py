"""On-demand checks over HTTP."""

import re
from http import HTTPStatus
from uuid import uuid4

import azure.functions as func

from shared.adapters.store.requested import Requested
from shared.pipeline import on_demand
from shared.pipeline.on_demand import BadQuestionError
from shared.pipeline.services import Services
from shared.web.answering import RefusedError, in_json

LONGEST_BODY = 256 * 1024
"""Bytes of a question; the error text in it may have 100,000 characters."""
RETRY_SECONDS = "2"
_ID = re.compile(r"[0-9a-f]{32}")


async def ask(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``POST /api/checks`` with a `Question`.

    200 with a `Requested` whose ``diagnoses`` are there, or 202 with one whose ``diagnoses`` are
    null, a ``Location`` and a ``Retry-After``. 400, 413 and 415 for what is no question.
    """
    _require_json(request)
    body = request.get_body()
    if len(body) > LONGEST_BODY:
        message = f"the body has {len(body)} bytes; accepted are at most {LONGEST_BODY}"
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
    try:
        question = on_demand.read_question(body)
        return _told(await on_demand.ask(services, question, uuid4().hex))
    except BadQuestionError as why:
        raise RefusedError(HTTPStatus.BAD_REQUEST, str(why)) from why


async def read(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``GET /api/checks/{id}``: 200 or 202 with a `Requested`, 404 for no such check."""
    check = request.route_params.get("id", "")
    if not _ID.fullmatch(check):
        message = f"id = {check[:80]!r}: expected the 32 hex digits of a check's Location"
        raise RefusedError(HTTPStatus.NOT_FOUND, message)
    requested = await services.store.requested.get(check)
    if requested is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, f"id = {check!r}: there is no such check")
    return _told(requested)


def _require_json(request: func.HttpRequest) -> None:
    media = request.headers.get("content-type", "")
    if media.partition(";")[0].strip().lower() != "application/json":
        message = f"Content-Type = {media[:80]!r}: accepted is application/json"
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)


def _told(requested: Requested) -> func.HttpResponse:
    if requested.over:
        return in_json(requested)
    location = f"/api/checks/{requested.id}"
    headers = {"Location": location, "Retry-After": RETRY_SECONDS}
    return in_json(requested, HTTPStatus.ACCEPTED, **headers)
