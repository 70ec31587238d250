"""What every rendered resource shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local.azure.stamps import stamp
from local.azure.world import World
from local.estates.base import AssignedIdentity, Resource

type Json = dict[str, Any]
type Render = Callable[[str], Json]
# api-version -> the resource's body.


@dataclass(frozen=True)
class Entry:
    """A resource that ARM knows; its body is made when somebody asks."""

    id: str
    type: str
    render: Render
    in_graph: bool = False
    """Whether Resource Graph holds it (facts: no revisions, sitecontainers, settings, subnets)."""


def always(make: Callable[[], Json]) -> Render:
    """What looks the same in every api-version, made when asked for."""
    return lambda _: make()


def fixed(body: Json) -> Entry:
    """An entry of a body that is made already; not in Resource Graph."""
    return Entry(body["id"], body["type"], lambda _: body)


def tracked(resource: Resource, properties: Json, **extra: Any) -> Json:
    """A top-level resource with location and tags."""
    return {
        "id": resource.id,
        "name": resource.name,
        "type": resource.TYPE,
        "location": resource.location,
        "tags": dict(resource.tags),
        **extra,
        "properties": {**properties, "provisioningState": resource.provisioning_state},
    }


def child(parent: str, kind: str, name: str, properties: Json, **extra: Any) -> Json:
    """A child resource; `kind` is its full type, such as `Microsoft.Web/sites/slots`."""
    segment = kind.rsplit("/", 1)[1]
    return {
        "id": f"{parent}/{segment}/{name}",
        "name": name,
        "type": kind,
        **extra,
        "properties": properties,
    }


def is_preview(version: str) -> bool:
    """Whether an api-version shows preview properties."""
    return version.endswith("-preview")


def created(world: World, age: timedelta) -> str:
    """When something of this age was created."""
    return stamp(world.clock.before_start(age))


def identity_block(world: World, owner: str, assigned: AssignedIdentity) -> Json | None:
    """The `identity` of a resource; `owner` is what the estate calls its system identity."""
    kinds = []
    block: Json = {}
    own = world.identity(owner) if assigned.system else None
    if own is not None:
        kinds.append("SystemAssigned")
        block |= {"principalId": own.object_id, "tenantId": own.tenant}
    users = [found for name in assigned.user if (found := world.identity(name)) is not None]
    if users:
        kinds.append("UserAssigned")
        block["userAssignedIdentities"] = {
            one.id: {"principalId": one.object_id, "clientId": one.client_id} for one in users
        }
    return {"type": ", ".join(kinds), **block} if kinds else None


def identity_id(world: World, name: str) -> str:
    """The ARM id of a user-assigned identity, `system` as it is, or empty."""
    found = None if name in {"", "system"} else world.identity(name)
    return found.id if found else name


def subnet_id(world: World, reference: str) -> str | None:
    """The ARM id of `network/subnet`."""
    network, _, subnet = reference.partition("/")
    found = next((one for one in world.estate.networks if one.name == network), None)
    return f"{found.id}/subnets/{subnet}" if found else None


def present(fields: Mapping[str, Any]) -> Json:
    """Without the fields that are None."""
    return {name: value for name, value in fields.items() if value is not None}
