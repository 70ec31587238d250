"""Links what azd made to registries and workspaces: rights, topics, and events for a queue.

It may be run as often as one likes: what is so already is not changed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # azd starts the file, not the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import keep, linked, links, main, names, needed, say
from infra.hooks.linking import (
    check_identity,
    link_registry,
    link_workspace,
    patiently,
    subscribe,
)
from infra.hooks.unlinking import unlink

HOOK = "postprovision"


def postprovision(pause: Callable[[float], None] = time.sleep) -> None:
    """Link every registry and every workspace, and let go of those that are no more named.

    Raises HookError.
    """
    queued = needed("PULLWATCH_EVENT_DELIVERY") == "serviceBus"
    named = {link["id"].lower() for link in links()}
    for link in linked():
        if link["id"].lower() not in named:
            unlink(link)
    keep("PULLWATCH_LINKED", links())
    for link in links():
        link_registry(link)
        if queued:
            check_identity(link, HOOK)
            trouble = f"the events of {link['loginServer']} could not be subscribed to"
            # Event Grid looks whether its identity may deliver, and roles take their time
            patiently(HOOK, trouble, partial(subscribe, link, "serviceBus"), pause)
        say(f"  {link['loginServer']} is linked.")
    for workspace in names("PULLWATCH_LOG_WORKSPACES"):
        link_workspace(workspace)
        say(f"  {workspace.rpartition('/')[2]} may be asked.")


if __name__ == "__main__":
    sys.exit(main(postprovision))
