"""The processes of the stack: started, awaited, watched and ended as one.

Each prints one JSON line `{"ready": true, ...}` on stdout when it serves, and ends in good order
when its stdin is closed. So none outlives this process, even one that was killed.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from local.guard import guarded

READY_SECONDS = 60.0
GRACE_SECONDS = 15.0
TAIL_LINES = 15


class ProcessError(Exception):
    """A process did not start, or ended by itself; the message ends with its last log lines."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        lines = "".join(f"\n    {line}" for line in tail(log))
        super().__init__(f"{name} {reason}. Its log, {log}, ends with:{lines or ' (nothing)'}")
        self.name = name


class Process:
    """One child; it can be started again after it ended."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = log
        self.environment = dict(environment)
        self._child: asyncio.subprocess.Process | None = None
        self._end: asyncio.Task[int] | None = None
        self._told_to_end = False

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def start(self) -> dict[str, Any]:
        """Start it; answers with its ready line.

        Raises ProcessError when it ends or stays silent instead.
        """
        self._told_to_end = False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C is for the supervisor, which ends them in order
            )
        ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._end = asyncio.create_task(self._until_its_end(self._child, ready))
        try:
            async with asyncio.timeout(READY_SECONDS):
                return await ready
        except TimeoutError:
            await self.kill()
            raise ProcessError(
                self.name, f"was not ready after {READY_SECONDS:.0f} s", self.log
            ) from None
        except BaseException:
            await self.kill()
            raise

    async def crash(self) -> ProcessError:
        """Wait until it ends without having been told to."""
        if self._end is None:
            raise RuntimeError(f"{self.name} was never started")
        code = await asyncio.shield(self._end)
        if self._told_to_end:
            await asyncio.Event().wait()
        return ProcessError(self.name, f"ended by itself with {code}", self.log)

    async def stop(self) -> None:
        """End it in good order; harder, and harder still, when it does not."""
        self._told_to_end = True
        if self._child is None or self._end is None or self._end.done():
            return
        if self._child.stdin:
            self._child.stdin.close()
        for harder in (_terminate, _kill):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), GRACE_SECONDS)
                break
            harder(self._child.pid)
        await self._end

    async def kill(self) -> None:
        """End it at once, as a power failure would."""
        self._told_to_end = True
        if self._child is None or self._end is None:
            return
        if self._child.returncode is None:
            _kill(self._child.pid)
        await self._end

    async def _until_its_end(
        self, child: asyncio.subprocess.Process, ready: asyncio.Future[dict[str, Any]]
    ) -> int:
        """Take in what it says; its exit code when it has ended, and all that it started too."""
        output = asyncio.create_task(self._copy_output(child, ready))
        code = await child.wait()
        # Now: later the number of its group may be somebody else's.
        _kill(child.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(output, GRACE_SECONDS)
        if not ready.done():
            ready.set_exception(
                ProcessError(self.name, f"did not start, and ended with {code}", self.log)
            )
        return code

    async def _copy_output(
        self, child: asyncio.subprocess.Process, ready: asyncio.Future[dict[str, Any]]
    ) -> None:
        stream = _stream(child)
        while not ready.done() and (line := await stream.readline()):
            said = _as_ready(line)
            if said is None or ready.done():
                self._write(line)
            else:
                ready.set_result(said)
        while chunk := await stream.read(65536):
            self._write(chunk)

    def _write(self, output: bytes) -> None:
        with self.log.open("ab") as log:
            log.write(output)


async def run_to_end(
    name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path
) -> None:
    """Run a command that ends by itself, and not after this process, even one that was killed.

    Raises ProcessError when it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = await asyncio.create_subprocess_exec(
            *guarded([*command]),
            stdin=PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    try:
        code = await child.wait()
    except BaseException:
        _kill(child.pid)
        raise
    if code:
        raise ProcessError(name, f"failed with {code}", log)


def tail(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log; none when there is no log."""
    if not log.exists():
        return []
    return log.read_text(errors="replace").rstrip().splitlines()[-lines:]


def _stream(child: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if child.stdout is None:
        raise RuntimeError("the process has no pipe for its output")
    return child.stdout


def _as_ready(line: bytes) -> dict[str, Any] | None:
    with contextlib.suppress(msgspec.DecodeError):
        said = msgspec.json.decode(line)
        if isinstance(said, dict) and said.get("ready") is True:
            return said
    return None


def _terminate(pid: int) -> None:
    _signal(pid, signal.SIGTERM)


def _kill(pid: int) -> None:
    _signal(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _signal(pid: int, number: signal.Signals) -> None:
    # Its whole group: the child leads a session of its own. Windows ends the child only.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, number)
        else:
            os.killpg(pid, number)
