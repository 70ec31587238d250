"""Scopes of roles by name (`registry/contoso`) and as ARM ids."""

from collections.abc import Iterator

from local.estates.base import Resource
from local.estates.model import Estate, Subscription

MANAGEMENT_GROUP = "/providers/Microsoft.Management/managementGroups/"


def scope_names(estate: Estate) -> set[str]:
    """Every scope that can be named."""
    return {name for name, _ in scopes(estate)}


def scopes(estate: Estate) -> Iterator[tuple[str, str]]:
    """Pairs of name and ARM id. The ids are right only after the estate was completed."""
    for subscription in estate.subscriptions:
        yield f"subscription/{subscription.name}", f"/subscriptions/{subscription.id}"
        for group in subscription.management_groups:
            yield f"managementGroup/{group}", MANAGEMENT_GROUP + group
    for kind, resources in kinds(estate).items():
        for each in resources:
            yield f"{kind}/{each.name}", each.id
    for each in estate.resources():
        group = each.resource_group or estate.defaults.resource_group
        yield f"resourceGroup/{group}", each.id.partition("/providers/")[0]


def kinds(estate: Estate) -> dict[str, list[Resource]]:
    """Resources that are scopes of their own, by the word that names them."""
    return {
        "registry": [*estate.registries],
        "cluster": [*estate.clusters],
        "webApp": [*estate.web_apps],
        "containerApp": [*estate.container_apps],
        "job": [*estate.jobs],
        "containerGroup": [*estate.container_groups],
        "network": [*estate.networks],
        "workspace": [*estate.workspaces],
    }


def arm_id(subscription: Subscription, resource: Resource) -> str:
    """The ARM id of a resource that is not a child of another."""
    group = f"/subscriptions/{subscription.id}/resourceGroups/{resource.resource_group}"
    return f"{group}/providers/{resource.TYPE}/{resource.name}"
