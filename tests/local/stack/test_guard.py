"""Commands that end by themselves do not outlive whoever started them, even one that was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.guard import guarded
from local.wiring import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a FIFO of POSIX")

GRANDPARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"
GRANDCHILD = (
    "import sys, time; told = open(sys.argv[1], 'w'); print('up', file=told, flush=True); "
    "time.sleep(600)"
)
SET_UP = "from local.devtools.steps import run; run({command!r}, 'failed')"
NPM = (
    "import asyncio, os; from pathlib import Path; from local.processes import run_to_end; "
    "asyncio.run(run_to_end('npm', {command!r}, log=Path(os.devnull), environment=os.environ,"
    " folder=Path('.')))"
)


@pytest.mark.parametrize("starter", [SET_UP, NPM])
def test_a_command_dies_with_a_starter_that_was_killed(tmp_path: Path, starter: str) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = [sys.executable, "-c", GRANDPARENT, GRANDCHILD, str(fifo)]
    code = starter.format(command=command)
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)  # noqa: S603 - tests' own
    with fifo.open() as told:
        assert told.readline() == "up\n"
        parent.kill()
        parent.wait()
        assert told.read() == "", "it ends when nobody is left who could write"


def test_a_command_ends_with_its_own_exit_code() -> None:
    command = guarded([sys.executable, "-c", "import sys; sys.exit(len(sys.stdin.read()) or 7)"])
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ended:  # noqa: S603 - as above
        assert ended.wait() == 7
