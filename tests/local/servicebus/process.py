"""`python -m local.servicebus` as a process, started and killed by tests."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import msgspec

from local.servicebus import QueueConfig

ROOT = Path(__file__).parents[3]


class Process:
    """A broker that has said that it is ready."""

    def __init__(self, arguments: list[str]) -> None:
        command = [sys.executable, "-m", "local.servicebus", "--die-with-parent", *arguments]
        self.popen = subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.popen.stdout is not None
        self.ready: dict[str, int] = json.loads(self.popen.stdout.readline())

    @property
    def port(self) -> int:
        return self.ready["port"]

    def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        self.popen.kill()
        self.close()

    def close(self) -> int:
        """Close the process's standard input, as a parent that dies does; its exit code."""
        with self.popen:
            assert self.popen.stdin is not None
            self.popen.stdin.close()
            return self.popen.wait(30)


def queues_file(directory: Path, queues: Iterable[QueueConfig]) -> Path:
    path = directory / "queues.json"
    path.write_bytes(msgspec.json.encode(list(queues)))
    return path


@contextmanager
def broker_process(
    directory: Path, queues: Iterable[QueueConfig], *, port: int = 0
) -> Generator[Process]:
    """A broker on a file in `directory`, stopped in good order unless it was killed."""
    file = queues_file(directory, queues)
    arguments = ["--port", str(port), "--queues", str(file), "--db", str(directory / "bus.db")]
    process = Process([*arguments, "--status-port", "0"])
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.close()
