"""One step of the set-up: a command whose progress is shown and whose failure is explained.

Standard library only, any Python from 3.9 on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque

from local.guard import guarded

SHOWN = ("Collecting ", "Installing ")
"""How the lines of pip begin that are worth showing."""


class SetupError(Exception):
    """The set-up cannot go on; the message says what was tried and what to do."""


def say(text: str) -> None:
    """Tell the person in front of it, leaving standard output to the verb."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the one place that prints


def run(command: list[str], failure: str) -> None:
    """Run one step to its end. An interrupt ends the command too, and so does kill -9.

    Raises SetupError: what failed, the command, and the last lines it wrote.
    """
    last: deque[str] = deque(maxlen=12)
    step = subprocess.Popen(  # noqa: S603 - commands of this project only
        guarded(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that what the command started can be ended with it
    )
    try:
        for line in step.stdout or ():
            last.append(line.rstrip())
            if line.startswith(SHOWN):
                say("  " + line.partition(" (from ")[0].strip()[:100])
    finally:
        if sys.exc_info()[0]:
            end(step)
        step.wait()
    if step.returncode:
        lines = "\n".join(f"    {line}" for line in last)
        raise SetupError(f"{failure}\n  tried: {' '.join(command)}\n  it said:\n{lines}")


def end(step: subprocess.Popen[str]) -> None:
    """End a command that was started as a session of its own, with all that it started."""
    if sys.platform == "win32":
        step.terminate()
    else:
        os.killpg(step.pid, signal.SIGTERM)
