"""Table Storage on this machine: the real Azurite, driven by the real SDK."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from azure.data.tables.aio import TableServiceClient

from local import azurite
from local.processes import Process

ENTITIES = 30


@pytest.fixture(autouse=True)
async def installed() -> None:
    await azurite.install(print)


@pytest.fixture
def process(tmp_path: Path) -> Process:
    command = azurite.serve_command(tmp_path / "tables", 0)
    return Process("tables", command, log=tmp_path / "log", environment=os.environ)


@asynccontextmanager
async def tables(process: Process) -> AsyncIterator[TableServiceClient]:
    ready = await process.start()
    try:
        async with TableServiceClient.from_connection_string(
            azurite.connection_string(ready["port"])
        ) as client:
            yield client
    finally:
        await process.stop()


async def write(client: TableServiceClient) -> None:
    table = await client.create_table("written")
    for number in range(ENTITIES):
        await table.upsert_entity({"PartitionKey": "p", "RowKey": str(number)})


async def read(client: TableServiceClient) -> int:
    return len([row async for row in client.get_table_client("written").list_entities()])


async def test_no_write_is_lost_when_its_stdin_is_closed(process: Process) -> None:
    async with tables(process) as client:
        await write(client)
    async with tables(process) as client:
        assert await read(client) == ENTITIES


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_no_write_is_lost_on_a_signal(process: Process, how: signal.Signals) -> None:
    async with tables(process) as client:
        await write(client)
        assert process.pid
        os.kill(process.pid, how)
        assert "ended by itself with 0" in str(await process.crash())
    async with tables(process) as client:
        assert await read(client) == ENTITIES


def test_the_lock_file_names_no_download_addresses() -> None:
    lock = (azurite.HERE / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_npm_is_told_of_the_certificates_that_pip_and_curl_use(tmp_path: Path) -> None:
    bundle = tmp_path / "company.pem"
    bundle.touch()
    told = azurite.npm_environment({"PIP_CERT": str(bundle), "PATH": "/bin"})
    assert told["NODE_EXTRA_CA_CERTS"] == str(bundle)
    assert told["PATH"].split(os.pathsep) == [str(azurite.node().parent), "/bin"]


def test_what_the_person_told_node_counts_more(tmp_path: Path) -> None:
    told = azurite.npm_environment(
        {"SSL_CERT_FILE": str(tmp_path), "NODE_EXTRA_CA_CERTS": "own", "NODE_USE_SYSTEM_CA": "0"}
    )
    assert (told["NODE_EXTRA_CA_CERTS"], told["NODE_USE_SYSTEM_CA"]) == ("own", "0")


async def test_an_unreachable_registry_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(azurite.InstallError, match="NPM_CONFIG_REGISTRY") as why:
        await azurite.install(print, tmp_path / "modules")
    assert "ECONNREFUSED" in str(why.value)
    assert not azurite.is_installed(tmp_path / "modules")
