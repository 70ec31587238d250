"""The Log Analytics query endpoint: resource logs of the registries that send them to a workspace.

Columns: azure-monitor/reference/tables/ContainerRegistryRepositoryEvents and
.../ContainerRegistryLoginEvents. What a registry does without a diagnostic setting is not there.
"""

import itertools
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from local.azure import rights
from local.azure.cloud import CLOUD, Cloud
from local.azure.entra.tokens import LOGS
from local.azure.kql import QueryError, Table, run
from local.azure.kql.values import text
from local.azure.operations import Operation, Requester
from local.azure.world import World
from local.estates.model import Workspace

_OPERATIONS: Final[Mapping[str, str]] = {
    "push": "Push",
    "pull": "Pull",
    "untag": "Untag",
    "delete": "Delete",
    "retention": "Purge manifest",
    "soft-delete purge": "Purge manifest",
    "restore": "Restore",
}
_SHARED: Final = {
    "TimeGenerated": "datetime",
    "OperationName": "string",
    "LoginServer": "string",
    "Identity": "string",
    "CallerIpAddress": "string",
    "CorrelationId": "string",
    "ResultType": "string",
    "ResultDescription": "string",
    "Region": "string",
    "Category": "string",
    "UserTenantId": "string",
    "_ResourceId": "string",
}
_REPOSITORY: Final = {
    **_SHARED,
    "Repository": "string",
    "Tag": "string",
    "Digest": "string",
    "MediaType": "string",
    "ArtifactType": "string",
    "Size": "real",
    "DurationMs": "string",
    "UserAgent": "string",
}
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "ContainerRegistryRepositoryEvents": _REPOSITORY,
    "ContainerRegistryLoginEvents": {**_SHARED, "JwtId": "string"},
}
_ACTION: Final = "Microsoft.OperationalInsights/workspaces/query/read"
_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def application(cloud: Cloud) -> web.Application:
    """`/v1/workspaces/{id}/query`, GET and POST."""
    app = web.Application()
    app[CLOUD] = cloud
    app.router.add_post("/v1/workspaces/{workspace}/query", _posted)
    app.router.add_get("/v1/workspaces/{workspace}/query", _got)
    return app


async def _posted(request: web.Request) -> web.Response:
    try:
        body = await request.json()
    except ValueError:
        body = {}
    return _answer(request, body if isinstance(body, dict) else {})


async def _got(request: web.Request) -> web.Response:
    return _answer(request, request.query)


def _answer(request: web.Request, asked: Mapping[str, Any]) -> web.Response:
    cloud = request.app[CLOUD]
    who = cloud.bearer(request, LOGS)
    if who is None:
        message = "Valid authentication was not provided"
        return _refused(401, "AuthorizationRequiredError", message)
    wanted = request.match_info["workspace"].lower()
    workspaces = cloud.estate.workspaces
    workspace = next((one for one in workspaces if one.customer_id.lower() == wanted), None)
    if workspace is None:
        return _refused(404, "WorkspaceNotFoundError", f"Workspace {wanted} could not be found")
    if not rights.may(cloud.estate, who, _ACTION, workspace.id):
        message = (
            "The provided credentials have insufficient access to perform the requested operation"
        )
        return _refused(403, "InsufficientAccessError", message)
    return _queried(cloud.world, workspace, asked)


def _queried(world: World, workspace: Workspace, asked: Mapping[str, Any]) -> web.Response:
    try:
        since, until = _timespan(world, str(asked.get("timespan") or ""))
    except ValueError as error:
        return _refused(400, "BadArgumentError", str(error))

    def source(name: str) -> Table | None:
        exact = next((one for one in TABLES if one.lower() == name), None)
        return table(world, workspace, exact, since, until) if exact else None

    try:
        found = run(str(asked.get("query") or ""), source)
    except QueryError as error:
        inner = {"code": "SemanticError", "message": str(error)}
        message = "The request had some invalid properties"
        return _refused(400, "BadArgumentError", message, inner)
    columns = [{"name": name, "type": kind} for name, kind in found.columns.items()]
    rows = [[_cell(row.get(name)) for name in found.columns] for row in found.rows]
    primary = {"name": "PrimaryResult", "columns": columns, "rows": rows}
    return web.json_response({"tables": [primary]})


def table(
    world: World, workspace: Workspace, name: str, since: datetime | None, until: datetime | None
) -> Table:
    """The rows of a table in a workspace, oldest first."""
    senders = {one.name for one in world.estate.registries if one.diagnostics == workspace.name}
    seen = world.now() - timedelta(seconds=world.faults.log_lag)
    rows = [
        _row(world, name, one)
        for one in (*_counted(world), *world.operations)
        if one.registry in senders
        and (one.kind == "login") == name.endswith("LoginEvents")
        and (one.kind == "login" or one.kind in _OPERATIONS)
        and (since is None or one.time >= since)
        and (until is None or one.time <= until)
        and one.time <= seen
    ]
    return Table(TABLES[name], rows)


def _counted(world: World) -> Iterator[Operation]:
    """The pulls that an estate counts by identity: those of the last whole minute."""
    minute = world.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    for registry in world.estate.registries:
        for name, pulls in registry.quota.pulls_by_identity.items():
            one = Operation("pull", minute, registry.name, Requester(name=name))
            yield from itertools.repeat(one, pulls)


def _row(world: World, category: str, one: Operation) -> dict[str, Any]:
    registry = world.registry(one.registry)
    who = one.requester
    row: dict[str, Any] = {
        "TimeGenerated": one.time,
        "OperationName": _OPERATIONS.get(one.kind, "Login"),
        "LoginServer": registry.login_server,
        "Identity": who.name or who.object_id,
        "CallerIpAddress": who.address,
        "CorrelationId": who.request_id,
        "ResultType": str(one.status),
        "ResultDescription": one.error,
        "Region": registry.location,
        "Category": category,
        "UserTenantId": world.estate.tenant,
        "_ResourceId": registry.id.lower(),
        "JwtId": who.request_id,
        "Repository": one.repository,
        "Tag": one.tag,
        "Digest": one.digest,
        "MediaType": one.media_type,
        "ArtifactType": "",
        "Size": float(one.size),
        "DurationMs": "0",
        "UserAgent": who.user_agent,
    }
    return {name: row[name] for name in TABLES[category]}


def _timespan(world: World, given: str) -> tuple[datetime | None, datetime | None]:
    if not given:
        return None, None
    first, _, second = given.partition("/")
    length = _duration(first)
    if length is not None and not second:
        return world.now() - length, None
    start = _moment(first)
    span = _duration(second)
    return start, start + span if span is not None else _moment(second)


def _duration(given: str) -> timedelta | None:
    match = _DURATION.fullmatch(given)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _moment(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        accepted = "an ISO 8601 duration, or start/end"
        raise ValueError(f"timespan has {given!r}; accepted: {accepted}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cell(value: Any) -> Any:
    return text(value) if isinstance(value, datetime | timedelta) else value


def _refused(
    status: int, code: str, message: str, inner: Mapping[str, str] | None = None
) -> web.Response:
    error: dict[str, Any] = {"message": message, "code": code, "correlationId": str(uuid.uuid4())}
    if inner:
        error["innererror"] = inner
    return web.json_response({"error": error}, status=status)
