"""Every answer in form: security headers, errors in words, never a stack trace."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from uuid import uuid4

import azure.functions as func
import msgspec
from msgspec import Struct

from shared import bootstrap
from shared.pipeline.services import Services
from shared.settings import SettingsError
from shared.web.pages import page, policy

log = logging.getLogger(__name__)

JSON = "application/json"
HTML = "text/html"  # azure-functions adds the charset to text/* only
NOTHING = "default-src 'none'; frame-ancestors 'none'"
SECURE = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Trouble(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer: the JSON body of every answer that is not a success.

    ``problems`` are single settings that are missing or wrong. ``correlation`` is also in the
    log, beside the error itself, which is never told to who asked.
    """

    error: str
    problems: tuple[str, ...] = ()
    correlation: str = ""


class RefusedError(Exception):
    """A request that cannot be served as it is; the message is for who sent it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


type Handler = Callable[[Services, func.HttpRequest], Awaitable[func.HttpResponse]]
type Telling = Callable[[Trouble, HTTPStatus], func.HttpResponse]


def in_json(content: object, status: int = 200, **headers: str) -> func.HttpResponse:
    """Wire form of a domain type or of a trouble."""
    return _response(msgspec.json.encode(content), status, JSON, headers)


def in_html(text: str, status: int = 200) -> func.HttpResponse:
    """A whole page."""
    return _response(text.encode(), status, HTML, {"Content-Security-Policy": policy()})


def trouble_in_html(trouble: Trouble, status: int) -> func.HttpResponse:
    """A trouble as a page."""
    return in_html(page("trouble.html", trouble=trouble), status)


async def answer(
    request: func.HttpRequest,
    handler: Handler,
    *,
    telling: Telling = in_json,
    services: Callable[[], Services] | None = None,
) -> func.HttpResponse:
    """What a handler answers; its failures as 4xx where the request is wrong, else as 503.

    ``telling`` puts a trouble into the form that the route speaks.
    """
    try:
        return await handler((services or bootstrap.urgent)(), request)
    except RefusedError as why:
        return telling(Trouble(error=str(why)), why.status)
    except SettingsError as why:
        trouble = Trouble(error="settings are missing or wrong", problems=tuple(why.problems))
        return telling(trouble, HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:
        correlation = uuid4().hex
        log.exception("no answer to %s; correlation %s", request.method, correlation)
        trouble = Trouble(error="Pullwatch could not answer now", correlation=correlation)
        return telling(trouble, HTTPStatus.SERVICE_UNAVAILABLE)


def _response(
    body: bytes, status: int, media: str, headers: Mapping[str, str]
) -> func.HttpResponse:
    return func.HttpResponse(
        body, status_code=status, mimetype=media, headers={**SECURE, **headers}
    )
