"""Takes back what was deployed beside a registry. What is not there any more is no trouble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.hooks.commands import CommandError, az, every, needed, say
from infra.hooks.linking import TOPIC_API, topic_id

ROLES_API = "2022-04-01"
SETTINGS_API = "2021-05-01-preview"


def unlink(link: Mapping[str, Any]) -> None:
    """Take back events, rights, and the topic if it was made and nobody else uses it.

    Raises HookError.
    """
    topic, own = topic_id(link), needed("PULLWATCH_EVENT_SUBSCRIPTION")
    delete(f"{topic}/eventSubscriptions/{own}", TOPIC_API)
    delete(f"{topic}/providers/Microsoft.Insights/diagnosticSettings/{own}", SETTINGS_API)
    if link["ownTopic"] and not _used(topic):
        delete(topic, TOPIC_API)
    for one in assignments("--scope", link["id"]):
        delete(one["id"], ROLES_API)


def assignments(*where: str) -> list[Any]:
    """The roles that the app's identity holds somewhere. Raises HookError."""
    principal = needed("PULLWATCH_PRINCIPAL_ID")
    found = az("role", "assignment", "list", *where, "--assignee-object-id", principal)
    return list(found or ())


def delete(resource: str, api_version: str) -> None:
    """Delete a resource of ARM. Raises HookError."""
    try:
        az("rest", "--method", "delete", "--url", f"{resource}?api-version={api_version}")
    except CommandError as why:
        if not why.is_absence:
            raise
    say(f"  Gone: {resource}")


def _used(topic: str) -> bool:
    """Whether somebody else's subscriptions are on the topic."""
    try:
        return any(every(f"{topic}/eventSubscriptions", TOPIC_API))
    except CommandError as why:
        if why.is_absence:
            return False
        raise
