"""Pages of a list: `{"value": [...], "nextLink": absolute URL}`, as every ARM client follows it."""

import base64
import binascii
from collections.abc import Sequence

from aiohttp import web
from yarl import URL

from local.azure.arm.errors import bad_request
from local.azure.arm.render.common import Json

PAGE = 100
"""Items on a page; a request may ask for fewer with `$top`."""

_NEXT = "$skipToken"


def page(request: web.Request, items: Sequence[Json]) -> Json:
    """The page that the request asks for. Raises ArmError 400 at a token not from here."""
    start = _start(request.query.get(_NEXT, ""))
    size = _size(request.query.get("$top", ""))
    answer: Json = {"value": list(items[start : start + size])}
    if start + size < len(items):
        token = base64.urlsafe_b64encode(str(start + size).encode()).decode()
        link = URL.build(scheme="https", host=request.host, path=request.path)
        answer["nextLink"] = str(link.with_query({**request.query, _NEXT: token}))
    return answer


def _start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except (binascii.Error, ValueError):
        raise bad_request("InvalidSkipToken", f"The skip token {token!r} is invalid.") from None


def _size(top: str) -> int:
    if not top:
        return PAGE
    if not top.isdecimal() or int(top) == 0:
        raise bad_request("InvalidTop", f"$top is {top!r}, it must be a whole number above 0.")
    return min(int(top), PAGE)
