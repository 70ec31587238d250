"""``lint-purge``: where an ``acr purge`` command does something else than its author means."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator

import msgspec

from shared.cli.text import clean
from shared.domain.cleanup import RefusedError, Trap, lint

USAGE = 64
WARN = 2


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``lint-purge``."""
    parser.add_argument("--command", action="append", required=True, help="the acr purge command")
    parser.add_argument(
        "--repository", action="append", default=[], help="a repository of the registry"
    )
    parser.add_argument("--in-use", action="append", default=[], metavar="REPOSITORY")
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: Namespace) -> int:
    """Look and print. Exit code: 0 no trap, 2 some, 64 no purge that the tool takes."""
    try:
        found = [
            trap
            for command in arguments.command
            for trap in lint(command, arguments.repository, arguments.in_use)
        ]
    except RefusedError as why:
        print(clean(f"--command: {why}"), file=sys.stderr)
        return USAGE
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(found)))
    else:
        print(clean("\n".join(trap_lines(found)).strip() or "no trap known"))
    return WARN if found else 0


def trap_lines(traps: Iterable[Trap]) -> Iterator[str]:
    """Each trap with its explanation and the command without it."""
    for trap in traps:
        yield ""
        yield f"  ! {trap.title}  [{trap.code}]"
        yield f"    {trap.explanation}"
        yield f"    $ {trap.corrected}"
