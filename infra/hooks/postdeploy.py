"""Subscribes the app to the events of its registries, once its code is there.

Event Grid shakes hands with the function, so the subscription cannot come before the code. It may
be run as often as one likes: the deployment says what is to be, and changes nothing that is so.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # azd starts the file, not the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import CommandError, HookError, az, get, links, main, needed, say

TEMPLATE = Path(__file__).resolve().parents[1] / "modules" / "event-subscription.bicep"
FUNCTION_API = "2024-11-01"
TOPIC_API = "2025-02-15"
PAUSES = (10, 20, 40, 80, 120)
"""Seconds between tries: a new function is listed after a while, and wakes up slowly."""


def postdeploy(pause: Callable[[float], None] = time.sleep) -> None:
    """Subscribe to every registry's topic. Raises HookError."""
    if os.environ.get("PULLWATCH_STANDBY", "").lower() == "true":
        say("  This stamp stands by: it takes no events.")
        return
    if needed("PULLWATCH_EVENT_DELIVERY") == "serviceBus":
        say("  Events come through Service Bus: the subscriptions are there already.")
        return
    function = needed("PULLWATCH_FUNCTION_ID")
    patiently(f"{function} is not there", partial(get, function, FUNCTION_API), pause)
    for link in links():
        check_identity(link)
        patiently(
            f"the events of {link['loginServer']} could not be subscribed to",
            partial(subscribe, link, function),
            pause,
        )
        say(f"  Events of {link['loginServer']} come to {function.rpartition('/')[2]}.")


def check_identity(link: dict[str, Any]) -> None:
    """A topic that was there before needs Event Grid's identity for dead letters.

    Raises HookError with the command that adds it: the topic is somebody else's.
    """
    identity = needed("PULLWATCH_EVENTS_IDENTITY")
    held = get(topic_id(link), TOPIC_API).get("identity") or {}
    if identity.lower() not in (one.lower() for one in held.get("userAssignedIdentities") or {}):
        raise HookError(
            f"The topic {link['topicName']} lacks the identity that writes dead letters. Add it, "
            "and run `azd hooks run postdeploy`:\n"
            f"  az eventgrid system-topic update --name {link['topicName']}"
            f" --resource-group {link['topicGroup']} --subscription {link['id'].split('/')[2]}"
            f" --mi-user-assigned {identity}"
        )


def subscribe(link: dict[str, Any], function: str) -> None:
    """Deploy the subscription beside its topic. Raises HookError."""
    parameters = {
        "topicName": link["topicName"],
        "subscriptionName": needed("PULLWATCH_EVENT_SUBSCRIPTION"),
        "delivery": "function",
        "functionId": function,
        "eventsIdentityId": needed("PULLWATCH_EVENTS_IDENTITY"),
        "deadLetterStorageId": needed("PULLWATCH_DEAD_LETTER_STORAGE"),
        "deadLetterContainer": needed("PULLWATCH_DEAD_LETTER_CONTAINER"),
    }
    az(
        *("deployment", "group", "create"),
        *("--name", f"{parameters['subscriptionName']}-{link['id'].rpartition('/')[2]}"[:64]),
        *("--subscription", link["id"].split("/")[2]),
        *("--resource-group", link["topicGroup"]),
        *("--template-file", str(TEMPLATE)),
        *("--parameters", *(f"{name}={value}" for name, value in parameters.items())),
    )


def topic_id(link: dict[str, Any]) -> str:
    """The ARM id of a registry's topic."""
    subscription = "/".join(link["id"].split("/")[:3])
    return (
        f"{subscription}/resourceGroups/{link['topicGroup']}"
        f"/providers/Microsoft.EventGrid/systemTopics/{link['topicName']}"
    )


def patiently(trouble: str, attempt: Callable[[], object], pause: Callable[[float], None]) -> None:
    """Try until it works; what the caller may not do is not tried again. Raises HookError."""
    for seconds in (*PAUSES, None):
        try:
            attempt()
        except CommandError as why:
            if seconds is None or why.is_refusal:
                raise HookError(
                    f"{trouble}. Afterwards `azd hooks run postdeploy`.\n{why}"
                ) from None
            say(f"  {trouble}: again in {seconds} s")
            pause(seconds)
        else:
            return


if __name__ == "__main__":
    sys.exit(main(postdeploy))
