"""Subscribes the app's function to the events of its registries, once its code is there.

Event Grid shakes hands with the function, so the subscription cannot come before the code. It may
be run as often as one likes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # azd starts the file, not the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import get, links, main, needed, say
from infra.hooks.linking import check_identity, patiently, subscribe

HOOK = "postdeploy"
FUNCTION_API = "2024-11-01"


def postdeploy(pause: Callable[[float], None] = time.sleep) -> None:
    """Subscribe to every registry's topic. Raises HookError."""
    if os.environ.get("PULLWATCH_STANDBY", "").lower() == "true":
        say("  This stamp stands by: its function takes no events.")
        return
    if needed("PULLWATCH_EVENT_DELIVERY") == "serviceBus":
        say("  Events come through Service Bus: the subscriptions are there already.")
        return
    function = needed("PULLWATCH_FUNCTION_ID")
    patiently(HOOK, f"{function} is not there", partial(get, function, FUNCTION_API), pause)
    for link in links():
        check_identity(link, HOOK)
        trouble = f"the events of {link['loginServer']} could not be subscribed to"
        patiently(HOOK, trouble, partial(subscribe, link, "function"), pause)
        say(f"  Events of {link['loginServer']} come to {function.rpartition('/')[2]}.")


if __name__ == "__main__":
    sys.exit(main(postdeploy))
