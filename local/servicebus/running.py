"""A broker in this process and event loop, for as long as a `with` block lasts."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from local.servicebus.broker import Broker, QueueCounts
from local.servicebus.config import QueueConfig
from local.servicebus.server import Server
from local.servicebus.sqlite_store import SqliteStore
from local.servicebus.store import MemoryStore


def milliseconds() -> int:
    """The wall clock, in milliseconds since 1970: deadlines outlive the process."""
    return time.time_ns() // 1_000_000


def connection_string(port: int) -> str:
    """What the SDK needs to reach a local broker. The key is not one: none is checked."""
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=RootManageSharedAccessKey;"
        "SharedAccessKey=any;UseDevelopmentEmulator=true;"
    )


class RunningBroker:
    """A broker that listens on 127.0.0.1."""

    def __init__(self, server: Server, port: int) -> None:
        self.port = port
        self.connection_string = connection_string(port)
        self._server = server

    def counts(self) -> list[QueueCounts]:
        """How each queue stands."""
        return self._server.broker.counts()

    async def failure(self) -> None:
        """Wait until the broker can go on no longer, and raise why (StoreError, as a rule)."""
        await asyncio.shield(self._server.failed)


@asynccontextmanager
async def running_broker(
    queues: Iterable[QueueConfig], *, db: Path | None = None, port: int = 0
) -> AsyncGenerator[RunningBroker]:
    """Serve these queues; without `db` they are gone afterwards. Port 0 is any free one.

    The SDK's sync client must not be used from the thread of this event loop: it would wait for an
    answer that only the loop can give. Raises OSError if the port is taken, StoreError if the file
    cannot be used, or could at some point no longer be written.
    """
    store = MemoryStore() if db is None else SqliteStore(db, milliseconds())
    try:
        server = Server(Broker(queues, store, milliseconds))
        try:
            yield RunningBroker(server, await server.start("127.0.0.1", port))
        finally:
            await server.stop()
        if server.failed.done():
            server.failed.result()
    finally:
        store.close()
