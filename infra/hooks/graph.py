"""Lets the app read the directory: whether secrets of service principals end, and who is in groups.

    python3 infra/hooks/graph.py "$(azd env get-value PULLWATCH_PRINCIPAL_ID)"

Optional. It takes a Privileged Role Administrator, which is why no deployment does it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # started as a file, not as a part of the package
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.commands import HookError, az, main, say

GRAPH = "https://graph.microsoft.com/v1.0"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
WANTED = ("Application.Read.All", "GroupMember.Read.All")


def grant(principal: str) -> None:
    """Give the app's identity what it lacks of the wanted permissions. Raises HookError."""
    graph = _get(f"{GRAPH}/servicePrincipals(appId='{GRAPH_APP}')?$select=id,appRoles")
    offered = {role["value"]: role["id"] for role in graph["appRoles"]}
    held = _get(f"{GRAPH}/servicePrincipals/{principal}/appRoleAssignments")["value"]
    held_ids = {one["appRoleId"] for one in held}
    for name in WANTED:
        if offered[name] not in held_ids:
            _post(principal, graph["id"], offered[name])
        say(f"  The app may {name}.")


def _get(url: str) -> Any:
    return az("rest", "--method", "get", "--url", url)


def _post(principal: str, resource: str, role: str) -> None:
    body = {"principalId": principal, "resourceId": resource, "appRoleId": role}
    url = f"{GRAPH}/servicePrincipals/{principal}/appRoleAssignments"
    az("rest", "--method", "post", "--url", url, "--body", json.dumps(body))


def from_arguments() -> None:
    """Grant to whom the command line names. Raises HookError."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004 - the program and one argument
        raise HookError(f"Usage: {__doc__.splitlines()[2].strip()}")
    grant(sys.argv[1].strip())


if __name__ == "__main__":
    sys.exit(main(from_arguments))
