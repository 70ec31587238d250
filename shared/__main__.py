"""The command line: ``python -m shared check IMAGE``, ``python -m shared survey``."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NoReturn

from shared.cli import check, survey


class Parser(ArgumentParser):
    """Says what was wrong and ends with 64, as sysexits has it for usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(check.USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code."""
    parser = Parser(prog="python -m shared", description="Why an image cannot be pulled.")
    commands = parser.add_subparsers(required=True, parser_class=Parser, metavar="COMMAND")
    checking = commands.add_parser("check", help="diagnose one image with your own credentials")
    check.add_arguments(checking)
    checking.set_defaults(run=check.run)
    surveying = commands.add_parser("survey", help="diagnose every workload that you can see")
    survey.add_arguments(surveying)
    surveying.set_defaults(run=survey.run)
    given = parser.parse_args(arguments)
    return int(given.run(given))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
