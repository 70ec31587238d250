"""A geo-replica that lags behind is no removal, and a removal is told once however it lags.

The monitor is routed to the replica; the cluster, and whoever pushes, to the home region.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local.stack import Stack
from tests.e2e.conftest import SETTINGS
from tests.support.live import Live

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
HEAD = "HEAD /v2/{repository}/manifests/{reference}"
ESTATE = Path(__file__).with_name("replicas.yaml")
HOST = "twin.azurecr.io"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    state = tmp_path_factory.mktemp("replicas")
    async with Live.on(Stack(state, estate=ESTATE, settings=SETTINGS)) as running:
        await running.swept()
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def before(live: Live) -> int:
    """The newest message of a registry whose replica is level, once all is told."""
    await lags(live, 0)
    await live.idle()  # mail may come after the card that the test before waited for
    return await live.newest()


async def lags(live: Live, seconds: int) -> None:
    await live.do("replica-lag", registry="twin", location="northeurope", seconds=seconds)


async def looked(live: Live) -> None:
    """One period of the watch and all that follows at once."""
    await live.watched()
    await live.idle()


async def asked(live: Live) -> int:
    """How often the registry was asked for a manifest itself."""
    counted = (await live.stack.control.show("requests"))["hosts"].get(HOST, {})
    return int(counted.get(HEAD, 0))


async def test_what_is_deployed_before_the_replica_has_it_alarms_nobody(
    live: Live, before: int
) -> None:
    await live.do("deliveries", perReplica=True)
    await lags(live, 3600)
    await live.do("push", image="twin/fresh:2.0", by="skipper")
    await live.do("deploy", workload="dock/fresh", image=f"{HOST}/fresh:2.0")
    await looked(live)  # finds the workload
    await live.do("reset-requests")
    await looked(live)  # and that its tag is not there
    assert await asked(live) >= 1
    assert await live.newest() == before, "it is held"
    (now,) = await live.ask(image=f"{HOST}/fresh:2.0")
    assert now["root"]["code"] == "EXISTENCE_TAG_MISSING", "who asks is told what is seen now"
    await lags(live, 0)  # and now the replica tells of the push too
    await live.ask_until(None, image=f"{HOST}/fresh:2.0")
    await looked(live)
    assert await live.newest() == before
    await live.do("deliveries")


async def test_what_is_really_gone_is_told_once(live: Live, before: int) -> None:
    await live.do("untag", image="twin/gone:1.0", by="skipper")
    await looked(live)
    await live.card("FAIL", "There is no tag 1.0", f"{HOST}/gone", after=before)
    await looked(live)
    await looked(live)
    assert len(await live.cards("FAIL", f"{HOST}/gone:1.0")) == 1


async def test_what_is_gone_is_told_once_when_the_replica_shows_it(live: Live, before: int) -> None:
    await lags(live, 3600)
    await live.do("delete", image="twin/slow:1.0", by="skipper")
    await looked(live)
    assert await live.newest() == before, "whoever is routed to the replica can still pull it"
    await lags(live, 0)
    await looked(live)
    await live.card("FAIL", "There is no tag 1.0", f"{HOST}/slow", after=before)
    await looked(live)
    assert len(await live.cards("FAIL", f"{HOST}/slow:1.0")) == 1
