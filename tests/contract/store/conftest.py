"""Tables, in memory and in the real Azurite: whatever holds for one holds for both."""

import os
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from local import azurite
from local.processes import Process
from shared.adapters.tables import AzureTables, Tables
from tests.support.memory_tables import MemoryTables


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def connection(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """One Azurite for all tests of this folder."""
    await azurite.install(print)
    folder = tmp_path_factory.mktemp("azurite")
    command = azurite.serve_command(folder / "tables", 0)
    process = Process("tables", command, log=folder / "log", environment=os.environ)
    ready = await process.start()
    yield azurite.connection_string(ready["port"])
    await process.stop()


@pytest.fixture(params=["memory", "azurite"])
async def tables(request: pytest.FixtureRequest, connection: str) -> AsyncIterator[Tables]:
    if request.param == "memory":
        yield MemoryTables()
        return
    real = AzureTables(connection=connection, credential=None)
    yield real
    await real.close()


@pytest.fixture
def name() -> str:
    """A table of this test's own."""
    return f"t{uuid4().hex}"
