"""HTTP triggers: routes, authorization levels, requests in and responses out."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from local.functions.invoker import Invoker
from local.functions.keys import HostKeys, presented_key
from local.functions.protos import RpcHttp, TypedData
from local.functions.routes import Route, parse_route
from local.functions.triggers import Function, HttpTrigger
from local.functions.worker import Call, Outcome

_HOMEPAGE = "Your Functions 4.0 app is up and running"
_SAME_SITE = {1: "Lax", 2: "Strict", 3: "None"}


@dataclass(frozen=True)
class _Endpoint:
    route: Route
    function: Function
    trigger: HttpTrigger

    def match(self, request: web.Request) -> dict[str, str] | None:
        if self.trigger.methods and request.method not in self.trigger.methods:
            return None
        return self.route.match(_path(request))


class HttpTriggers:
    """Everything below `/` that is not the host's own."""

    def __init__(
        self,
        functions: Iterable[Function],
        prefix: str,
        invoker: Invoker,
        keys: HostKeys,
        *,
        homepage: bool,
    ) -> None:
        self._invoker = invoker
        self._keys = keys
        self._homepage = homepage
        endpoints = [
            _Endpoint(parse_route(_template(function, prefix)), function, function.trigger)
            for function in functions
            if isinstance(function.trigger, HttpTrigger)
        ]
        self._endpoints = sorted(endpoints, key=lambda endpoint: endpoint.route.precedence)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request. An unknown route and a wrong method are both 404, as in Azure."""
        if request.path == "/" and self._homepage:
            return web.Response(text=_HOMEPAGE)
        for endpoint in self._endpoints:
            values = endpoint.match(request)
            if values is not None:
                return await self._serve(endpoint, request, values)
        if request.path == "/":
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(status=HTTPStatus.NOT_FOUND)

    async def _serve(
        self, endpoint: _Endpoint, request: web.Request, values: dict[str, str]
    ) -> web.StreamResponse:
        key = presented_key(request)
        if endpoint.function.disabled and not self._keys.is_master(key):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if not self._keys.opens(endpoint.trigger.auth_level, key):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        data = TypedData(http=await _request(request, values))
        outcome = await self._invoker.invoke(endpoint.function, Call(endpoint.trigger.name, data))
        return _response(endpoint.function, outcome)


def _template(function: Function, prefix: str) -> str:
    assert isinstance(function.trigger, HttpTrigger)  # noqa: S101 (the caller chose by this)
    route = function.trigger.route
    return f"{prefix.strip('/')}/{(function.name if route is None else route).strip('/')}"


def _path(request: web.Request) -> str:
    """The decoded path; an encoded slash stays encoded, as in ASP.NET."""
    raw = request.rel_url.raw_path
    return unquote(raw.replace("%2F", "%252F").replace("%2f", "%252f"))


async def _request(request: web.Request, values: dict[str, str]) -> RpcHttp:
    query: dict[str, str] = {}
    for name, value in request.query.items():
        query[name] = f"{query[name]},{value}" if name in query else value
    body = await request.read()
    return RpcHttp(
        method=request.method,
        url=str(request.url),
        headers={name.lower(): value for name, value in request.headers.items() if value},
        query={name: value for name, value in query.items() if value},
        params=values,
        body=TypedData(bytes=body) if body else TypedData(),
    )


def _response(function: Function, outcome: Outcome) -> web.Response:
    if not outcome.ok:
        return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
    name = function.http_output
    data = outcome.returned if name in {None, "$return"} else outcome.outputs.get(str(name))
    kind = data.WhichOneof("data") if data is not None else None
    if data is None or kind is None:
        return web.Response(status=HTTPStatus.NO_CONTENT)
    if kind == "http":
        return _rpc_response(data.http)
    media = "text/plain" if kind == "string" else "application/json"
    return web.Response(text=str(getattr(data, kind)), content_type=media, charset="utf-8")


def _rpc_response(answer: RpcHttp) -> web.Response:
    response = web.Response(status=int(answer.status_code), body=_body(answer.body))
    response.headers.popall("Content-Type", None)
    for name, value in answer.headers.items():
        response.headers[name] = value
    for cookie in answer.cookies or ():
        response.headers.add("Set-Cookie", _cookie(cookie))
    return response


def _body(data: TypedData | None) -> bytes:
    kind = data.WhichOneof("data") if data is not None else None
    value = getattr(data, kind) if kind else b""
    return value if isinstance(value, bytes) else str(value).encode()


def _cookie(cookie: Any) -> str:
    """A Set-Cookie header; optional attributes are absent or messages with a `value`."""
    parts = [f"{cookie.name}={cookie.value}"]
    if cookie.expires is not None:
        parts.append(f"expires={formatdate(cookie.expires.value.seconds, usegmt=True)}")
    if cookie.max_age is not None:
        parts.append(f"max-age={int(cookie.max_age.value)}")
    for label in ("domain", "path"):
        attribute = getattr(cookie, label)
        if attribute is not None and attribute.value:
            parts.append(f"{label}={attribute.value}")
    flags = {"secure": cookie.secure, "httponly": cookie.http_only}
    parts += [label for label, flag in flags.items() if flag is not None and flag.value]
    if cookie.same_site in _SAME_SITE:
        parts.append(f"samesite={_SAME_SITE[cookie.same_site]}")
    return "; ".join(parts)
