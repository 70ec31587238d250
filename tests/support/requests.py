"""Requests that the app made of the local Azure, held against infra/permissions.yaml."""

from collections.abc import Iterable

from infra.permissions import permissions

ARM, GRAPH = "management.azure.com", "graph.microsoft.com"
SPECIAL = {"GET /subscriptions": "Microsoft.Resources/subscriptions/read"}
"""What ARM answers to that names no provider."""
NOBODY_ASKS = ("login.microsoftonline.com",)
"""Hosts that need no role: tokens are anybody's to ask for."""
REFUSED = "/{path}"
"""The route of what a planted fault answered before it was read."""
SIGNED = ".blob.core.windows.net"
"""The data endpoint of a registry: the redirect there is signed."""

_KNOWN = permissions()
_OPERATIONS = {operation.lower() for one in _KNOWN for operation in one.operations}
_REQUESTS = {request.lower() for one in _KNOWN for request in one.requests}


def uncovered(requests: Iterable[tuple[str, str]]) -> set[str]:
    """Requests (host, "METHOD ROUTE") that no permission is written down for."""
    return {f"{host} {route}" for host, route in requests if not is_covered(host, route)}


def is_covered(host: str, route: str) -> bool:
    """Whether a request's operation, or the request itself, is in the permissions."""
    if host in NOBODY_ASKS or SIGNED in host or ".data.azurecr." in host:
        return True
    if route.endswith(f" {REFUSED}"):
        return True
    if host != ARM:
        return route.lower() in _REQUESTS
    return operation(route).lower() in _OPERATIONS


def operation(route: str) -> str:
    """ARM's operation of a request, as the local Azure counts it."""
    if route in SPECIAL:
        return SPECIAL[route]
    method, _, kind = route.removesuffix(" (list)").partition(" ")
    is_action = method == "POST" and kind != "Microsoft.ResourceGraph/resources"
    return f"{kind}/{'action' if is_action else 'read' if method in {'GET', 'POST'} else 'write'}"
