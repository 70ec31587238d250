"""The admin API: what runs here, and running it by hand. Opened by the master key only."""

import json
import time
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus

from aiohttp import web

from local.functions.invoker import Invoker
from local.functions.keys import HostKeys, presented_key
from local.functions.message import empty_metadata
from local.functions.protos import TypedData
from local.functions.timers import timer_info
from local.functions.triggers import (
    EventGridTrigger,
    Function,
    ServiceBusTrigger,
    TimerTrigger,
)
from local.functions.worker import Call, new_invocation_id

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AdminApi:
    """`/admin/...`."""

    def __init__(self, functions: Iterable[Function], invoker: Invoker, keys: HostKeys) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._invoker = invoker
        self._keys = keys
        self._started = time.monotonic()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve the API; unknown paths below `/admin/` are never the app's."""
        router.add_get("/admin/host/status", self._guarded(self._status))
        router.add_route("*", "/admin/host/ping", self._guarded(self._ping))
        router.add_get("/admin/functions", self._guarded(self._list))
        router.add_get("/admin/functions/{name}", self._guarded(self._describe))
        router.add_get("/admin/functions/{name}/status", self._guarded(self._function_status))
        router.add_post("/admin/functions/{name}", self._guarded(self._run))
        router.add_route("*", "/admin/{rest:.*}", self._guarded(self._unknown))

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if not self._keys.is_master(presented_key(request)):
                return web.Response(status=HTTPStatus.UNAUTHORIZED)
            return await handler(request)

        return handle

    async def _status(self, _request: web.Request) -> web.StreamResponse:
        uptime = int((time.monotonic() - self._started) * 1000)
        return web.json_response(
            {"id": "local", "state": "Running", "version": "local", "processUptime": uptime}
        )

    async def _ping(self, _request: web.Request) -> web.StreamResponse:
        return web.Response()

    async def _unknown(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=HTTPStatus.NOT_FOUND)

    async def _list(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response([_described(function) for function in self._functions.values()])

    async def _describe(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(_described(self._named(request)))

    async def _function_status(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"isDisabled": self._named(request).disabled})

    async def _run(self, request: web.Request) -> web.StreamResponse:
        """Start a function with `{"input": ".."}` and answer before it ends."""
        function = self._named(request)
        try:
            content = await request.json()
            call = _manual_call(function, content["input"])
        except (ValueError, TypeError, KeyError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        self._invoker.start(self._invoker.invoke(function, call))
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _named(self, request: web.Request) -> Function:
        function = self._functions.get(request.match_info["name"].lower())
        if function is None:
            raise web.HTTPNotFound
        return function


def _described(function: Function) -> dict[str, object]:
    return {
        "name": function.name,
        "language": "python",
        "isDisabled": function.disabled,
        "config": {"bindings": function.bindings},
    }


def _manual_call(function: Function, given: object) -> Call:
    """The call for an input. Raises TypeError for a trigger that cannot be run like this."""
    text = given if isinstance(given, str) else json.dumps(given)
    match function.trigger:
        case TimerTrigger(name=name):
            return Call(name, timer_info(None, past_due=False))
        case EventGridTrigger(name=name):
            return Call(name, TypedData(json=json.dumps(json.loads(text))))
        case ServiceBusTrigger(name=name):
            return Call(name, TypedData(string=text), empty_metadata(new_invocation_id()))
    raise TypeError("an HTTP function is called at its own address")
