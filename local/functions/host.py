"""The host: loads the app, listens for all that triggers it, stops without losing work."""

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aiohttp import web

from local.functions.admin import AdminApi
from local.functions.errors import StartupError
from local.functions.event_grid import EventGridWebhook
from local.functions.http import HttpTriggers
from local.functions.invoker import Invoker
from local.functions.keys import HostKeys, load_keys
from local.functions.service_bus import QueueListener, connection_string
from local.functions.settings import HostOptions, load_local_settings, read_host_json
from local.functions.timers import TimerListener
from local.functions.triggers import Function, ServiceBusTrigger, TimerTrigger, served
from local.functions.worker import Worker

_LARGEST_BODY = 100 * 1024 * 1024  # the limit of Azure
_FIRST_CONNECT_SECONDS = 2.0
_GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Home:
    """Where a host lives: the app's folder, its own state, its keys, its port (0 means any)."""

    app: Path
    state: Path
    keys: Path
    port: int = 0


class Listener(Protocol):
    """Something that calls a function of its own accord."""

    def start(self) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """Start no more calls."""


class Host:
    """One app, served on 127.0.0.1. Made by `start_host`."""

    def __init__(
        self,
        functions: tuple[Function, ...],
        invoker: Invoker,
        queues: list[QueueListener],
        timers: list[TimerListener],
    ) -> None:
        self.functions = functions
        self.port = 0
        self._invoker = invoker
        self._queues = queues
        self._listeners: list[Listener] = [*queues, *timers]
        self._runner: web.AppRunner | None = None

    async def listen(self, site: web.Application, port: int) -> None:
        """Open the port and start every listener.

        Returns when queues can deliver, or after a few seconds without their broker, for which the
        host goes on waiting. Raises StartupError where the port is taken.
        """
        listening = _socket(port)
        self.port = listening.getsockname()[1]
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=_GRACE_SECONDS)
        await self._runner.setup()
        for listener in self._listeners:
            listener.start()
        if self._queues:
            opened = [asyncio.create_task(queue.listening()) for queue in self._queues]
            await asyncio.wait(opened, timeout=_FIRST_CONNECT_SECONDS)
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Take no more work, let running calls end for a while, give everything else back."""
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        if self._runner is not None:
            await asyncio.gather(self._runner.cleanup(), self._invoker.drain(_GRACE_SECONDS))
        await asyncio.gather(*(queue.close() for queue in self._queues))


async def start_host(home: Home) -> Host:
    """Load an app and serve it. Settings of the process are filled in. Raises StartupError."""
    if not home.app.is_dir():
        raise StartupError(f"{home.app} is not a folder")
    load_local_settings(home.app, os.environ)
    options = read_host_json(home.app, os.environ)
    keys = load_keys(home.keys)
    worker = Worker()
    functions = served(await worker.load(home.app), os.environ)
    invoker = Invoker(worker, options.timeout)
    enabled = [function for function in functions if not function.disabled]
    host = Host(
        functions,
        invoker,
        queues=_queues(enabled, options, invoker),
        timers=_timers(enabled, home.state, invoker),
    )
    await host.listen(_site(functions, options, invoker, keys), home.port)
    return host


def _site(
    functions: tuple[Function, ...], options: HostOptions, invoker: Invoker, keys: HostKeys
) -> web.Application:
    site = web.Application(client_max_size=_LARGEST_BODY)
    events = EventGridWebhook(functions, invoker, keys)
    homepage = not _is_true(os.environ, "AzureWebJobsDisableHomepage")
    prefix = options.extensions.http.route_prefix
    http = HttpTriggers(functions, prefix, invoker, keys, homepage=homepage)
    site.router.add_route("*", "/runtime/webhooks/{extension:(?i:eventgrid)}", events.handle)
    AdminApi(functions, invoker, keys).add_routes(site.router)
    site.router.add_route("*", "/{path:.*}", http.handle)
    return site


def _queues(
    functions: list[Function], options: HostOptions, invoker: Invoker
) -> list[QueueListener]:
    service_bus = options.extensions.service_bus
    listeners = []
    for function in functions:
        if isinstance(trigger := function.trigger, ServiceBusTrigger):
            setting = connection_string(function.name, trigger, os.environ)
            listeners.append(QueueListener(function, trigger, setting, service_bus, invoker))
    return listeners


def _timers(functions: list[Function], state: Path, invoker: Invoker) -> list[TimerListener]:
    return [
        TimerListener(function, function.trigger, state, invoker)
        for function in functions
        if isinstance(function.trigger, TimerTrigger)
    ]


def _socket(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise StartupError(f"cannot listen on 127.0.0.1:{port}: {reason}") from None


def _is_true(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() == "true"
