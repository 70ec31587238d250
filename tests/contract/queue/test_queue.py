"""What the app sends arrives: over a broker that restarts, from callers that give up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from azure.servicebus.aio import ServiceBusClient

from local.servicebus import QueueConfig, connection_string
from shared.adapters.queue import Outgoing, ServiceBusQueue
from tests.local.servicebus.process import Process, broker_process

pytestmark = pytest.mark.contract

QUEUES = [QueueConfig("jobs", lock_seconds=300, duplicate_window_seconds=300)]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Process]:
    with broker_process(tmp_path, QUEUES) as process:
        yield process


@pytest.fixture
async def queue(broker: Process) -> AsyncIterator[ServiceBusQueue]:
    made = ServiceBusQueue(connection=connection_string(broker.port), credential=None)
    yield made
    await made.close()


def message(number: int, size: int = 10) -> Outgoing:
    return Outgoing(f"m-{number}", b"x" * size)


async def arrived(port: int, count: int) -> set[str]:
    found: set[str] = set()
    async with (
        ServiceBusClient.from_connection_string(connection_string(port)) as client,
        client.get_queue_receiver("jobs") as receiver,
    ):
        while len(found) < count:
            batch = await receiver.receive_messages(100, max_wait_time=1)
            if not batch:
                break
            for one in batch:
                found.add(str(one.message_id))
                await receiver.complete_message(one)
    return found


async def test_more_than_one_batch_arrives(broker: Process, queue: ServiceBusQueue) -> None:
    await queue.send("jobs", [message(n, 50_000) for n in range(30)])
    assert len(await arrived(broker.port, 30)) == 30


async def test_a_message_that_is_too_large_is_an_error_and_the_queue_stays_usable(
    broker: Process, queue: ServiceBusQueue
) -> None:
    with pytest.raises(ValueError, match="size"):
        await queue.send("jobs", [message(1), message(2, 2_000_000)])
    await queue.send("jobs", [message(3)])
    assert "m-3" in await arrived(broker.port, 2)


async def test_a_broker_that_restarts_is_reached_again(tmp_path: Path) -> None:
    with broker_process(tmp_path, QUEUES) as first:
        port = first.port
        queue = ServiceBusQueue(connection=connection_string(port), credential=None)
        await queue.send("jobs", [message(1)])
        first.kill()
    with broker_process(tmp_path, QUEUES, port=port):
        await queue.send("jobs", [message(2)])
        assert await arrived(port, 2) == {"m-1", "m-2"}
    await queue.close()


@pytest.mark.parametrize("after", [0.005, 0.02])
async def test_a_caller_that_gives_up_leaves_the_queue_usable(
    broker: Process, queue: ServiceBusQueue, after: float
) -> None:
    sending = asyncio.create_task(queue.send("jobs", [message(n, 1_000) for n in range(200)]))
    await asyncio.sleep(after)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)

    async with asyncio.timeout(20):
        await queue.send("jobs", [message(1_000)])
    assert "m-1000" in await arrived(broker.port, 201)


async def test_many_callers_at_once_take_turns(broker: Process, queue: ServiceBusQueue) -> None:
    await asyncio.gather(*(queue.send("jobs", [message(n)]) for n in range(50)))
    assert len(await arrived(broker.port, 50)) == 50
