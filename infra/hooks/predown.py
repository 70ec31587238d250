"""Takes back what a deployment left outside its own resource group, before `azd down`.

Event subscriptions, topics that it made, role assignments of its identities and its custom roles.
What is not there any more is no trouble: it may be run again.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # azd starts the file, not the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import CommandError, az, every, links, main, names, needed, say
from infra.hooks.linking import TOPIC_API, topic_id

ROLES_API = "2022-04-01"
SETTINGS_API = "2021-05-01-preview"


def predown() -> None:
    """Take everything back. Raises HookError."""
    for link in links():
        topic = topic_id(link)
        own = needed("PULLWATCH_EVENT_SUBSCRIPTION")
        _delete(f"{topic}/eventSubscriptions/{own}", TOPIC_API)
        _delete(f"{topic}/providers/Microsoft.Insights/diagnosticSettings/{own}", SETTINGS_API)
        if link["ownTopic"] and not _used(topic):
            _delete(topic, TOPIC_API)
    for subscription in subscriptions():
        _take_back_roles(subscription)


def subscriptions() -> list[str]:
    """Every subscription in which something was given."""
    watched = names("PULLWATCH_SUBSCRIPTIONS") or [needed("AZURE_SUBSCRIPTION_ID")]
    logs = [one.split("/")[2] for one in names("PULLWATCH_LOG_WORKSPACES")]
    registries = [one["id"].split("/")[2] for one in links()]
    return sorted({*watched, *logs, *registries})


def _used(topic: str) -> bool:
    """Whether somebody else's subscriptions are on the topic."""
    try:
        return any(every(f"{topic}/eventSubscriptions", TOPIC_API))
    except CommandError as why:
        if why.is_absence:
            return False
        raise


def _take_back_roles(subscription: str) -> None:
    principal = needed("PULLWATCH_PRINCIPAL_ID")
    scope = f"/subscriptions/{subscription}/providers/Microsoft.Authorization"
    given = az(
        *("role", "assignment", "list", "--all", "--assignee-object-id", principal),
        *("--subscription", subscription),
    )
    own = f"/resourcegroups/{os.environ.get('AZURE_RESOURCE_GROUP', '')}/".lower()
    for one in given or ():
        if own not in f"{one['scope']}/".lower():  # these go with the resource group
            _delete(one["id"], ROLES_API)
    for role in every(f"{scope}/roleDefinitions", ROLES_API):
        if _is_own(role) and not _assigned(scope, role["id"]):
            _delete(role["id"], ROLES_API)


def _is_own(role: Any) -> bool:
    return role["properties"].get("type") == "CustomRole" and str(
        role["properties"].get("roleName", "")
    ).startswith("Pullwatch ")


def _assigned(scope: str, role: str) -> bool:
    """Whether another stamp still holds the role."""
    found = every(f"{scope}/roleAssignments", ROLES_API)
    return any(one["properties"]["roleDefinitionId"].lower() == role.lower() for one in found)


def _delete(resource: str, api_version: str) -> None:
    try:
        az("rest", "--method", "delete", "--url", f"{resource}?api-version={api_version}")
    except CommandError as why:
        if not why.is_absence:
            raise
    say(f"  Gone: {resource}")


if __name__ == "__main__":
    sys.exit(main(predown))
