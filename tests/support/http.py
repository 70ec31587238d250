"""HTTP requests as the Functions host hands them over, and the functions that take them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import azure.functions as func

from shared.web import routes

type Function = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


async def call(
    name: str,
    body: object = None,
    *,
    raw: bytes | None = None,
    media: str = "application/json",
    **path: str,
) -> func.HttpResponse:
    """Call a function of the blueprint; ``path`` are the route's parameters."""
    content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    request = func.HttpRequest(
        method="POST" if content else "GET",
        url="https://pullwatch.contoso.com/",
        headers={"content-type": media} if content else {},
        route_params=path,
        body=content,
    )
    function: Function = getattr(routes, name)
    return await function(request)


def read(answer: func.HttpResponse) -> Any:
    """The JSON of an answer."""
    assert answer.mimetype == "application/json"
    return json.loads(answer.get_body())
