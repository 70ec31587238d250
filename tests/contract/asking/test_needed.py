"""A check asks for what its evidence needs, hardly more, and for nothing twice."""

from pathlib import Path

import pytest

from bench.kinds_estate import REPLICAS
from bench.needed import KINDS, MOST_BEYOND, Kind, table
from local.azure.faults import Fault
from shared.domain.diagnosis import Diagnosis
from shared.domain.pulls import Compute
from tests.contract.asking.conftest import Asking

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[3]
BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.mark.parametrize("name", BY_NAME)
async def test_a_warm_check_asks_for_what_it_needs(asking: Asking, name: str) -> None:
    kind = BY_NAME[name]
    pulls = asking.pulls[f"{kind.registry}.azurecr.io/{kind.repository}"]
    assert len(pulls) == REPLICAS + 3
    image = str(pulls[0].image)
    if kind.verb:
        await asking.ask(image)
        await asking.does(kind.verb, image)
    by_platform = {pull.workload.compute: pull.workload.id for pull in pulls}
    assert by_platform.keys() == set(Compute)
    for workload in (*by_platform.values(), ""):
        found = await asking.ask(image, workload)
        assert len(found) == (1 if workload else len(pulls))
        _assert_frugal(asking, kind, found)


async def test_nothing_is_asked_twice_however_slow_the_network_is(asking: Asking) -> None:
    kind = BY_NAME["one platform, by tag"]
    pulls = asking.pulls[f"{kind.registry}.azurecr.io/{kind.repository}"]
    image = str(pulls[0].image)
    faults = asking.simulator.cloud.world.faults
    faults.wire.append(Fault("*.azurecr.io", "slow", seconds=0.3))
    faults.wire.append(Fault("management.azure.com", "slow", seconds=0.3))
    try:
        _assert_frugal(asking, kind, await asking.ask(image))
    finally:
        faults.clear()


async def test_what_is_needed_is_documented() -> None:
    assert table() in (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def _assert_frugal(asking: Asking, kind: Kind, found: tuple[Diagnosis, ...]) -> None:
    if kind.root:
        assert kind.root in {one.root.code for one in found if one.root}
    asked = asking.data_plane
    assert kind.needed <= sum(asked.values()) <= kind.needed + MOST_BEYOND, asked
    assert asking.repeated == set()
