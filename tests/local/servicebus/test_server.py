"""The turns of a server: nothing is said before it is durable, and nothing falls due too late."""

import asyncio
import time

import pytest

from local.servicebus import QueueConfig, running_broker
from local.servicebus.amqp.performatives import Code
from local.servicebus.broker import Broker
from local.servicebus.codec import UInt
from local.servicebus.server import Server
from local.servicebus.store import MemoryStore, StoreError
from tests.local.servicebus.raw import raw_client
from tests.local.servicebus.support import Clock, wire


class FullDisk(MemoryStore):
    """A store that can be written until the disk is full."""

    def __init__(self) -> None:
        self.full = False

    def commit(self) -> None:
        if self.full:
            raise StoreError("disk full")


async def test_what_could_not_be_written_is_never_acknowledged(clock: Clock) -> None:
    store = FullDisk()
    server = Server(Broker([QueueConfig("q")], store, clock))
    port = await server.start("127.0.0.1", 0)
    async with raw_client(port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        store.full = True
        fields = (UInt(0), UInt(0), b"t", UInt(0), False)
        await client.say(Code.TRANSFER, *fields, payload=wire())
        with pytest.raises((EOFError, ConnectionError)):
            await client.expect(Code.DISPOSITION)
    with pytest.raises(StoreError, match="disk full"):
        await server.failed
    await server.stop()


class Mistaken(MemoryStore):
    """A store with a mistake in it."""

    def commit(self) -> None:
        raise ZeroDivisionError


async def test_a_mistake_of_its_own_ends_a_broker_rather_than_leave_it_deaf(clock: Clock) -> None:
    server = Server(Broker([QueueConfig("q")], Mistaken(), clock))
    port = await server.start("127.0.0.1", 0)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(server.failed, 30)
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_stopped_broker_takes_no_further_turn(clock: Clock) -> None:
    store = FullDisk()
    server = Server(Broker([QueueConfig("q")], store, clock))
    async with raw_client(await server.start("127.0.0.1", 0)) as client:
        await client.begin()
        await server.stop()
        store.full = True
        await client.rest()
    assert not server.failed.done()


async def test_a_message_appears_at_its_time_without_anybody_asking() -> None:
    async with running_broker([QueueConfig("q")]) as broker, raw_client(broker.port) as client:
        await client.begin()
        await client.attach(0, "q", receives=False)
        await client.attach(1, "q", receives=True)
        await client.grant(1, 1)
        at = time.time_ns() // 1_000_000 + 300
        fields = (UInt(0), UInt(0), b"t", UInt(0), True)
        await client.say(Code.TRANSFER, *fields, payload=wire(scheduled_at=at))
        await client.expect(Code.TRANSFER)
        late = time.time_ns() // 1_000_000 - at
    assert late >= 0


async def test_a_stopped_broker_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    async with running_broker([QueueConfig("q")]) as broker, raw_client(broker.port) as client:
        await client.begin()
        port = broker.port
    assert asyncio.all_tasks() == before
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
