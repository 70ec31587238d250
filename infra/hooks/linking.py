"""What is deployed beside registries and workspaces, in resource groups that are not Pullwatch's.

Not by azd: `azd down` deletes every resource group that its deployment put something into
(Azure/azure-dev#2916).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from infra.hooks.commands import CommandError, HookError, az, get, needed, say

FOLDER = Path(__file__).resolve().parents[1]
REGISTRY = FOLDER / "registry.bicep"
SUBSCRIPTION = FOLDER / "event-subscription.bicep"
WORKSPACE = FOLDER / "workspace.bicep"
TOPIC_API = "2025-02-15"
PAUSES = (10, 20, 40, 80, 120)
"""Seconds between tries: a new function is listed after a while, a role spreads slowly."""


def link_registry(link: Mapping[str, Any]) -> None:
    """Give the app its rights at a registry, and the registry its topic. Raises HookError."""
    parameters = {
        "registryName": link["id"].rpartition("/")[2],
        "location": link["location"],
        "abac": link["abac"],
        "protect": os.environ.get("PULLWATCH_PROTECT_MODE", "") == "lock",
        "topicName": link["topicName"],
        "topicGroup": link["topicGroup"],
        "createTopic": link["createTopic"],
        "settingName": needed("PULLWATCH_EVENT_SUBSCRIPTION"),
        "environmentName": needed("AZURE_ENV_NAME"),
        "appPrincipalId": needed("PULLWATCH_PRINCIPAL_ID"),
        "eventsIdentityId": needed("PULLWATCH_EVENTS_IDENTITY"),
        "logsId": needed("PULLWATCH_LOGS"),
    }
    deploy(REGISTRY, link["id"], link["id"].split("/")[4], parameters)


def link_workspace(workspace: str) -> None:
    """Let the app ask a workspace. Raises HookError."""
    parts = workspace.split("/")
    if len(parts) != 9:  # noqa: PLR2004 - /subscriptions/S/resourceGroups/G/providers/P/T/NAME
        raise HookError(f"PULLWATCH_LOG_WORKSPACES: {workspace[:200]!r} is no resource id.")
    parameters = {"workspaceName": parts[8], "principalId": needed("PULLWATCH_PRINCIPAL_ID")}
    deploy(WORKSPACE, workspace, parts[4], parameters)


def subscribe(link: Mapping[str, Any], delivery: str) -> None:
    """Have a registry's events delivered. Raises HookError."""
    target = (
        {"functionId": "FUNCTION_ID"} if delivery == "function" else {"queueId": "EVENTS_QUEUE"}
    )
    parameters = {
        "topicName": link["topicName"],
        "subscriptionName": needed("PULLWATCH_EVENT_SUBSCRIPTION"),
        "delivery": delivery,
        **{name: needed(f"PULLWATCH_{variable}") for name, variable in target.items()},
        "eventsIdentityId": needed("PULLWATCH_EVENTS_IDENTITY"),
        "deadLetterStorageId": needed("PULLWATCH_DEAD_LETTER_STORAGE"),
        "deadLetterContainer": needed("PULLWATCH_DEAD_LETTER_CONTAINER"),
    }
    deploy(SUBSCRIPTION, link["id"], link["topicGroup"], parameters)


def check_identity(link: Mapping[str, Any], hook: str) -> None:
    """A topic that was there before needs Event Grid's identity.

    Raises HookError with the command that adds it: the topic is somebody else's.
    """
    identity = needed("PULLWATCH_EVENTS_IDENTITY")
    held = get(topic_id(link), TOPIC_API).get("identity") or {}
    if identity.lower() not in (one.lower() for one in held.get("userAssignedIdentities") or {}):
        raise HookError(
            f"The topic {link['topicName']} lacks the identity of the events. Add it, and run"
            f" `azd hooks run {hook}`:\n"
            f"  az eventgrid system-topic update --name {link['topicName']}"
            f" --resource-group {link['topicGroup']} --subscription {link['id'].split('/')[2]}"
            f" --mi-user-assigned {identity}"
        )


def deploy(template: Path, beside: str, group: str, parameters: Mapping[str, str | bool]) -> None:
    """Deploy a template in the subscription of a resource. Raises HookError."""
    name = f"{needed('PULLWATCH_EVENT_SUBSCRIPTION')}-{template.stem}-{beside.rpartition('/')[2]}"
    given = (
        f"{key}={json.dumps(value) if isinstance(value, bool) else value}"
        for key, value in parameters.items()
    )
    az(
        *("deployment", "group", "create", "--name", name[:64]),
        *("--subscription", beside.split("/")[2], "--resource-group", group),
        *("--template-file", str(template), "--parameters", *given),
    )


def topic_id(link: Mapping[str, Any]) -> str:
    """The ARM id of a registry's topic."""
    subscription = "/".join(link["id"].split("/")[:3])
    return (
        f"{subscription}/resourceGroups/{link['topicGroup']}"
        f"/providers/Microsoft.EventGrid/systemTopics/{link['topicName']}"
    )


def patiently(
    hook: str, trouble: str, attempt: Callable[[], object], pause: Callable[[float], None]
) -> None:
    """Try until it works; what the caller may not do is not tried again. Raises HookError."""
    for seconds in (*PAUSES, None):
        try:
            attempt()
        except CommandError as why:
            if seconds is None or why.is_refusal:
                raise HookError(
                    f"{trouble}. When that is repaired: `azd hooks run {hook}`.\n{why}"
                ) from None
            say(f"  {trouble}: again in {seconds} s")
            pause(seconds)
        else:
            return
