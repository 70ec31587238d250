"""`python -m local.azure` as a process: its arguments and its ends."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from tests.local.azure.conftest import HERE, ROOT

ESTATE = str(HERE / "estate.yaml")


async def start(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "local.azure", *arguments]
    return await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe
    )


async def ready(process: asyncio.subprocess.Process) -> dict[str, object]:
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    found: dict[str, object] = json.loads(line)
    return found


@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "stdin"])
async def test_it_ends_in_good_order(tmp_path: Path, end: str) -> None:
    process = await start("--estate", ESTATE, "--state", str(tmp_path), "--die-with-parent")
    assert (await ready(process))["ready"] is True
    if end == "stdin":
        assert process.stdin
        process.stdin.close()
    else:
        process.send_signal(signal.Signals[end])
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    arguments = ("--estate", ESTATE, "--state", str(tmp_path), "--proxy-port", str(port))
    process = await start(*arguments)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    server.close()
    assert (process.returncode, str(port) in errors.decode()) == (1, True)


async def test_a_wrong_estate_is_said(tmp_path: Path) -> None:
    estate = tmp_path / "estate.yaml"
    estate.write_text("subscriptions: [{name: a}]\nregistries: [{name: x, sku: Gold}]\n")
    process = await start("--estate", str(estate), "--state", str(tmp_path))
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, "Gold" in errors.decode()) == (1, True)
