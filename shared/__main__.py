"""The command line: ``check IMAGE``, ``survey``, ``protect``, ``explain``, purges foretold."""

import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from shared.cli.text import clean
from shared.settings import SettingsError

USAGE = 64
"""What sysexits has for wrong usage."""
UNKNOWN = 3
INTERRUPTED = 130
"""What shells make of Ctrl-C."""

COMMANDS = {
    "check": "diagnose one image with your own credentials",
    "survey": "diagnose every workload that you can see",
    "predict-purge": "say what an acr purge command would take from a registry, and its traps",
    "lint-purge": "say where an acr purge command does something else than one means",
    "protect": "say which locks would keep deployed images from clean-ups, and perhaps set them",
    "explain": "say what cause an error text tells (standard input; JSON out)",
}
"""Each command and what it does; its module in ``shared.cli`` is imported only when it is asked
for, because the clients of Azure that ``check`` needs take half a second."""


class Parser(ArgumentParser):
    """Says what was wrong and ends with 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {clean(message)}\n")


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code: a crash is 3, "unknown", never a verdict."""
    parser = Parser(prog="python -m shared", description="Why an image cannot be pulled.")
    commands = parser.add_subparsers(required=True, parser_class=Parser, metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text)
        if name in arguments[:1]:
            module = import_module(f"shared.cli.{name.replace('-', '_')}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except SettingsError as why:
        print(*why.problems, sep="\n", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like a failed check
        print(clean(traceback.format_exc()), file=sys.stderr)
        return UNKNOWN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
