"""A lock between processes: one file, freed by the system when its holder ends, however it does.

Standard library only, any Python from 3.9 on: dev.py uses it before anything is installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PAUSE_SECONDS = 0.2


class LockedError(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock while the block runs. Raises LockedError at once when another has it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as opened:
        if not _try(opened.fileno()):
            raise LockedError(str(file))
        yield


@contextlib.contextmanager
def waiting_for(file: Path, tell: Callable[[], None]) -> Iterator[None]:
    """Hold the lock while the block runs; `tell` is called once if it must be waited for."""
    with contextlib.ExitStack() as held:
        for pause in _attempts(held, file, tell):
            time.sleep(pause)
        yield


@contextlib.asynccontextmanager
async def async_waiting_for(file: Path, tell: Callable[[], None]) -> AsyncIterator[None]:
    """The same, without holding up the event loop."""
    with contextlib.ExitStack() as held:
        for pause in _attempts(held, file, tell):
            await asyncio.sleep(pause)
        yield


def _attempts(held: contextlib.ExitStack, file: Path, tell: Callable[[], None]) -> Iterator[float]:
    told = False
    while True:
        try:
            held.enter_context(locked(file))
        except LockedError:
            if not told:
                tell()
            told = True
            yield PAUSE_SECONDS
        else:
            return


def _try(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
