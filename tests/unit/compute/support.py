"""A platform over scripted answers, and its observations by type."""

from shared.adapters.http import Http, Lane
from shared.compute.facts import Surroundings
from shared.compute.inventory import Inventory
from shared.domain.images import parse_reference
from shared.domain.pulls import Compute, Pull, Workload
from shared.settings import Settings
from tests.unit.compute.fakes import SERVER, FakeArm, FakeGraph

SETTINGS = Settings(retry_attempts=1, request_timeout_seconds=2)


class NoTokens:
    """An identity that is not asked here."""

    async def token(self, audience: str) -> str:
        raise AssertionError(audience)


def surroundings(arm: FakeArm, graph: FakeGraph | None = None) -> Surroundings:
    """What platforms share, over scripted answers."""
    http = Http(SETTINGS, Lane.URGENT)
    return Surroundings(arm, http, NoTokens(), graph or FakeGraph(), SETTINGS)


def inventory(arm: FakeArm) -> Inventory:
    """Resource Graph over scripted rows, remembering nothing."""
    return Inventory(arm)


def pull(workload_id: str, compute: Compute, image: str = f"{SERVER}/shop/api:v1") -> Pull:
    """One pull."""
    name = workload_id.rpartition("/")[2]
    return Pull(Workload(workload_id, compute, name), parse_reference(image))
