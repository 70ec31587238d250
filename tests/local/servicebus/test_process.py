"""The command line: ready, asked, stopped."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from local.servicebus import QueueConfig
from tests.local.servicebus.process import ROOT, Process, broker_process, queues_file

_QUEUES = [QueueConfig("jobs"), QueueConfig("alerts")]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.servicebus", *arguments]
    return subprocess.run(  # noqa: S603 - our own module
        command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )


async def test_the_operator_sees_the_queues(tmp_path: Path) -> None:
    with broker_process(tmp_path, _QUEUES) as process:
        url = f"http://127.0.0.1:{process.ready['status_port']}/queues"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            counts = await response.json()
    empty = {"active": 0, "scheduled": 0, "dead_letter": 0, "locked": 0, "deferred": 0}
    assert counts == [{"name": "jobs", **empty}, {"name": "alerts", **empty}]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with broker_process(tmp_path, _QUEUES) as process:
        process.popen.send_signal(number)
        assert process.popen.wait(30) == 0


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    process = Process(["--port", "0", "--queues", str(queues_file(tmp_path, _QUEUES))])
    assert process.close() == 0


def test_a_busy_port_is_said_so(tmp_path: Path) -> None:
    file = queues_file(tmp_path, _QUEUES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = _run("--port", str(port), "--queues", str(file))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "address already in use" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_file_in_use_is_said_so(tmp_path: Path) -> None:
    with broker_process(tmp_path, _QUEUES):
        file, db = tmp_path / "queues.json", tmp_path / "bus.db"
        finished = _run("--port", "0", "--queues", str(file), "--db", str(db))
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "bus.db: database is locked" in finished.stderr
