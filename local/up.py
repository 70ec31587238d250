"""`python -m local up` and `demo`: a stack for a person, until Ctrl-C."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local import ports
from local.azurite import InstallError
from local.environment import Addresses
from local.processes import ProcessError
from local.running import STATE, AlreadyRunningError
from local.stack import Stack
from local.wiring import ROOT

INTERRUPTED = 130


def tell(text: str) -> None:
    """Progress goes to standard error: standard output may be somebody's JSON."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for the person in front of it


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a stack is to run, and where it keeps its state; `fresh`: what it kept is forgotten.

    Without `host` the app is left to another Functions host, such as Core Tools.
    """

    state: Path
    estate: Path
    app: Path
    fresh: bool = False
    host: bool = True


type Work = Callable[[Stack], Awaitable[int]]


def run(contents: Contents, work: Work) -> int:
    """Start a stack, do the work on it, stop the stack; the exit code.

    130 after Ctrl-C or SIGTERM, at whatever moment it came; 1 when a process did not start or
    died; 0 when such a stack runs already.
    """
    return asyncio.run(_until_interrupted(_run(contents, work)))


async def stay(stack: Stack) -> int:
    """Stay up until a process dies."""
    if stack.has_host:
        key = stack.keys.function_keys["default"]
        tell(guide(stack.addresses, stack.state, key))
    else:
        tell(guide_without_host(stack.addresses, stack.state, stack.event_endpoint))
    await stack.crash()
    return 1


async def _run(contents: Contents, work: Work) -> int:
    # The usual ports are for the usual stack; one with a state of its own keeps out of the way.
    wanted, taken = ports.usual() if contents.state == STATE else (ports.ANY, [])
    stack = Stack(
        contents.state,
        estate=contents.estate,
        app=contents.app,
        wanted=wanted,
        fresh=contents.fresh,
        host=contents.host,
        tell=tell,
    )
    try:
        async with stack:
            if taken:
                tell(f"  in use, so others were taken: {', '.join(taken)}")
            try:
                return await work(stack)
            finally:
                tell("Stopping ...")
    except AlreadyRunningError as why:
        tell(str(why))
        return 0 if why.stack else 1
    except InstallError as why:
        tell(f"\n{why}")
    except OSError as why:  # a state folder that cannot be written, a full disk, no free port
        tell(f"\nThe stack does not run in {contents.state}: {why}")
    except ProcessError as why:
        if why not in stack.crashes:  # those were told when they happened
            tell(f"\n{why}")
    return 1


async def _until_interrupted(work: Awaitable[int]) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    told: list[int] = []

    def interrupt(number: int, _: object) -> None:
        if not told:  # a second Ctrl-C does not cut the stopping short
            loop.call_soon_threadsafe(task.cancel)
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    with suppress(asyncio.CancelledError):
        return await task
    return INTERRUPTED


def guide(at: Addresses, state: Path, key: str) -> str:
    """What can be done with a stack that is up. The key opens this machine's stack only."""
    local = _command(state)
    return f"""
The local stack is up:
  the dashboard   {at.functions_url}/?code={key}
  the inbox       {at.inbox_url}   what Teams and mail received
  the verbs       {at.control_url}   which edit the estate

In another terminal, for example:
  {local} delete contoso/shop/cart:3.1
  {local} inbox
  {local} -h                    tells all verbs
  eval "$({local} env)"         then skopeo, az and curl meet the estate

Ctrl-C stops it. Logs are in {_shown(state / "logs")}."""


def guide_without_host(at: Addresses, state: Path, endpoint: str) -> str:
    """What starts the app on a stack that was started without it."""
    local = _command(state)
    return f"""
The local stack is up, without the app. In another terminal:
  eval "$({local} env --for-app)"
  func start --port {at.functions}
and, once that serves, for the events of the registries:
  {local} subscribe '{endpoint}'

  the inbox       {at.inbox_url}   what Teams and mail received
  the verbs       {at.control_url}   which edit the estate

Ctrl-C stops it. docs/local-stack.md tells what func needs besides."""


def _command(state: Path) -> str:
    python = _shown(Path(sys.executable))
    return f"{python} -m local" if state == STATE else f"{python} -m local --state {state}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
