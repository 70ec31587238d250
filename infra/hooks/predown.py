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

from infra.hooks.commands import every, linked, main, names, needed
from infra.hooks.unlinking import ROLES_API, assignments, delete, unlink

AND_BELOW = "$filter=atScopeAndBelow()"
"""A role that may be assigned in a resource group only is not listed at its subscription."""


def predown() -> None:
    """Take everything back. Raises HookError."""
    for link in linked():
        unlink(link)
    for subscription in subscriptions():
        _take_back_roles(subscription)


def subscriptions() -> list[str]:
    """Every subscription in which something was given."""
    watched = names("PULLWATCH_SUBSCRIPTIONS") or [needed("AZURE_SUBSCRIPTION_ID")]
    logs = [one.split("/")[2] for one in names("PULLWATCH_LOG_WORKSPACES")]
    registries = [one["id"].split("/")[2] for one in linked()]
    return sorted({*watched, *logs, *registries})


def _take_back_roles(subscription: str) -> None:
    own = f"/resourcegroups/{os.environ.get('AZURE_RESOURCE_GROUP', '')}/".lower()
    for one in assignments("--all", "--subscription", subscription):
        if own not in f"{one['scope']}/".lower():  # these go with the resource group
            delete(one["id"], ROLES_API)
    scope = f"/subscriptions/{subscription}/providers/Microsoft.Authorization"
    for role in every(f"{scope}/roleDefinitions", ROLES_API, AND_BELOW):
        if _is_own(role) and not _assigned(scope, role["id"]):
            delete(role["id"], ROLES_API)


def _is_own(role: Any) -> bool:
    return role["properties"].get("type") == "CustomRole" and str(
        role["properties"].get("roleName", "")
    ).startswith("Pullwatch ")


def _assigned(scope: str, role: str) -> bool:
    """Whether another stamp still holds the role."""
    found = every(f"{scope}/roleAssignments", ROLES_API)
    return any(one["properties"]["roleDefinitionId"].lower() == role.lower() for one in found)


if __name__ == "__main__":
    sys.exit(main(predown))
