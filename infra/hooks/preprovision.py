"""Finds the registries that PULLWATCH_REGISTRIES names, and the topics that they have already.

Names or resource ids, separated by commas. What is found goes into the azd environment, where
main.bicepparam reads it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # azd starts the file, not the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import CommandError, HookError, az, every, get, keep, main, names, say

REGISTRY_API = "2025-11-01"
TOPIC_API = "2025-02-15"
ID = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ContainerRegistry"
    r"/registries/[^/]+",
    re.IGNORECASE,
)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,80}", re.IGNORECASE)


def preprovision() -> None:
    """Find every registry, and keep what was found. Raises HookError."""
    wanted = names("PULLWATCH_REGISTRIES")
    if not wanted:
        raise HookError(
            "No registry is named. Name them, and run the command again:\n"
            "  azd env set PULLWATCH_REGISTRIES contoso,/subscriptions/.../registries/other"
        )
    found = [link(one) for one in wanted]
    for one in found:
        mode = "ABAC" if one["abac"] else "RBAC"
        topic = "a new topic" if one["createTopic"] else "its topic"
        say(f"  {one['loginServer']}: {mode} mode, {one['location']}, {topic} {one['topicName']}")
    keep("PULLWATCH_REGISTRY_LINKS", found)


def link(wanted: str) -> dict[str, Any]:
    """What the deployment must know of one registry. Raises HookError."""
    registry = get(_id(wanted), REGISTRY_API)
    registry_id = str(registry["id"])
    topic = _topic(registry_id)
    return {
        "id": registry_id,
        "loginServer": registry["properties"]["loginServer"],
        "location": registry["location"],
        "abac": registry["properties"].get("roleAssignmentMode") == "AbacRepositoryPermissions",
        "topicName": topic["name"] if topic else f"pullwatch-{registry['name']}",
        "topicGroup": str((topic or registry)["id"]).split("/")[4],
        # one that is there is left as it is: made again, it would lose other stamps' identities
        "createTopic": topic is None,
        "ownTopic": topic is None or _is_own(topic),
    }


def _id(wanted: str) -> str:
    if ID.fullmatch(wanted):
        return wanted
    name = wanted.split(".", maxsplit=1)[0]
    if not NAME.fullmatch(name):
        raise HookError(f"{wanted[:200]!r} is neither the name nor the resource id of a registry.")
    try:
        return str(az("acr", "show", "--name", name)["id"])
    except CommandError as why:
        raise HookError(
            f"{name} was not found in the current subscription. Give its whole resource id, or\n"
            f"choose the subscription with `az account set --subscription ID`.\n{why}"
        ) from None


def _topic(registry_id: str) -> Any | None:
    subscription = "/".join(registry_id.split("/")[:3])
    path = f"{subscription}/providers/Microsoft.EventGrid/systemTopics"
    for topic in every(path, TOPIC_API):
        if str(topic["properties"].get("source", "")).lower() == registry_id.lower():
            return topic
    return None


def _is_own(topic: Any) -> bool:
    """Whether this azd environment made the topic."""
    environment = os.environ.get("AZURE_ENV_NAME", "")
    tags = topic.get("tags") or {}
    return tags.get("app") == "pullwatch" and tags.get("azd-env-name") == environment


if __name__ == "__main__":
    sys.exit(main(preprovision))
