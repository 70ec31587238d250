"""Hosts and brokers as processes of their own, and what the toy app has noted."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from local.functions.keys import HostKeys

ROOT = Path(__file__).parents[3]
TOY = Path(__file__).parent / "app"
WITHOUT_QUEUES = {
    "AzureWebJobs.on_job.Disabled": "1",
    "AzureWebJobs.on_dead_letter.Disabled": "true",
}
SETTINGS = {
    "IsEncrypted": False,
    "Values": {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureWebJobsDisableHomepage": "true",
        "TICK_SCHEDULE": "0 0 0 1 1 *",
        "JOBS_QUEUE": "jobs",
        "GREETING": "from local.settings.json",
    },
}

type Note = dict[str, Any]


def toy_app(folder: Path) -> Path:
    """A copy of the toy with its local.settings.json, which no repository should hold."""
    app = folder / "app"
    shutil.copytree(TOY, app)
    (app / "local.settings.json").write_text(json.dumps(SETTINGS))
    return app


@dataclass(frozen=True)
class Answer:
    """An HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Process:
    """A `python -m local.X` that said that it is ready."""

    def __init__(
        self, module: str, arguments: list[str], env: Mapping[str, str], log: Path
    ) -> None:
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", module, *arguments, "--die-with-parent"],
                cwd=ROOT,
                env={**os.environ, **env},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, log.read_text()
        self.ready: dict[str, Any] = json.loads(line)
        self.port: int = self.ready["port"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class HostProcess(Process):
    """A host with the toy app, all its files in one folder."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.seen = folder / "seen.jsonl"
        self.state = folder / "state"
        app = folder / "app" if (folder / "app").exists() else toy_app(folder)
        keys = folder / "keys.json"
        arguments = ["--app", str(app), "--state", str(self.state), "--keys", str(keys)]
        arguments += ["--port", "0"]
        env = {"SEEN": str(self.seen), **env}
        super().__init__("local.functions", arguments, env, folder / "host.log")
        self.keys = msgspec.json.decode(keys.read_bytes(), type=HostKeys)

    async def ask(self, method: str, path: str, key: str = "", **arguments: Any) -> Answer:
        headers = {**arguments.pop("headers", {}), **({"x-functions-key": key} if key else {})}
        url = f"http://127.0.0.1:{self.port}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, headers=headers, **arguments) as response,
        ):
            cookies = response.headers.getall("Set-Cookie", [])
            text = await response.text()
            return Answer(response.status, response.headers.copy(), cookies, text)

    def notes(self, function: str, **wanted: object) -> list[Note]:
        """What a function noted, oldest first; `wanted` selects by the values of fields."""
        lines = self.seen.read_text().splitlines() if self.seen.exists() else []
        notes = [note for note in map(json.loads, lines) if note["function"] == function]
        return [n for n in notes if all(n.get(key) == value for key, value in wanted.items())]

    async def noted(
        self, function: str, *, count: int = 1, within: float = 30.0, **wanted: object
    ) -> list[Note]:
        """Wait for so many notes."""
        await until(lambda: len(self.notes(function, **wanted)) >= count, within)
        return self.notes(function, **wanted)


async def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds; fails after a time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def broker_process(folder: Path, queues: list[dict[str, object]], port: int = 0) -> Process:
    """The local Service Bus with its database in a folder."""
    (folder / "queues.json").write_text(json.dumps(queues))
    arguments = ["--port", str(port), "--status-port", "0", "--db", str(folder / "broker.db")]
    arguments += ["--queues", str(folder / "queues.json")]
    return Process("local.servicebus", arguments, {}, folder / "broker.log")
