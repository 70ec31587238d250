"""Processes of the stack: one ready line, a death that is noticed, no orphans."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from local import processes
from local.processes import Process, ProcessError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")

READY = 'print(\'{"ready": true, "port": 7}\', flush=True)'
GOOD = f"import sys; print('hello'); {READY}; sys.stdin.read()"
STUBBORN = f"import signal, time; signal.signal(15, signal.SIG_IGN); {READY}; time.sleep(600)"
PARENT = (
    f"import subprocess, sys, time; subprocess.Popen(['sleep', '600']); {READY}; time.sleep(600)"
)


def child(tmp_path: Path, code: str) -> Process:
    command = [sys.executable, "-c", code]
    return Process("child", command, log=tmp_path / "child.log", environment=os.environ)


def exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


async def test_its_ready_line_is_answered_and_the_rest_is_logged(tmp_path: Path) -> None:
    process = child(tmp_path, GOOD)
    assert await process.start() == {"ready": True, "port": 7}
    await process.stop()
    assert process.pid is None
    assert processes.tail(process.log) == ["hello"]


async def test_one_that_does_not_start_is_reported_with_its_last_lines(tmp_path: Path) -> None:
    process = child(tmp_path, "import sys; sys.exit('no such setting: X')")
    with pytest.raises(ProcessError, match=r"ended with 1(?s:.*)no such setting: X"):
        async with asyncio.timeout(20):
            await process.start()


async def test_one_that_stays_silent_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "READY_SECONDS", 0.2)
    process = child(tmp_path, "import time; time.sleep(600)")
    with pytest.raises(ProcessError, match="not ready after"):
        await process.start()
    assert process.pid is None


async def test_a_crash_is_told_with_the_last_lines(tmp_path: Path) -> None:
    process = child(tmp_path, f"import sys; {READY}; sys.exit('out of luck')")
    await process.start()
    async with asyncio.timeout(20):
        assert "out of luck" in str(await process.crash())


async def test_an_end_that_was_asked_for_is_no_crash(tmp_path: Path) -> None:
    process = child(tmp_path, GOOD)
    await process.start()
    crash = asyncio.create_task(process.crash())
    await process.stop()
    done, _ = await asyncio.wait([crash], timeout=0.1)
    crash.cancel()
    assert not done


async def test_one_that_does_not_listen_is_ended_the_hard_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = child(tmp_path, STUBBORN)
    await process.start()
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.1)
    await process.stop()
    assert process.pid is None


async def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    process = child(tmp_path, PARENT)
    await process.start()
    group = process.pid
    assert group
    await process.kill()
    async with asyncio.timeout(20):
        while exists(group):  # noqa: ASYNC110 - only the system knows when it is buried
            await asyncio.sleep(0.01)


async def test_it_can_be_started_again(tmp_path: Path) -> None:
    process = child(tmp_path, GOOD)
    await process.start()
    await process.kill()
    assert await process.start() == {"ready": True, "port": 7}
    await process.stop()
