"""Runs a command that must not outlive whoever started it: `python guard.py COMMAND ...`.

Standard input is the thread to that process: at its end, also when the process was killed, the
command is killed with all that it started. It has no standard input of its own.

Standard library only, any Python from 3.9 on: dev.py uses it before anything is installed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

_STDIN = 0


def guarded(command: list[str]) -> list[str]:
    """The command under guard, to be started with a pipe as its standard input."""
    return [sys.executable, str(Path(__file__).resolve()), *command]


def main(command: list[str]) -> int:
    """Run the command to its end; its exit code."""
    if sys.platform != "win32" and os.getpgrp() != os.getpid():
        os.setsid()  # what is killed is this group, which must be nobody else's
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:  # noqa: S603 - as asked
        threading.Thread(target=_end_with_starter, args=(child,), daemon=True).start()
        return child.wait()


def _end_with_starter(child: subprocess.Popen[bytes]) -> None:
    while os.read(_STDIN, 4096):
        pass
    if sys.platform == "win32":
        child.kill()
    else:
        os.killpg(0, signal.SIGKILL)  # this session: the guard, the command, what it started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
