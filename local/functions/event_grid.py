"""The webhook of the Event Grid extension: `/runtime/webhooks/eventgrid?functionName=F&code=KEY`.

Both handshakes are answered here (the Event Grid schema sends a SubscriptionValidation event,
CloudEvents an OPTIONS request); a function only sees events, one a call.
"""

import asyncio
import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from local.functions.invoker import Invoker
from local.functions.keys import HostKeys, presented_key
from local.functions.protos import TypedData
from local.functions.triggers import EventGridTrigger, Function
from local.functions.worker import Call

_ORIGINS = ("eventgrid.azure.net", "eventgrid.azure.us", "eventgrid.azure.cn")


class EventGridWebhook:
    """Delivers events to the functions with an Event Grid trigger."""

    def __init__(self, functions: Iterable[Function], invoker: Invoker, keys: HostKeys) -> None:
        self._functions = {
            function.name.lower(): (function, function.trigger)
            for function in functions
            if isinstance(function.trigger, EventGridTrigger) and not function.disabled
        }
        self._invoker = invoker
        self._keys = keys

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a delivery: 202, or 500 when any event failed (then all of them come again)."""
        if not self._keys.opens_event_grid(presented_key(request)):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        name = request.query.get("functionName", "")
        known = self._functions.get(name.lower())
        if known is None:
            text = f"cannot find function: '{name}'"
            return web.Response(status=HTTPStatus.NOT_FOUND, text=text)
        if request.method == "OPTIONS":
            return _allow_origin(request)
        try:
            return await self._deliver(request, *known)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="not a delivery of Event Grid")

    async def _deliver(
        self, request: web.Request, function: Function, trigger: EventGridTrigger
    ) -> web.StreamResponse:
        match request.headers.get("aeg-event-type", "").lower():
            case "subscriptionvalidation":
                code = _validation_code(await request.json())
                return web.json_response({"validationResponse": code})
            case "notification":
                content = await request.json()
                events = content if isinstance(content, list) else [content]
                return await self._notify(function, trigger, events)
            case "unsubscribe":
                return web.Response(status=HTTPStatus.ACCEPTED)
        return web.Response(status=HTTPStatus.BAD_REQUEST)

    async def _notify(
        self, function: Function, trigger: EventGridTrigger, events: list[Any]
    ) -> web.StreamResponse:
        if not all(isinstance(event, dict) for event in events):
            raise TypeError("an event is an object")
        calls = (Call(trigger.name, TypedData(json=json.dumps(event))) for event in events)
        outcomes = await asyncio.gather(*(self._invoker.invoke(function, call) for call in calls))
        for outcome in outcomes:
            if not outcome.ok:
                return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text=outcome.error)
        return web.Response(status=HTTPStatus.ACCEPTED)


def _allow_origin(request: web.Request) -> web.Response:
    """The abuse protection of CloudEvents 1.0: name the sender that may post here."""
    origin = request.headers.get("WebHook-Request-Origin", "")
    allowed = origin if origin in _ORIGINS else _ORIGINS[0]
    return web.Response(headers={"Webhook-Allowed-Origin": allowed})


def _validation_code(content: Any) -> str:
    event = content[0] if isinstance(content, list) else content
    data = event["data"]
    code = (json.loads(data) if isinstance(data, str) else data)["validationCode"]
    if not isinstance(code, str):
        raise TypeError("a validation code is text")
    return code
