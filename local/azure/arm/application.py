"""The routes of management.azure.com: one catch-all, told apart by what the path ends with.

Role assignments and the like may follow any scope, so routes by pattern do not work
(aiohttp prefers static prefixes to a catch-all, whatever the order).
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from local.azure import rights
from local.azure.arm import actions, authorization, insights, reading, subscriptions
from local.azure.arm.access import caller, check
from local.azure.arm.errors import ArmError, bad_request
from local.azure.arm.paging import page
from local.azure.arm.paths import ArmPath, split
from local.azure.arm.render.common import Json
from local.azure.cloud import CLOUD, Cloud
from local.azure.resource_graph.application import ResourceGraph
from local.azure.serve import ROUTE
from local.azure.world import World
from local.estates.identity import Identity

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)?")
_RESOURCE_GRAPH = web.AppKey("resource_graph", ResourceGraph)
_GRAPH = "/providers/microsoft.resourcegraph/resources"

type _Lister = Callable[[World, str, str], list[Json]]
type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_AT_SCOPE: Mapping[str, _Lister] = {
    "roleassignments": authorization.role_assignments,
    "roledefinitions": authorization.role_definitions,
    "denyassignments": authorization.deny_assignments,
}


def application(cloud: Cloud) -> web.Application:
    """The routes of ARM."""
    app = web.Application(middlewares=[_answering])
    app[CLOUD] = cloud
    app[_RESOURCE_GRAPH] = ResourceGraph(cloud.world)
    app.router.add_get("/metadata/endpoints", subscriptions.endpoints)
    app.router.add_route("*", "/{path:.*}", _dispatch)
    return app


@web.middleware
async def _answering(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turns ArmError into its body, and marks every answer with its ids."""
    try:
        answer = await handler(request)
    except ArmError as error:
        answer = web.json_response(error.body(), status=error.status, headers=error.headers)
    own = str(uuid.uuid4())
    answer.headers["x-ms-request-id"] = own
    asked = request.headers.get("x-ms-correlation-request-id", own)
    answer.headers["x-ms-correlation-request-id"] = asked
    if "x-ms-client-request-id" in request.headers:
        answer.headers["x-ms-client-request-id"] = request.headers["x-ms-client-request-id"]
    return answer


async def _dispatch(request: web.Request) -> web.StreamResponse:
    who = caller(request)
    version = _api_version(request)
    text = request.path.rstrip("/")
    if text.lower() == _GRAPH:
        request[ROUTE] = "Microsoft.ResourceGraph/resources"
        return web.json_response(request.app[_RESOURCE_GRAPH].answer(who, await _json(request)))
    path = split(text)
    request[ROUTE] = _shape(text, path)
    match request.method:
        case "GET" | "HEAD":
            return web.json_response(_read(request, who, version))
        case "POST" if path is not None:
            return web.json_response(actions.post(request.app[CLOUD], who, path))
        case _:
            message = f"{request.method} is not simulated: this ARM is read-only."
            raise ArmError(405, "MethodNotAllowed", message)


def _shape(text: str, path: ArmPath | None) -> str:
    """A path without its names, for the counters."""
    if path is None:
        return "/" + "/".join(text.strip("/").split("/")[::2])
    return f"{path.kind} (list)" if path.is_collection else path.kind


def _read(request: web.Request, who: Identity, version: str) -> Json:
    world = request.app[CLOUD].world
    text = request.path.rstrip("/")
    path = split(text)
    if path is None:
        found = subscriptions.read(world, who, text, request.query)
        return page(request, found) if isinstance(found, list) else found
    match path.namespace.lower():
        case "microsoft.authorization":
            return _authorization(request, world, who, path)
        case "microsoft.insights":
            return insights.read(world, who, path, request.query)
    if answer := actions.get(world, who, path):
        return answer
    if path.is_collection:
        return page(request, reading.many(world, who, path, version))
    return reading.one(world, who, path, version)


def _authorization(request: web.Request, world: World, who: Identity, path: ArmPath) -> Json:
    kind = path.segments[0].lower()
    if kind not in _AT_SCOPE:
        raise ArmError(404, "InvalidResourceType", f"'{path.kind}' is not simulated.")
    action = f"{path.kind}/read"
    # Inferred: built-in definitions live at the root, where hardly anyone has a role.
    at_root = kind == "roledefinitions" and not path.scope
    if not (at_root and rights.may_anywhere(world.estate, who, action)):
        check(world, who, action, path.scope or "/")
    reading.check_place(world, path.scope)
    if path.is_collection:
        text = request.query.get("$filter", "")
        return page(request, _AT_SCOPE[kind](world, path.scope or "/", text))
    if kind == "roledefinitions":
        return authorization.role_definition(world, path.scope, path.last)
    if kind == "roleassignments":
        return authorization.role_assignment(world, path.last)
    raise ArmError(404, "DenyAssignmentNotFound", f"'{path.last}' is not found.")


def _api_version(request: web.Request) -> str:
    version = request.query.get("api-version", "")
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise bad_request("MissingApiVersionParameter", message)
    if not _VERSION.fullmatch(version):
        message = f"The api-version '{version}' is invalid: use YYYY-MM-DD or YYYY-MM-DD-preview."
        raise bad_request("InvalidApiVersionParameter", message)
    return version


async def _json(request: web.Request) -> Json:
    if request.method != "POST":
        raise ArmError(405, "MethodNotAllowed", "Resource Graph takes POST.")
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("InvalidRequestContent", "The request content was not a JSON object.")
    return body
