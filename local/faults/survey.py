"""One simulated Azure and the app beside it: estates in, diagnoses out, over the real wire.

The app runs as a process of its own, `python -m shared survey --follow`, and knows nothing but
its environment. Between two estates only the simulator's world is changed.
"""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

from local.control import Control
from local.environment import Entrance, for_clients, inherited
from local.processes import Process, ProcessError
from local.wiring import ROOT, AzureReady

PATIENCE: Final = 120.0
"""Seconds that the app may take for one estate."""
LONGEST_LINE: Final = 1 << 28
IMPATIENT: Final = {
    "REQUEST_TIMEOUT_SECONDS": "5",
    "RETRY_ATTEMPTS": "2",
    "RETRY_AFTER_CAP_SECONDS": "0",
}
"""Settings for planted faults: what is broken stays broken, however long one waits."""
OUTCOMES: Final = ("skipped", "pass", "unknown", "warn", "fail")


class Seen(Struct, frozen=True, order=True):
    """What the app says of one pull. `problems` are codes, the root cause first."""

    workload: str
    image: str
    outcome: str
    root_cause: str | None
    problems: tuple[str, ...]
    confidence: str | None


class Ask(Struct, frozen=True):
    """A question to the app, as ``POST /api/checks`` takes it; ``workload`` is an ARM id."""

    image: str
    workload: str
    error: str = ""


class Verb(Struct, frozen=True):
    """A verb of the control API with its arguments."""

    name: str
    arguments: Mapping[str, object]


class Surveyor:
    """Diagnoses whole estates, one after the other. Entering raises ProcessError."""

    def __init__(self, state: Path, estate: Path, settings: Mapping[str, str] = {}) -> None:
        self._file = state / "estate.yaml"
        self._state = state
        self._first = estate.read_text(encoding="utf-8")
        self._settings = dict(settings)
        self._azure: Process | None = None
        self._app: asyncio.subprocess.Process | None = None
        self._control = Control("")

    async def __aenter__(self) -> Self:
        """Start both processes."""
        self._state.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._first, encoding="utf-8")
        base = {**inherited(os.environ), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "local.azure", "--estate", str(self._file)]
        command += ["--state", str(self._state / "azure"), "--die-with-parent"]
        log = self._state / "azure.log"
        self._azure = Process("azure", command, log=log, environment=base)
        try:
            ready = msgspec.convert(await self._azure.start(), AzureReady)
            self._control = Control(f"http://127.0.0.1:{ready.ports['control']}")
            self._app = await self._start_app({**base, **_clients(ready), **self._settings})
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Stop both."""
        await self.close()

    async def close(self) -> None:
        """Stop both processes."""
        if self._app and self._app.returncode is None:
            self._app.kill()
            await self._app.wait()
        if self._azure:
            await self._azure.stop()

    async def put(self, estate: str, verbs: Iterable[Verb] = ()) -> None:
        """Make this the world: an estate as YAML, then verbs. Raises ControlError."""
        self._file.write_text(estate, encoding="utf-8")
        await self._control.do("reset")
        for verb in verbs:
            await self._control.do(verb.name, **verb.arguments)

    async def look(self, questions: Sequence[Ask] = ()) -> list[Seen]:
        """What the app says of every pull, and to questions: an answer stands for the pull.

        Raises ProcessError when the app dies or hangs.
        """
        app = self._app
        if app is None or app.stdin is None or app.stdout is None:
            raise RuntimeError("not started")
        app.stdin.write(msgspec.json.encode(questions) + b"\n")
        await app.stdin.drain()
        try:
            line = await asyncio.wait_for(app.stdout.readline(), PATIENCE)
        except TimeoutError:
            line = b""
        if not line:
            raise ProcessError("the app", "gave no answer", self._state / "app.log")
        found = [*map(as_seen, msgspec.json.decode(line)["diagnoses"])]
        return answered(found, len(questions))

    async def _start_app(self, environment: Mapping[str, str]) -> asyncio.subprocess.Process:
        with (self._state / "app.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "shared", "survey", "--follow"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=dict(environment),
                cwd=ROOT,
                limit=LONGEST_LINE,
            )


def answered(found: Sequence[Seen], questions: int) -> list[Seen]:
    """The answers, which come last, instead of what was said of their workloads unasked."""
    surveyed, answers = found[: len(found) - questions], found[len(found) - questions :]
    asked = {name(one) for one in answers}
    return sorted([*(one for one in surveyed if name(one) not in asked), *answers])


def name(seen: Seen) -> str:
    """A workload's own name, without the cluster or the app that holds it."""
    return seen.workload.rpartition("/")[2]


def as_seen(diagnosis: Mapping[str, Any]) -> Seen:
    """A diagnosis as the app writes it, in short."""
    found = [one for result in diagnosis["results"] for one in result["findings"]]
    root = diagnosis["root"]["code"] if diagnosis["root"] else None
    codes = dict.fromkeys([*([root] if root else []), *(one["code"] for one in found)])
    return Seen(
        workload=diagnosis["pull"]["workload"]["name"],
        image=_image(diagnosis["pull"]["image"]),
        outcome=OUTCOMES[diagnosis["outcome"]],
        root_cause=root,
        problems=tuple(codes),
        confidence=diagnosis["confidence"],
    )


def _image(image: Mapping[str, str]) -> str:
    tag = f":{image['tag']}" if image.get("tag") else ""
    digest = f"@{image['digest']}" if image.get("digest") else ""
    return f"{image['registry']}/{image['repository']}{tag}{digest}"


def _clients(ready: AzureReady) -> dict[str, str]:
    return for_clients(
        Entrance(
            proxy=ready.ports["proxy"],
            dns=ready.ports["dns"],
            msi=ready.ports["msi"],
            ca_bundle=ready.ca_bundle,
            identity_header=ready.identity_header,
        ),
        "pullwatch",
    )
