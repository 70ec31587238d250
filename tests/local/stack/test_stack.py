"""The stack as a whole: what is wired to what, and what happens when something dies."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from local.environment import app_settings
from local.functions.keys import load_keys
from local.processes import Process, ProcessError
from local.running import find
from local.stack import Stack
from tests.local.stack.conftest import APP, Make, call

ROOT = APP.parents[3]
SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from local.stack import Stack
async def main():
    async with Stack(Path(sys.argv[1]), app=Path(sys.argv[2])):
        print("up", flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


async def test_rows_written_just_before_the_stop_are_there_after_the_next_start(
    make: Make,
) -> None:
    async with make() as stack:
        for row in range(20):
            await call(stack, "PUT", f"api/rows/{row}")
    async with make() as stack:
        assert sorted(await call(stack, "GET", "api/rows")) == sorted(map(str, range(20)))


@posix
async def test_a_death_is_told_with_the_last_log_lines_and_nothing_is_started_again(
    make: Make,
) -> None:
    async with make() as stack:
        [*children, functions] = _children(stack)
        os.kill(functions, signal.SIGKILL)
        async with asyncio.timeout(20):
            crash = await stack.crash()
        assert "functions ended by itself with -9" in str(crash)
        assert "receiving from jobs-urgent" in str(crash)
        with pytest.raises(aiohttp.ClientError):
            await call(stack, "GET", "api/rows")
        stack.crashes.clear()
    assert not any(map(_exists, children))


@posix
async def test_a_death_that_nobody_asked_about_fails_the_block(make: Make) -> None:
    stack = await make().__aenter__()
    os.kill(_pid_of(stack, "azure"), signal.SIGKILL)
    await stack.crash()
    with pytest.raises(ProcessError, match="azure ended by itself"):
        await stack.__aexit__(None, None, None)


async def test_an_app_that_does_not_load_is_explained_and_leaves_nothing_running(
    make: Make, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "host.json").write_text('{"version": "2.0"}')
    (broken / "function_app.py").write_text("import no_such_module\n")
    with pytest.raises(ProcessError, match="no_such_module"):
        async with make(app=broken):
            pass
    async with make():  # nothing holds the folder
        pass


async def test_another_host_can_serve_the_app(make: Make, tmp_path: Path) -> None:
    async with make(host=False) as stack:
        assert stack.addresses.functions
        with pytest.raises(aiohttp.ClientError):
            await call(stack, "GET", "api/rows")
        options = ["--app", str(APP), "--port", str(stack.addresses.functions)]
        options += ["--keys", str(tmp_path / "state/functions/keys.json")]
        host = Process(
            "other",
            [sys.executable, "-m", "local.functions", *options, "--die-with-parent"],
            log=tmp_path / "other.log",
            environment={**os.environ, **app_settings(stack.addresses)},
        )
        await host.start()
        try:
            await stack.control.do("subscribe", url=stack.event_endpoint)
            await stack.control.do("push", image="contoso/shop/cart:new")
            assert await stack.inbox.messages(wait=20)
        finally:
            await host.stop()


async def test_two_stacks_run_side_by_side(make: Make) -> None:
    async with make("one") as one, make("two") as two:
        await one.control.do("push", image="contoso/shop/cart:new")
        assert await one.inbox.messages(wait=20)
        assert not await two.inbox.messages()
        assert one.addresses.ca_bundle != two.addresses.ca_bundle


@posix
async def test_a_supervisor_that_was_killed_leaves_no_orphan_and_loses_no_row(
    make: Make, tmp_path: Path
) -> None:
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SUPERVISOR, str(tmp_path / "state"), str(APP),
        stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert supervisor.stdout
    assert await supervisor.stdout.readline() == b"up\n"
    running = find(tmp_path / "state")
    assert running
    stack = make()
    headers = {"x-functions-key": _default_key(running.keys_file)}
    async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as http:
        await http.put(f"{running.addresses.functions_url}/api/rows/kept")
    supervisor.kill()
    await supervisor.wait()
    async with stack:
        assert not any(map(_exists, running.children))
        assert await call(stack, "GET", "api/rows") == ["kept"]


def _children(stack: Stack) -> list[int]:
    running = find(stack.state)
    assert running
    return [_pid_of(stack, name) for name in ("servicebus", "tables", "azure", "functions")]


def _pid_of(stack: Stack, name: str) -> int:
    pid = stack._processes[name].pid
    assert pid
    return pid


def _default_key(file: str) -> str:
    return load_keys(Path(file)).function_keys["default"]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
