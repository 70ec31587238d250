"""Which stack runs on a state folder: a lock that cannot be left behind, and where to reach it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from local.environment import Addresses
from local.locking import LockedError, locked

STATE = Path(__file__).resolve().parents[1] / ".local"
"""The state of the stack that `up` and `demo` start."""
FILE = "stack.json"
LEFTOVER_SECONDS = 10.0


class RunningStack(Struct, frozen=True, kw_only=True):
    """What stack.json says. It is readable by its owner only: keys of this machine are in it."""

    pid: int
    children: tuple[int, ...]
    addresses: Addresses
    keys_file: str


class AlreadyRunningError(Exception):
    """Another stack holds the state folder; `stack` is None while it starts or stops."""

    def __init__(self, stack: RunningStack | None) -> None:
        where = stack.addresses.functions_url if stack else "starting or stopping just now"
        super().__init__(f"A stack runs already: {where}")
        self.stack = stack


@contextmanager
def sole_stack(state: Path) -> Iterator[None]:
    """Hold the state folder. Raises AlreadyRunningError.

    Children of a stack that was killed end by themselves, within moments; they are waited for.
    """
    try:
        with locked(state / "stack.lock"):
            left = find(state, alive_only=False)
            if left:
                _wait_for_end(left.children)
            try:
                yield
            finally:
                (state / FILE).unlink(missing_ok=True)
    except LockedError as why:
        raise AlreadyRunningError(find(state, alive_only=False)) from why


def announce(state: Path, stack: RunningStack) -> None:
    """Write stack.json, in one go."""
    new = state / f"{FILE}.new"
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_bytes(msgspec.json.encode(stack))
    new.replace(state / FILE)


def find(state: Path, *, alive_only: bool = True) -> RunningStack | None:
    """The stack that runs on a state folder, if one does."""
    try:
        stack = msgspec.json.decode((state / FILE).read_bytes(), type=RunningStack)
    except (OSError, msgspec.DecodeError):
        return None
    if not alive_only:
        return stack
    try:
        with locked(state / "stack.lock"):
            return None
    except LockedError:
        return stack


def _wait_for_end(pids: tuple[int, ...]) -> None:
    until = time.monotonic() + LEFTOVER_SECONDS
    while any(_exists(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)


def _exists(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill(pid, 0) would end it there
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # the number was given to a process of somebody else
    return True
