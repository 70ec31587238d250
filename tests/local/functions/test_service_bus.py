"""Service Bus triggers, against the local broker."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender

from local.servicebus.running import connection_string
from tests.local.functions.conftest import StartHost
from tests.local.functions.processes import HostProcess, Process, broker_process, until

QUEUES: list[dict[str, object]] = [
    {"name": "shared", "max_delivery_count": 3, "lock_seconds": 30},
    {"name": "short", "lock_seconds": 2},
    {"name": "own", "lock_seconds": 60},
    {"name": "stopped", "lock_seconds": 60},
]


def settings(broker: Process, queue: str) -> dict[str, str]:
    return {"SERVICE_BUS": connection_string(broker.port), "JOBS_QUEUE": queue}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = broker_process(tmp_path_factory.mktemp("broker"), QUEUES)
    yield process
    process.close()


@pytest.fixture(scope="module")
def listening(broker: Process, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """A host on the queue `shared`."""
    process = HostProcess(tmp_path_factory.mktemp("listening"), settings(broker, "shared"))
    yield process
    process.close()


@asynccontextmanager
async def sender(broker: Process, queue: str) -> AsyncIterator[ServiceBusSender]:
    client = ServiceBusClient.from_connection_string(connection_string(broker.port))
    async with client, client.get_queue_sender(queue) as opened:
        yield opened


@asynccontextmanager
async def receiver(broker: Process, queue: str) -> AsyncIterator[ServiceBusReceiver]:
    client = ServiceBusClient.from_connection_string(connection_string(broker.port))
    async with client, client.get_queue_receiver(queue) as opened:
        yield opened


async def send(broker: Process, queue: str, *bodies: str) -> None:
    async with sender(broker, queue) as opened:
        for body in bodies:
            await opened.send_messages(ServiceBusMessage(body))


async def test_function_learns_what_the_real_host_tells(
    broker: Process, listening: HostProcess
) -> None:
    message = ServiceBusMessage(
        "hello",
        message_id="id-1",
        correlation_id="c-1",
        subject="job",
        application_properties={"attempt": 2, b"cause": "event"},
    )
    async with sender(broker, "shared") as opened:
        await opened.send_messages(message)
    (note,) = await listening.noted("on_job", id="id-1", state=None)
    assert note["body"] == "hello"
    assert note["delivery_count"] == 1
    assert note["properties"] == {"attempt": 2, "cause": "event"}
    assert (note["correlation_id"], note["subject"]) == ("c-1", "job")
    enqueued = datetime.fromisoformat(note["enqueued"])
    assert enqueued.tzinfo is None  # as from the real host: UTC without an offset
    assert note["expires"].startswith("9999-12-31")


async def test_message_starts_its_function_at_once(broker: Process, listening: HostProcess) -> None:
    delays = []
    async with sender(broker, "shared") as opened:
        for number in range(20):
            start = time.time()
            await opened.send_messages(ServiceBusMessage(f"fast {number}"))
            (note, *_) = await listening.noted("on_job", body=f"fast {number}")
            delays.append(note["started"] - start)
    assert sorted(delays)[10] < 0.05


async def test_failing_message_is_dead_lettered_after_max_delivery_count(
    broker: Process, listening: HostProcess
) -> None:
    await send(broker, "shared", "fail for ever")
    (dead,) = await listening.noted("on_dead_letter", body="fail for ever")
    tries = listening.notes("on_job", body="fail for ever")
    assert [note["delivery_count"] for note in tries] == [1, 2, 3]
    assert dead["properties"]["DeadLetterReason"] == "MaxDeliveryCountExceeded"
    assert tries[1]["at"] - tries[0]["at"] < 1  # abandoned, not left to expire


async def test_calls_are_concurrent_up_to_max_concurrent_calls(
    broker: Process, listening: HostProcess
) -> None:
    body = "sleep 0.4"
    await send(broker, "shared", *[body] * 8)
    notes = await listening.noted("on_job", count=16, body=body)
    running = most = 0
    for note in notes:
        running += -1 if note.get("state") else 1
        most = max(most, running)
    assert most == 4


async def test_many_messages_are_each_processed_once(
    broker: Process, listening: HostProcess
) -> None:
    bodies = {f"one of many {number}" for number in range(200)}
    async with sender(broker, "shared") as opened:
        await opened.send_messages([ServiceBusMessage(body) for body in sorted(bodies)])

    def done() -> list[str]:
        notes = listening.notes("on_job", state="ended")
        return [note["body"] for note in notes if note["body"] in bodies]

    await until(lambda: len(done()) >= len(bodies))
    assert sorted(done()) == sorted(bodies)


async def test_lock_is_renewed_while_the_function_runs(
    broker: Process, start_host: StartHost
) -> None:
    host = start_host(settings(broker, "short"))
    await send(broker, "short", "sleep 3.5")
    await host.noted("on_job", body="sleep 3.5", state="ended")
    await send(broker, "short", "after")
    await host.noted("on_job", body="after", state="ended")
    assert len(host.notes("on_job", body="sleep 3.5", state=None)) == 1
    assert "lost the lock" not in host.log.read_text()


async def test_lock_is_not_renewed_beyond_its_limit(broker: Process, start_host: StartHost) -> None:
    limit = "AzureFunctionsJobHost__extensions__serviceBus__maxAutoLockRenewalDuration"
    host = start_host({**settings(broker, "short"), limit: "00:00:00"})
    await send(broker, "short", "sleep 2.6")
    notes = await host.noted("on_job", count=2, body="sleep 2.6", state=None)
    assert [note["delivery_count"] for note in notes[:2]] == [1, 2]


async def test_broker_that_comes_back_loses_and_repeats_nothing(
    tmp_path: Path, start_host: StartHost
) -> None:
    broker = broker_process(tmp_path, QUEUES)
    host = start_host(settings(broker, "own"))
    await send(broker, "own", "sleep 1.5")
    await host.noted("on_job", body="sleep 1.5")
    broker.kill()
    await host.noted("on_job", body="sleep 1.5", state="ended")  # while nobody can be told

    again = broker_process(tmp_path, QUEUES, port=broker.port)
    await send(again, "own", "after")
    await host.noted("on_job", body="after", state="ended")
    async with receiver(again, "own") as idle:
        assert await idle.peek_messages(10) == []
    assert len(host.notes("on_job", body="sleep 1.5", state=None)) == 1
    broker.close()
    again.close()


async def test_broker_that_is_late_is_waited_for(tmp_path: Path, start_host: StartHost) -> None:
    first = broker_process(tmp_path, QUEUES)
    first.kill()
    begun = time.monotonic()
    host = start_host(settings(first, "own"))
    assert (await host.ask("GET", "/")).status == 200
    assert time.monotonic() - begun < 8
    late = broker_process(tmp_path, QUEUES, port=first.port)
    await send(late, "own", "at last")
    await host.noted("on_job", body="at last", state="ended")
    first.close()
    late.close()


async def test_sigterm_finishes_what_runs_and_gives_back_the_rest(
    broker: Process, start_host: StartHost
) -> None:
    one = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls"
    ahead = "AzureFunctionsJobHost__extensions__serviceBus__prefetchCount"
    host = start_host({**settings(broker, "stopped"), one: "1", ahead: "5"})
    await send(broker, "stopped", "sleep 1", "second", "third")
    await host.noted("on_job", body="sleep 1")
    assert await asyncio.to_thread(host.stop) == 0
    assert host.notes("on_job", body="sleep 1", state="ended")
    assert not host.notes("on_job", body="second")

    async with receiver(broker, "stopped") as other:
        left = await other.receive_messages(max_message_count=5, max_wait_time=2)
    assert sorted(str(message) for message in left) == ["second", "third"]
    assert {message.delivery_count for message in left} == {0}


async def test_killed_host_loses_no_message(broker: Process, start_host: StartHost) -> None:
    env: Mapping[str, str] = settings(broker, "short")
    host = start_host(env)
    await send(broker, "short", "sleep 0.7")
    await host.noted("on_job", body="sleep 0.7")
    host.kill()
    host = start_host(env)
    await host.noted("on_job", body="sleep 0.7", state="ended")
