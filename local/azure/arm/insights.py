"""Microsoft.Insights of a resource: diagnostic settings and metrics."""

from collections.abc import Mapping

from local.azure.arm.access import check
from local.azure.arm.errors import ArmError, bad_request, not_found
from local.azure.arm.paths import ArmPath, group_of, split
from local.azure.arm.render.common import Json
from local.azure.metrics import MetricsError, metrics
from local.azure.world import World
from local.estates.base import Resource
from local.estates.identity import Identity
from local.estates.registry import Registry

_TYPE = "Microsoft.Insights"


def read(world: World, who: Identity, path: ArmPath, query: Mapping[str, str]) -> Json:
    """`diagnosticSettings` or `metrics` below a resource."""
    check(world, who, f"{path.kind}/read", path.scope)
    resource = _resource(world, path.scope)
    match path.segments[0].lower():
        case "diagnosticsettings":
            settings = [_setting(world, one) for one in _registries(resource)]
            return {"value": [one for one in settings if one is not None]}
        case "metrics":
            return _metrics(world, resource, query)
        case _:
            raise ArmError(404, "InvalidResourceType", f"'{path.kind}' is not simulated.")


def _resource(world: World, scope: str) -> Resource:
    found = world.resource(scope)
    if found is None:
        path = split(scope)
        kind, name = (path.kind, path.child_name) if path else ("", scope)
        raise not_found(kind, name, group_of(scope))
    return found


def _registries(resource: Resource) -> list[Registry]:
    return [resource] if isinstance(resource, Registry) else []


def _setting(world: World, registry: Registry) -> Json | None:
    workspace = next((w for w in world.estate.workspaces if w.name == registry.diagnostics), None)
    if workspace is None:
        return None
    categories = ("ContainerRegistryRepositoryEvents", "ContainerRegistryLoginEvents")
    logs = [{"category": name, "categoryGroup": None, "enabled": True} for name in categories]
    return {
        "id": f"{registry.id}/providers/{_TYPE}/diagnosticSettings/logs",
        "type": f"{_TYPE}/diagnosticSettings",
        "name": "logs",
        "properties": {"workspaceId": workspace.id, "logs": logs, "metrics": []},
    }


def _metrics(world: World, resource: Resource, query: Mapping[str, str]) -> Json:
    if not isinstance(resource, Registry):
        raise bad_request("BadRequest", f"Metrics of {resource.TYPE} are not simulated.")
    try:
        return metrics(world, resource, query)
    except MetricsError as error:
        raise bad_request("BadRequest", str(error)) from error
