"""Paths without a provider: tenants, subscriptions, resource groups, and az's cloud metadata."""

import re
from collections.abc import Iterator, Mapping

from aiohttp import web

from local.azure import rights
from local.azure.arm import inventory, reading
from local.azure.arm.access import check
from local.azure.arm.errors import ArmError, bad_request, no_group
from local.azure.arm.render.common import Json
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.model import Subscription

_TYPE_FILTER = re.compile(r"resourceType\s+eq\s+'([^']+)'", re.IGNORECASE)


def read(world: World, who: Identity, path: str, query: Mapping[str, str]) -> Json | list[Json]:
    """A tenant list, subscription, resource group, or the generic list of resources."""
    match [part for part in path.split("/") if part]:
        case ["tenants"]:
            return [_tenant(world)]
        case [word] if word.lower() == "subscriptions":
            return [_shown(one) for one in _visible(world, who)]
        case [_, identifier]:
            return _one(world, who, identifier)
        case [_, identifier, word] if word.lower() == "resourcegroups":
            return _groups(world, who, identifier)
        case [_, identifier, word, name] if word.lower() == "resourcegroups":
            return _group(world, who, identifier, name)
        case [*_, word] if word.lower() == "resources":
            return _resources(world, who, path.rsplit("/", 1)[0], query.get("$filter", ""))
        case _:
            raise ArmError(404, "NotFound", f"No route for {path}.")


async def endpoints(_: web.Request) -> web.Response:
    """What `az cloud register --endpoint-resource-manager` reads."""
    login = "https://login.microsoftonline.com"
    return web.json_response(
        {
            "name": "AzureCloud",
            "portal": "https://portal.azure.com",
            "authentication": {
                "loginEndpoint": login,
                "audiences": [
                    "https://management.core.windows.net/",
                    "https://management.azure.com/",
                ],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "resourceManager": "https://management.azure.com/",
            "microsoftGraphResourceId": "https://graph.microsoft.com/",
            "graph": "https://graph.windows.net/",
            "graphAudience": "https://graph.windows.net/",
            "gallery": "https://gallery.azure.com/",
            "batch": "https://batch.core.windows.net/",
            "logAnalyticsResourceId": "https://api.loganalytics.io",
            "ossrdbmsResourceId": "https://ossrdbms-aad.database.windows.net",
            "suffixes": {
                "acrLoginServer": "azurecr.io",
                "keyVaultDns": "vault.azure.net",
                "storage": "core.windows.net",
                "sqlServerHostname": "database.windows.net",
            },
        }
    )


def _visible(world: World, who: Identity) -> Iterator[Subscription]:
    """Subscriptions in which the caller has any right at all."""
    names = rights.principals(world.estate, who)
    for one in world.estate.subscriptions:
        root = f"/subscriptions/{one.id}"
        for assignment in world.estate.role_assignments:
            near = rights.covers(world.estate, assignment.scope, root) or rights.covers(
                world.estate, root, assignment.scope
            )
            if near and assignment.principal in names:
                yield one
                break


def _one(world: World, who: Identity, identifier: str) -> Json:
    found = next((s for s in _visible(world, who) if s.id.lower() == identifier.lower()), None)
    if found is None:
        scope = f"/subscriptions/{identifier}"
        check(world, who, "Microsoft.Resources/subscriptions/read", scope)
        reading.check_place(world, scope)
        raise bad_request("InvalidSubscriptionId", f"'{identifier}' is malformed or invalid.")
    return _shown(found)


def _shown(one: Subscription) -> Json:
    return {
        "id": f"/subscriptions/{one.id}",
        "subscriptionId": one.id,
        "tenantId": one.tenant,
        "displayName": one.name,
        "state": one.state,
        "subscriptionPolicies": {"spendingLimit": "Off", "quotaId": "Internal_2014-09-01"},
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    }


def _tenant(world: World) -> Json:
    return {
        "id": f"/tenants/{world.estate.tenant}",
        "tenantId": world.estate.tenant,
        "defaultDomain": world.estate.domain,
        "displayName": world.estate.domain.split(".")[0],
        "tenantCategory": "Home",
    }


def _groups(world: World, who: Identity, subscription: str) -> list[Json]:
    scope = f"/subscriptions/{subscription}"
    reading.check_place(world, scope)
    shown = [_group_body(scope, *group) for group in reading.groups(world, subscription)]
    action = "Microsoft.Resources/subscriptions/resourceGroups/read"
    return [one for one in shown if rights.may(world.estate, who, action, one["id"])]


def _group(world: World, who: Identity, subscription: str, name: str) -> Json:
    scope = f"/subscriptions/{subscription}/resourceGroups/{name}"
    check(world, who, "Microsoft.Resources/subscriptions/resourceGroups/read", scope)
    reading.check_place(world, scope)
    for group, location in reading.groups(world, subscription):
        if group.lower() == name.lower():
            return _group_body(f"/subscriptions/{subscription}", group, location)
    raise no_group(name)


def _group_body(subscription: str, name: str, location: str) -> Json:
    return {
        "id": f"{subscription}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        "properties": {"provisioningState": "Succeeded"},
    }


def _resources(world: World, who: Identity, scope: str, text: str) -> list[Json]:
    """The generic list: no properties, filtered by what the caller may read."""
    reading.check_place(world, scope)
    match = _TYPE_FILTER.fullmatch(text.strip())
    if text and match is None:
        raise bad_request("InvalidFilterInQueryString", f"The filter {text!r} is not supported.")
    prefix = scope.lower() + "/"
    found = []
    for entry in inventory.entries(world):
        if not entry.in_graph or not entry.id.lower().startswith(prefix):
            continue
        if match and match[1].lower() != entry.type.lower():
            continue
        if rights.may(world.estate, who, f"{entry.type}/read", entry.id):
            body = entry.render("")
            found.append({key: value for key, value in body.items() if key != "properties"})
    return found
