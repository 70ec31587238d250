"""How a proxied connection finds its way: the name as seen from the place, then the network."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from http import HTTPStatus

from local.azure import names
from local.azure.cloud import Cloud
from local.azure.faults import NameTrouble
from local.azure.places import Caller, place_named
from local.azure.proxy import Refusal
from local.estates.network import Place

_HTTPS = 443


class Routing:
    """Decides for proxy and DNS; `hosts` are the patterns that the TLS listener serves."""

    def __init__(self, cloud: Cloud, hosts: Sequence[str]) -> None:
        self._cloud = cloud
        self._hosts = hosts

    def lookup(self, place: Place, host: str) -> names.Answer | NameTrouble:
        """What DNS says to a place, troubles included."""
        trouble = self._cloud.world.faults.of_name(host)
        return trouble or names.resolve(self._cloud.estate, place, host, self._hosts)

    def place(self, name: str) -> Place | None:
        """The place of this name."""
        return place_named({one.name: one for one in self._cloud.estate.places}, name)

    def route(self, user: str, host: str, port: int) -> Caller | Refusal:
        """Who the caller is for the server, or why it cannot get there."""
        place = self.place(user)
        if place is None:
            known = ", ".join(one.name for one in self._cloud.estate.places)
            reason = f"the proxy user {user!r} is no place of the estate; these are: {known}"
            return Refusal(HTTPStatus.FORBIDDEN, reason)
        if not any(fnmatchcase(host, pattern) for pattern in self._hosts):
            reason = f"{host} is not simulated, and nothing leaves this machine"
            return Refusal(HTTPStatus.FORBIDDEN, reason)
        if port != _HTTPS:
            return Refusal(HTTPStatus.GATEWAY_TIMEOUT, f"{host}:{port} does not answer: use 443")
        return self._connected(place, host)

    def _connected(self, place: Place, host: str) -> Caller | Refusal:
        answer = self.lookup(place, host)
        if isinstance(answer, str) or not answer.addresses:
            why = "no such host" if not isinstance(answer, str) else f"DNS {answer}"
            reason = f"lookup {host}: {why} (as seen from {place.name})"
            return Refusal(HTTPStatus.BAD_GATEWAY, reason)
        address = answer.addresses[0]
        trouble = self._cloud.world.faults.of_connection(host)
        if trouble == "refused":
            reason = f"dial tcp {address}:443: connect: connection refused"
            return Refusal(HTTPStatus.BAD_GATEWAY, reason)
        if trouble == "denied":
            return Refusal(HTTPStatus.FORBIDDEN, f"{host} is not on this proxy's list")
        if trouble == "timeout" or not names.reachable(self._cloud.estate, place, address):
            reason = f"dial tcp {address}:443: i/o timeout (from {place.name})"
            return Refusal(HTTPStatus.GATEWAY_TIMEOUT, reason)
        return Caller(place, names.endpoint_at(self._cloud.estate, place, address))
