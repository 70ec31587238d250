"""Which files of tests run in one process, one after the other, and which of them begin first."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

TOGETHER: Final = {
    "tests/e2e/test_command_line.py": "harbour 1",
    "tests/e2e/test_bad_events.py": "harbour 1",
    "tests/e2e/test_images.py": "harbour 1",
    "tests/e2e/test_http.py": "harbour 2",
    "tests/e2e/test_queued_events.py": "harbour 2",
    "tests/e2e/test_signals.py": "harbour 2",
    "tests/e2e/test_skopeo.py": "harbour 2",
    "tests/e2e/test_trouble.py": "harbour 2",
}
"""Files that share a stack: with one in each process, there would be as many stacks."""

ONE_SIMULATOR: Final = "tests/local/azure/"
"""A folder whose files share a process in the same way."""

FIRST: Final = (
    "tests/e2e/test_crashes.py",
    "tests/e2e/test_storm.py",
    "tests/e2e/test_removals.py",
    "tests/local/faults/test_matrix.py",
    "tests/e2e/",
    "tests/integration/",
    "tests/local/stack/",
    "tests/local/functions/",
    "tests/dev/",
    "tests/local/",
    "tests/contract/",
)
"""What takes long; at the end small files are best, which leave no processor idle."""


def part(file: str) -> str:
    """The name of what runs in one process with a file; the file itself when it is alone."""
    if file.startswith(ONE_SIMULATOR):
        return ONE_SIMULATOR
    return TOGETHER.get(file, file)


def order(files: Iterable[str]) -> dict[str, int]:
    """When each file begins: what takes long and waits comes first, with what computes between.

    So nearly no moment passes in which all processes wait.
    """
    known = sorted(dict.fromkeys(files), key=_rank)
    long = [file for file in known if _rank(file) < len(FIRST)]
    short = known[len(long) :]
    mixed = [file for pair in zip_longest(long, short) for file in pair if file is not None]
    return {file: at for at, file in enumerate(mixed)}


def _rank(file: str) -> int:
    return next((at for at, prefix in enumerate(FIRST) if file.startswith(prefix)), len(FIRST))
