"""How a process of the stack says that it serves, and how it is told to end."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TextIO

from local.arguments import Parser

_STDIN = 0


def add_option(parser: Parser) -> None:
    """Let a command line say whether the process ends with the one that started it."""
    parser.add_argument("--die-with-parent", action="store_true", help="end when stdin is closed")


def announce(ready: Mapping[str, object], output: TextIO | None = None) -> None:
    """Print the one line, `{"ready": true, ...}`, for which whoever started the process waits."""
    print(json.dumps({"ready": True, **ready}), file=output or sys.stdout, flush=True)


def stop_event(*, die_with_parent: bool) -> asyncio.Event:
    """An event of the running loop that is set by SIGTERM, SIGINT and, if asked, stdin's end."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if die_with_parent:
        threading.Thread(target=_at_end_of_input, args=(stop,), daemon=True).start()
    return stopped


def _at_end_of_input(stop: Callable[[], None]) -> None:
    # A thread, because not every event loop can read standard input (Windows); os.read, because
    # Python aborts at its end when a daemon thread still holds the lock of sys.stdin.
    while os.read(_STDIN, 4096):
        pass
    stop()
