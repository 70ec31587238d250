"""Routes of the control API.

`POST /{verb}` with JSON arguments; `POST /undo`, `/reset`, `/reset-requests`; `GET /` lists the
verbs, `/estate`, `/requests` and `/deliveries` show what is. Wrong arguments: 400 with
`{"error", "field", "value", "accepted"}`.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import web

from local.azure.cloud import Cloud
from local.azure.contents.errors import RegistryError
from local.azure.contents.purging import PurgeError
from local.azure.control import images, settings, troubles
from local.azure.control.history import History
from local.azure.control.verbs import VERBS, Desk, Json, Verb
from local.azure.events import HandshakeError
from local.estates.loader import load

_FIELD: Final = re.compile(r"at `\$\.([^`]+)`|(?:unknown|required) field `([^`]+)`")
_MODULES: Final = (images, settings, troubles)
"""Imported for the verbs that they register."""


class Control:
    """The handlers; one for each simulator."""

    def __init__(self, desk: Desk, estate: Path) -> None:
        """Act on what is on the desk; `estate` is the file that reset reads again."""
        self._file = estate
        self._desk = desk
        self._history = History(desk.cloud.world)

    def routes(self) -> list[web.RouteDef]:
        """Every route."""
        return [
            web.get("/", self._verbs),
            web.get("/estate", self._estate),
            web.get("/requests", self._requests),
            web.get("/deliveries", self._deliveries),
            web.post("/undo", self._undo),
            web.post("/reset", self._reset),
            web.post("/reset-requests", self._reset_requests),
            web.post("/{verb}", self._act),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        verb = VERBS.get(request.match_info["verb"])
        if verb is None:
            return _refused(404, "no such verb", request.match_info["verb"], sorted(VERBS))
        try:
            given: Any = msgspec.json.decode(await request.read() or b"{}")
        except msgspec.DecodeError as error:
            return _refused(400, f"not JSON: {error}", "", verb.accepted())
        try:
            arguments = msgspec.convert(given, verb.arguments, strict=True)
        except msgspec.ValidationError as error:
            return _invalid(str(error), given, verb)
        return await self._run(verb, arguments)

    async def _run(self, verb: Verb, arguments: Any) -> web.Response:
        before = self._history.snapshot(verb.name) if verb.edits else None
        try:
            answer = verb.act(self._desk, arguments)
            if inspect.isawaitable(answer):
                answer = await answer
        except KeyError as error:
            given = msgspec.to_builtins(arguments)
            return _unknown(self._desk.cloud, str(error.args[0]), given)
        except (PurgeError, HandshakeError, ValueError, aiohttp.ClientError) as error:
            return _refused(400, str(error), msgspec.to_builtins(arguments), verb.accepted())
        except RegistryError as error:
            why = f"{error.code}: {error.message}"
            return _refused(409, why, msgspec.to_builtins(arguments), verb.accepted())
        if before is not None:
            self._history.keep(before)
        return web.json_response({"done": verb.name, **(answer or {})})

    async def _verbs(self, _: web.Request) -> web.Response:
        listed: Json = {
            name: {"does": verb.help, "arguments": verb.accepted()}
            for name, verb in sorted(VERBS.items())
        }
        return web.json_response(listed)

    async def _estate(self, _: web.Request) -> web.Response:
        text = msgspec.json.encode(self._desk.cloud.estate)
        return web.Response(body=text, content_type="application/json")

    async def _requests(self, _: web.Request) -> web.Response:
        counted = self._desk.cloud.world.requests
        hosts: dict[str, dict[str, int]] = {}
        for (host, route), number in sorted(counted.items()):
            hosts.setdefault(host, {})[route] = number
        reads = self._desk.cloud.world.reads
        repeated = {read: number for read, number in sorted(reads.items()) if number > 1}
        body = {"total": counted.total(), "hosts": hosts, "repeated": repeated}
        return web.json_response(body)

    async def _deliveries(self, _: web.Request) -> web.Response:
        events = self._desk.events
        body = {
            "subscriptions": [
                {"endpoint": _without_query(one.endpoint), "registry": one.registry}
                for one in events.subscriptions
            ],
            "attempts": [
                {**asdict(one), "endpoint": _without_query(one.endpoint)} for one in events.attempts
            ],
            "dead": len(events.dead),
        }
        return web.json_response(body)

    async def _undo(self, _: web.Request) -> web.Response:
        undone = self._history.undo()
        if undone is None:
            return _refused(409, "there is nothing to undo", "", "an edit that came before")
        return web.json_response({"done": "undo", "undone": undone})

    async def _reset(self, _: web.Request) -> web.Response:
        cloud = self._desk.cloud
        cloud.world.reset(load(self._file))
        cloud.world.faults.clear()
        cloud.authority.spoilt.clear()
        self._desk.events.mend()
        self._desk.schedules.switch(on=False)
        self._history.forget()
        return web.json_response({"done": "reset"})

    async def _reset_requests(self, _: web.Request) -> web.Response:
        self._desk.cloud.world.forget_requests()
        return web.json_response({"done": "reset-requests"})


def application(desk: Desk, estate: Path) -> web.Application:
    """The control API; `estate` is the file that reset reads again."""
    app = web.Application()
    app.add_routes(Control(desk, estate).routes())
    return app


def _invalid(why: str, given: Any, verb: Verb) -> web.Response:
    match = _FIELD.search(why)
    field = next((group for group in match.groups() if group), "") if match else ""
    value = given.get(field) if isinstance(given, Mapping) else given
    accepted = verb.accepted()
    return _refused(400, why, value, accepted.get(field, accepted), field)


def _unknown(cloud: Cloud, name: str, given: Mapping[str, Any]) -> web.Response:
    """A name that the estate does not have: which field gave it, and the names that it has."""
    field = next((key for key, value in given.items() if name and name in str(value)), "")
    estate = cloud.estate
    names: Mapping[str, list[str]] = {
        "registry": [one.name for one in estate.registries],
        "image": [one.name for one in estate.registries],
        "principal": [*(one.name for one in estate.identities), *(g.name for g in estate.groups)],
        "identity": [one.name for one in estate.identities],
        "by": [one.name for one in estate.identities],
        "role": [one.name for one in estate.roles],
        "endpoint": [one.name for one in estate.private_endpoints],
        "workload": [f"{c.name}/{one.name}" for c in estate.clusters for one in c.objects],
        "location": sorted({r.location for one in estate.registries for r in one.replications}),
        "task": [task.name for one in estate.registries for task in one.tasks],
    }
    accepted = names.get(field, "a name that the estate has")
    return _refused(400, f"there is no {name!r}", given.get(field, ""), accepted, field)


def _refused(
    status: int, why: str, value: object, accepted: object, field: str = ""
) -> web.Response:
    body = {"error": why, "field": field, "value": value, "accepted": accepted}
    return web.json_response(body, status=status)


def _without_query(url: str) -> str:
    """Keys of webhooks stand in the query: never shown."""
    return url.partition("?")[0]
