"""Routes of the API server: discovery, lists and single objects, all read-only."""

from typing import Final

from aiohttp import web

from local.azure.arm.render.common import Json
from local.azure.cloud import CLOUD, Cloud
from local.azure.kubernetes.access import Question, caller, check
from local.azure.kubernetes.errors import StatusError, missing
from local.azure.kubernetes.objects import objects
from local.azure.kubernetes.pods import Origin
from local.azure.kubernetes.resources import GROUPS, groups, known, listing
from local.azure.kubernetes.running import Running
from local.azure.kubernetes.selecting import SelectingError, paged, selected
from local.azure.serve import ROUTE
from local.estates.kubernetes import Cluster

METADATA: Final = "PartialObjectMetadataList"
"""What a client accepts, as ``application/json;as=...``, that wants no more than metadata."""
_RUNNING: Final = web.AppKey("running", Running)


def application(cloud: Cloud) -> web.Application:
    """The routes of every cluster; the Host header says which one is meant."""
    app = web.Application()
    app[CLOUD] = cloud
    app[_RUNNING] = Running(cloud.world)
    app.router.add_get("/{path:.*}", _serve)
    return app


async def _serve(request: web.Request) -> web.Response:
    try:
        return web.json_response(_answer(request))
    except StatusError as error:
        return error.response()
    except SelectingError as error:
        return StatusError(400, "BadRequest", str(error)).response()


def _answer(request: web.Request) -> Json:
    cloud = request.app[CLOUD]
    cluster = _cluster(cloud, request.host)
    if request.path == "/version":
        minor = cluster.kubernetes_version.split(".")[1]
        return {"major": "1", "minor": minor, "gitVersion": f"v{cluster.kubernetes_version}"}
    who = caller(request)
    found = _asked(request.path)
    if not isinstance(found, Question):
        return found
    request[ROUTE] = f"{found.group}/{found.resource}"
    if request.query.get("watch", "") in {"1", "true"}:
        raise StatusError(400, "BadRequest", "watch is not simulated: list instead")
    check(cloud.estate, cluster, who, found)
    return _object(request, cluster, found) if found.name else _list(request, cluster, found)


def _cluster(cloud: Cloud, host: str) -> Cluster:
    name = host.partition(":")[0].lower()
    found = next((one for one in cloud.estate.clusters if one.fqdn.lower() == name), None)
    if found is None:
        raise missing()
    return found


def _asked(path: str) -> Question | Json:
    """What a path asks for; discovery documents as they are. Raises StatusError 404."""
    match [part for part in path.split("/") if part]:
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"]}
        case ["apis"]:
            return groups()
        case ["api", "v1", *rest]:
            return _within("v1", rest)
        case ["apis", group, version, *rest] if f"{group}/{version}" in GROUPS:
            return _within(f"{group}/{version}", rest)
    raise missing()


def _within(group: str, rest: list[str]) -> Question | Json:
    match rest:
        case []:
            return listing(group)
        case ["namespaces", namespace, resource]:
            found = Question(group, resource, namespace)
        case ["namespaces", namespace, resource, name]:
            found = Question(group, resource, namespace, name)
        case [resource]:
            found = Question(group, resource)
        case [resource, name]:
            found = Question(group, resource, "", name)
        case _:
            raise missing()
    known(group, found.resource)
    return found


def _list(request: web.Request, cluster: Cluster, asked: Question) -> Json:
    items = selected(_items(request, cluster, asked), request.query)
    page, more = paged(items, request.query)
    version = str(1000 + len(request.app[CLOUD].world.operations))
    kind, group = f"{known(asked.group, asked.resource).kind}List", asked.group
    if METADATA in request.headers.get("Accept", ""):
        kind, group = METADATA, "meta.k8s.io/v1"
        page = [{"metadata": one["metadata"]} for one in page]
    return {
        "kind": kind,
        "apiVersion": group,
        "metadata": {"resourceVersion": version, **more},
        "items": list(page),
    }


def _object(request: web.Request, cluster: Cluster, asked: Question) -> Json:
    kind = known(asked.group, asked.resource).kind
    for item in _items(request, cluster, asked):
        if item["metadata"]["name"] == asked.name:
            return {"kind": kind, "apiVersion": asked.group, **item}
    raise StatusError(404, "NotFound", f'{asked.resource} "{asked.name}" not found')


def _items(request: web.Request, cluster: Cluster, asked: Question) -> list[Json]:
    origin = Origin(request.app[CLOUD].world, cluster, request.app[_RUNNING])
    every = objects(origin)[asked.resource]
    wanted = asked.namespace
    return [one for one in every if not wanted or one["metadata"]["namespace"] == wanted]
