"""Service Bus triggers, against the local broker."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender

from local.servicebus.running import connection_string
from tests.local.functions.conftest import StartHost
from tests.local.functions.processes import HostProcess, Process, broker_process, until

QUEUES: list[dict[str, object]] = [
    {"name": "shared", "max_delivery_count": 3, "lock_seconds": 30},
    {"name": "short", "lock_seconds": 1.5},
    {"name": "own", "lock_seconds": 60},
    {"name": "stopped", "lock_seconds": 60},
]


def settings(broker: Process, queue: str) -> dict[str, str]:
    return {"SERVICE_BUS": connection_string(broker.port), "JOBS_QUEUE": queue}


class Bus:
    """A client of a broker; its senders stay open, since opening one takes half a second."""

    def __init__(self, broker: Process) -> None:
        self._client = ServiceBusClient.from_connection_string(connection_string(broker.port))
        self._senders: dict[str, ServiceBusSender] = {}

    def send(self, queue: str, *messages: ServiceBusMessage | str) -> None:
        if queue not in self._senders:
            self._senders[queue] = self._client.get_queue_sender(queue)
        for message in messages:
            made = ServiceBusMessage(message) if isinstance(message, str) else message
            self._senders[queue].send_messages(made)

    def waiting(self, queue: str, expected: int) -> dict[str, int | None]:
        """The delivery counts of messages that nobody holds, by body; takes and keeps them."""
        with self._client.get_queue_receiver(queue) as receiver:
            found = receiver.receive_messages(expected, max_wait_time=1)
            return {str(message): message.delivery_count for message in found}

    def close(self) -> None:
        for sender in self._senders.values():
            sender.close()
        self._client.close()


def active(broker: Process, queue: str) -> int:
    """How many messages a queue holds, locked or not."""
    port = broker.ready["status_port"]
    with urlopen(f"http://127.0.0.1:{port}/queues") as answer:
        return next(int(entry["active"]) for entry in json.load(answer) if entry["name"] == queue)


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


@pytest.fixture(scope="module")
def bus(broker: Process) -> Iterator[Bus]:
    client = Bus(broker)
    yield client
    client.close()


async def test_function_learns_what_the_real_host_tells(bus: Bus, listening: HostProcess) -> None:
    message = ServiceBusMessage(
        "hello",
        message_id="id-1",
        correlation_id="c-1",
        subject="job",
        application_properties={"attempt": 2, b"cause": "event"},
    )
    bus.send("shared", message)
    (note,) = await listening.noted("on_job", id="id-1", state=None)
    assert note["body"] == "hello"
    assert note["delivery_count"] == 1
    assert note["properties"] == {"attempt": 2, "cause": "event"}
    assert (note["correlation_id"], note["subject"]) == ("c-1", "job")
    enqueued = datetime.fromisoformat(note["enqueued"])
    assert enqueued.tzinfo is None  # as from the real host: UTC without an offset
    assert note["expires"].startswith("9999-12-31")


async def test_message_starts_its_function_at_once(bus: Bus, listening: HostProcess) -> None:
    delays = []
    for number in range(20):
        start = time.time()
        bus.send("shared", f"fast {number}")
        (note, *_) = await listening.noted("on_job", body=f"fast {number}")
        delays.append(note["started"] - start)
    assert min(delays) < 0.05  # a poll would show in all of them, a busy machine in some


async def test_failing_message_is_dead_lettered_after_max_delivery_count(
    bus: Bus, listening: HostProcess
) -> None:
    bus.send("shared", "fail for ever")
    (dead,) = await listening.noted("on_dead_letter", body="fail for ever")
    tries = listening.notes("on_job", body="fail for ever")
    assert [note["delivery_count"] for note in tries] == [1, 2, 3]
    assert dead["properties"]["DeadLetterReason"] == "MaxDeliveryCountExceeded"
    assert tries[1]["at"] - tries[0]["at"] < 1  # abandoned, not left to expire


async def test_calls_are_concurrent_up_to_max_concurrent_calls(
    bus: Bus, listening: HostProcess
) -> None:
    body = "sleep 0.4"
    bus.send("shared", *[body] * 8)
    notes = await listening.noted("on_job", count=16, body=body)
    running = most = 0
    for note in notes:
        running += -1 if note.get("state") else 1
        most = max(most, running)
    assert most == 4


async def test_many_messages_are_each_processed_once(bus: Bus, listening: HostProcess) -> None:
    bodies = {f"one of many {number}" for number in range(200)}
    bus.send("shared", *bodies)

    def done() -> list[str]:
        notes = listening.notes("on_job", state="ended")
        return [note["body"] for note in notes if note["body"] in bodies]

    await until(lambda: len(done()) >= len(bodies), 30)
    assert sorted(done()) == sorted(bodies)


async def test_lock_is_renewed_while_the_function_runs(
    broker: Process, bus: Bus, start_host: StartHost
) -> None:
    host = start_host(settings(broker, "short"))
    bus.send("short", "sleep 2.2")
    await host.noted("on_job", body="sleep 2.2", state="ended")
    bus.send("short", "after")
    await host.noted("on_job", body="after", state="ended")
    assert len(host.notes("on_job", body="sleep 2.2", state=None)) == 1
    assert "lost the lock" not in host.log.read_text()


async def test_lock_is_not_renewed_beyond_its_limit(
    broker: Process, bus: Bus, start_host: StartHost
) -> None:
    limit = "AzureFunctionsJobHost__extensions__serviceBus__maxAutoLockRenewalDuration"
    host = start_host({**settings(broker, "short"), limit: "00:00:00"})
    bus.send("short", "sleep 2.1")
    notes = await host.noted("on_job", count=2, body="sleep 2.1", state=None)
    assert [note["delivery_count"] for note in notes[:2]] == [1, 2]


async def test_broker_that_comes_back_loses_and_repeats_nothing(
    tmp_path: Path, start_host: StartHost
) -> None:
    broker = broker_process(tmp_path, QUEUES)
    bus = Bus(broker)
    host = start_host(settings(broker, "own"))
    bus.send("own", "sleep 1")
    bus.close()
    await host.noted("on_job", body="sleep 1")
    broker.kill()
    await host.noted("on_job", body="sleep 1", state="ended")  # while nobody can be told

    again = broker_process(tmp_path, QUEUES, port=broker.port)
    await until(lambda: host.log.read_text().count("receiving from own\n") == 2)
    bus = Bus(again)
    bus.send("own", "after")
    await host.noted("on_job", body="after", state="ended")
    await until(lambda: active(again, "own") == 0)
    assert len(host.notes("on_job", body="sleep 1", state=None)) == 1
    bus.close()
    for process in (broker, again):
        process.close()


async def test_broker_that_is_late_is_waited_for(tmp_path: Path, start_host: StartHost) -> None:
    first = broker_process(tmp_path, QUEUES)
    first.kill()
    begun = time.monotonic()
    host = start_host(settings(first, "own"))
    assert (await host.ask("GET", "/")).status == 200
    assert time.monotonic() - begun < 15
    late = broker_process(tmp_path, QUEUES, port=first.port)
    bus = Bus(late)
    bus.send("own", "at last")
    await host.noted("on_job", body="at last", state="ended")
    bus.close()
    for process in (first, late):
        process.close()


async def test_sigterm_finishes_what_runs_and_gives_back_the_rest(
    broker: Process, bus: Bus, start_host: StartHost
) -> None:
    one = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls"
    ahead = "AzureFunctionsJobHost__extensions__serviceBus__prefetchCount"
    host = start_host({**settings(broker, "stopped"), one: "1", ahead: "5"})
    bus.send("stopped", "sleep 0.5", "second", "third")
    await host.noted("on_job", body="sleep 0.5")
    assert await asyncio.to_thread(host.stop) == 0
    assert host.notes("on_job", body="sleep 0.5", state="ended")
    assert not host.notes("on_job", body="second")

    assert bus.waiting("stopped", 2) == {"second": 0, "third": 0}


async def test_killed_host_loses_no_message(
    broker: Process, bus: Bus, start_host: StartHost
) -> None:
    env: Mapping[str, str] = settings(broker, "short")
    host = start_host(env)
    bus.send("short", "sleep 0.7")
    await host.noted("on_job", body="sleep 0.7")
    host.kill()
    host = start_host(env)
    await host.noted("on_job", body="sleep 0.7", state="ended")
