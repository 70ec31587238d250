"""Each lane has its own connections."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.adapters.http import Http, Lane
from shared.settings import Settings
from tests.support.wire import World, world

HOST = "contoso.azurecr.io"
SETTINGS = Settings(bulk_connections=2, urgent_connections=2, request_timeout_seconds=1)


@pytest.fixture
async def registry() -> AsyncIterator[World]:
    async with world(HOST) as made:
        made.routes[f"GET {HOST}/"] = {}
        made.delay = 0.1
        yield made


async def get(http: Http) -> int:
    async with http.slot() as session, session.get(f"https://{HOST}/") as response:
        return response.status


async def test_a_flood_of_bulk_work_does_not_hold_up_urgent_work(registry: World) -> None:
    bulk = Http(SETTINGS, Lane.BULK, registry.connector)
    urgent = Http(SETTINGS, Lane.URGENT, registry.connector)
    flood = [asyncio.create_task(get(bulk)) for _ in range(40)]
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(get(urgent), 0.7) == 200
    assert sum(task.done() for task in flood) < 10
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    await bulk.close()
    await urgent.close()


async def test_a_wait_for_a_connection_is_no_time_out(registry: World) -> None:
    bulk = Http(SETTINGS, Lane.BULK, registry.connector)
    assert set(await asyncio.gather(*(get(bulk) for _ in range(30)))) == {200}
    await bulk.close()


async def test_it_can_be_used_again_after_closing(registry: World) -> None:
    http = Http(SETTINGS, Lane.URGENT, registry.connector)
    assert await get(http) == 200
    await http.close()
    assert await get(http) == 200
    await http.close()


def test_it_needs_no_event_loop_until_it_is_used() -> None:
    assert Http(SETTINGS, Lane.BULK).lane is Lane.BULK
