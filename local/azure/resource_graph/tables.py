"""The tables of Resource Graph, made of what the caller may read."""

from collections.abc import Collection
from typing import Final

from local.azure import rights
from local.azure.arm import authorization, inventory, reading
from local.azure.arm.paths import group_of, subscription_of
from local.azure.arm.render.common import Json
from local.azure.kql import Table
from local.azure.world import World
from local.estates.identity import Identity

_STRINGS: Final = ("id", "name", "type", "tenantId", "kind", "location", "resourceGroup")
_MORE: Final = ("subscriptionId", "managedBy")
_DYNAMIC: Final = ("sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation")
COLUMNS: Final = {
    **dict.fromkeys((*_STRINGS, *_MORE), "string"),
    **dict.fromkeys(_DYNAMIC, "dynamic"),
}


def rows(world: World) -> dict[str, list[Json]]:
    """Every row of every table, whoever may see it."""
    return {
        "resources": [
            _row(world, entry.render("")) for entry in inventory.entries(world) if entry.in_graph
        ],
        "resourcecontainers": _containers(world),
        "authorizationresources": [
            _row(world, one) for one in authorization.role_assignments(world, "/", "")
        ],
    }


def visible(
    world: World, who: Identity, table: list[Json], subscriptions: Collection[str]
) -> Table:
    """The rows of the subscriptions that the caller may read."""
    wanted = {one.lower() for one in subscriptions}
    seen = [
        row
        for row in table
        if (not wanted or row["subscriptionId"].lower() in wanted)
        and rights.may(world.estate, who, f"{row['type']}/read", row["id"])
    ]
    return Table(COLUMNS, seen)


def _row(world: World, body: Json) -> Json:
    """A resource as the table shows it: types and groups in lower case, every column there."""
    row = {name: body.get(name, "") for name in _STRINGS} | dict.fromkeys(_MORE, "")
    row |= {name: body.get(name) for name in _DYNAMIC}
    return row | {
        "type": str(body["type"]).lower(),
        "tenantId": world.tenant_of(str(body["id"])),
        "resourceGroup": group_of(body["id"]).lower(),
        "subscriptionId": subscription_of(body["id"]),
    }


def _containers(world: World) -> list[Json]:
    found: list[Json] = []
    for one in world.estate.subscriptions:
        root = {"id": f"/subscriptions/{one.id}", "name": one.name, "location": ""}
        chain = [{"name": name, "displayName": name} for name in one.management_groups]
        properties = {"state": one.state, "managementGroupAncestorsChain": chain}
        kind = "microsoft.resources/subscriptions"
        found.append(_row(world, {**root, "type": kind, "properties": properties}))
        for name, location in reading.groups(world, one.id):
            group = {"id": f"{root['id']}/resourceGroups/{name}", "name": name}
            made = {**group, "type": f"{kind}/resourcegroups", "location": location}
            found.append(_row(world, made))
    return found
