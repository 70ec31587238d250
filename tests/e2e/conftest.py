"""The whole app on the local stack. One stack is shared: each test has images of its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from local import azurite
from local.stack import Stack
from tests.support.live import BY_HAND, Live

HARBOUR = Path(__file__).with_name("harbour.yaml")
SETTINGS = {
    **BY_HAND,
    "CHECK_BUDGET_SECONDS": "3",  # what takes longer is answered with 202
    "BREAKER_SECONDS": "1",
    "RETRY_AFTER_CAP_SECONDS": "1",
}


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Azurite, before the time of any test is measured."""
    asyncio.run(azurite.install(print))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    """The harbour estate, swept once: everything deployed is in the index and healthy."""
    state = tmp_path_factory.mktemp("harbour")
    async with Live.on(Stack(state, estate=HARBOUR, settings=SETTINGS)) as running:
        await running.swept()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def before(live: Live) -> int:
    """The newest message when a test begins: it looks at later ones only."""
    return await live.newest()
