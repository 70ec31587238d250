"""What the simulated Azure was asked: its own counters, by who had to answer."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

TOKEN = "/oauth2/token"  # noqa: S105 - a path
EXCHANGE = "/oauth2/exchange"
HOSTS = {
    ".azurecr.io": "data_plane",
    ".blob.core.windows.net": "blobs",
    "management.azure.com": "arm",
    ".azmk8s.io": "kubernetes",
    "graph.microsoft.com": "graph",
}


class Counts(Struct, frozen=True, kw_only=True):
    """How many requests each got. ``data_plane`` is all of the login servers but their tokens.

    ``repeated`` are reads that were asked for more than once, with their number.
    """

    data_plane: int = 0
    tokens: int = 0
    exchanges: int = 0
    arm: int = 0
    kubernetes: int = 0
    blobs: int = 0
    graph: int = 0
    other: int = 0
    repeated: tuple[tuple[str, int], ...] = ()

    @property
    def of_registries(self) -> int:
        """All that registries got, tokens and data endpoints included."""
        return self.data_plane + self.tokens + self.exchanges + self.blobs


def read(shown: Mapping[str, Any]) -> Counts:
    """Counts from what `GET /requests` of the control API shows."""
    numbers = dict.fromkeys(Counts.__struct_fields__[:-1], 0)
    for host, routes in shown["hosts"].items():
        for route, number in routes.items():
            numbers[_kind(host, route)] += number
    repeated = tuple(sorted(shown["repeated"].items()))
    return Counts(**numbers, repeated=repeated)


def _kind(host: str, route: str) -> str:
    kind = next((kind for end, kind in HOSTS.items() if host.endswith(end)), "other")
    if kind != "data_plane":
        return kind
    if route.endswith(EXCHANGE):
        return "exchanges"
    return "tokens" if route.endswith(TOKEN) else kind
