"""The local stack: four processes on one machine that stand for Azure, wired to each other.

    async with Stack(tmp_path) as stack:
        await stack.control.do("delete", image="contoso/shop/cart:3.1")
        [card] = await stack.inbox.messages(wait=10, channel="teams")

`servicebus`, `tables` and `azure` start at once, `functions` when they are ready. Nothing is
started again by itself: a process that dies is told, with its last log lines.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local import azurite, ports
from local.control import Control
from local.environment import Addresses, for_clients
from local.functions.keys import HostKeys
from local.inbox.reader import Reader
from local.processes import Process, ProcessError
from local.running import RunningStack, announce, sole_stack
from local.wiring import CONTOSO, EVENT_FUNCTION, QUEUES, ROOT, Wiring

BACKGROUND: Final = ("servicebus", "tables", "azure")
STOP_ORDER: Final = ("functions", "azure", "servicebus", "tables")
"""Who works first, who keeps last."""
KEPT: Final = ("tables", "servicebus.db*", "functions/timers", "azure/inbox.jsonl")
"""What the app and the inbox keep, in the state folder."""

type Tell = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody."""


class Stack:
    """One stack with a state folder of its own; as many as one likes run side by side.

    `settings` are app settings beside and above the usual ones; `queues` is the file that lists
    the broker's; `fresh` forgets what the app and the inbox kept from earlier; without `host` the
    app is left to another Functions host. Ports that are 0, or not in `wanted`, are any free ones.
    Entering raises AlreadyRunningError, InstallError
    (Azurite) or ProcessError; leaving raises the ProcessError of a process that ended by itself.
    """

    def __init__(
        self,
        state: Path,
        *,
        estate: Path = CONTOSO,
        app: Path = ROOT,
        settings: Mapping[str, str] | None = None,
        wanted: Mapping[str, int] = ports.ANY,
        queues: Path = QUEUES,
        fresh: bool = False,
        host: bool = True,
        tell: Tell = silent,
    ) -> None:
        self.state = state.resolve()
        self.crashes: list[ProcessError] = []
        self._wiring = Wiring(
            state,
            estate=estate,
            app=app,
            settings=settings or {},
            wanted=wanted,
            queues=queues,
        )
        self.has_host = host
        self._fresh = fresh
        self._tell = tell
        self._processes: dict[str, Process] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._crashed = asyncio.Event()
        self._held = ExitStack()

    async def __aenter__(self) -> Self:
        """Start everything."""
        self._held.enter_context(sole_stack(self.state))
        try:
            if self._fresh:
                self._forget()
            await azurite.install(self._tell)
            await self._start_all()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Stop everything."""
        await self.stop()
        if kind is None and self.crashes:
            raise self.crashes[0]

    @property
    def addresses(self) -> Addresses:
        """Where everything is."""
        return self._wiring.addresses

    @property
    def url(self) -> str:
        """The Functions host: the dashboard, the HTTP functions, the admin API."""
        return self.addresses.functions_url

    @property
    def keys(self) -> HostKeys:
        """The keys of the Functions host."""
        return self._wiring.keys

    @property
    def control(self) -> Control:
        """The verbs that edit the estate."""
        return Control(self.addresses.control_url)

    @property
    def inbox(self) -> Reader:
        """What Teams and mail received."""
        return Reader(self.addresses.inbox_url)

    @property
    def event_endpoint(self) -> str:
        """Where Event Grid delivers; a key is in it."""
        return self._wiring.event_endpoint

    def env(self, place: str = "laptop") -> dict[str, str]:
        """The environment of a client that stands at a place of the estate."""
        return for_clients(self.addresses, place)

    def log(self, name: str) -> Path:
        """The log of a process."""
        return self.state / "logs" / f"{name}.log"

    async def start(self, name: str) -> None:
        """Start one process, on the ports it had before. Raises ProcessError."""
        started = time.monotonic()
        wiring, log = self._wiring, self.log(name)
        process = Process(name, wiring.command(name), log=log, environment=wiring.environment(name))
        self._processes[name] = process
        wiring.learn(name, await process.start())
        self._watches[name] = asyncio.create_task(self._watch(process))
        self._tell(f"  {name} is ready ({time.monotonic() - started:.1f} s)")

    async def kill(self, name: str) -> None:
        """End one process at once, as a power failure would."""
        self._watches.pop(name).cancel()
        await self._processes[name].kill()

    async def end(self, name: str) -> None:
        """End one process in good order: it loses nothing, but is away until it is started."""
        self._watches.pop(name).cancel()
        await self._processes[name].stop()

    async def subscribe(self) -> None:
        """Have the events of all registries delivered to the app; both must be up."""
        if EVENT_FUNCTION in self._wiring.functions:
            await self.control.do("subscribe", url=self.event_endpoint)
        else:
            self._tell(f"  the app has no function {EVENT_FUNCTION}: it gets no events")

    async def crash(self) -> ProcessError:
        """Wait until a process ends by itself: which, and its last log lines."""
        await self._crashed.wait()
        return self.crashes[0]

    async def stop(self) -> None:
        """Stop all processes in order."""
        for watch in self._watches.values():
            watch.cancel()
        for name in STOP_ORDER:
            if process := self._processes.pop(name, None):
                await process.stop()
        self._held.close()

    def _forget(self) -> None:
        for kept in (path for pattern in KEPT for path in self.state.glob(pattern)):
            if kept.is_dir():
                shutil.rmtree(kept)
            else:
                kept.unlink()

    async def _start_all(self) -> None:
        self._tell("Starting the local stack ...")
        for name in STOP_ORDER:
            self.log(name).unlink(missing_ok=True)
        try:
            async with asyncio.TaskGroup() as group:
                for name in BACKGROUND:
                    group.create_task(self.start(name))
        except* ProcessError as failed:
            raise _first(failed) from None
        self._wiring.choose_functions_port()
        if self.has_host:
            await self.start("functions")
            await self.subscribe()
        announce(self.state, self._running())

    def _running(self) -> RunningStack:
        pids = [process.pid for process in self._processes.values()]
        return RunningStack(
            pid=os.getpid(),
            children=tuple(pid for pid in pids if pid),
            addresses=self.addresses,
            keys_file=str(self._wiring.keys_file),
        )

    async def _watch(self, process: Process) -> None:
        crash = await process.crash()
        self.crashes.append(crash)
        self._crashed.set()
        self._tell(str(crash))


def _first(failed: ExceptionGroup[ProcessError]) -> BaseException:
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
