"""The verbs of dev.py, inside .venv: `python -m local.devtools VERB [options]`."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from local.arguments import USAGE, Parser

WORKERS = max(4, os.cpu_count() or 1)
"""More than there are cores on a small machine: many tests wait for processes, not for a core."""
ALL_TESTS = ("-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
"""How the tests run without arguments; those of one file run in one process, long ones first."""


def test(arguments: Sequence[str]) -> int:
    """Run the tests. Arguments go to pytest as they are; without any, every core is used.

    python3 dev.py test                        everything
    python3 dev.py test tests/unit -k digest   some
    """
    return become("pytest", *(arguments or ALL_TESTS))


def check(arguments: Sequence[str]) -> int:
    """Check what must hold before a push: lint, formatting, types, tests, generated docs."""
    Parser(prog="dev.py check", description=inspect.getdoc(check)).parse_args(arguments)
    from local.devtools.checks import run_all  # noqa: PLC0415 - other verbs start without it

    return run_all()


def bench(arguments: Sequence[str]) -> int:
    """Measure, and print the figures. Arguments go to `python -m bench`."""
    return become("bench", *arguments)


def faults(arguments: Sequence[str]) -> int:
    """Plant every fault in an estate, diagnose it through the app, and compare."""
    return become("local.faults", *arguments)


def up(arguments: Sequence[str]) -> int:
    """Start the local stack, and keep it up until Ctrl-C."""
    return become("local", "up", *arguments)


def demo(arguments: Sequence[str]) -> int:
    """Start the local stack, and tell the story on it."""
    return become("local", "demo", *arguments)


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "up": up,
    "test": test,
    "check": check,
    "bench": bench,
    "faults": faults,
}
OWN_HELP = ("demo", "up", "check", "faults")
"""Verbs whose options are explained by whom they go to."""


def become(module: str, *arguments: str) -> int:
    """Run a module instead of this one; where the system can, in this very process."""
    command = [sys.executable, "-m", module, *arguments]
    if os.name != "nt":
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
    return subprocess.run(command, check=False).returncode  # noqa: S603 - a module of .venv


def main(arguments: Sequence[str]) -> int:
    """Run one verb; the answer is the exit code."""
    verb, *rest = arguments or [""]
    if verb not in VERBS:
        print(f"Unknown verb: {verb}. There are: {', '.join(VERBS)}", file=sys.stderr)
        return USAGE
    if verb not in OWN_HELP and rest in (["-h"], ["--help"]):
        print(f"dev.py {verb}: {inspect.getdoc(VERBS[verb])}")
        return 0
    return VERBS[verb](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
