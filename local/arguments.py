"""The command lines of this folder: argparse, but what is wrong ends with EX_USAGE."""

import argparse
from typing import NoReturn, override

USAGE = 64
"""Exit code for wrong arguments, as sysexits.h has it."""


class Parser(argparse.ArgumentParser):
    """An argument parser that exits with 64, and leaves the texts of a module as written."""

    def __init__(self, *, prog: str | None = None, description: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    @override
    def error(self, message: str) -> NoReturn:
        self.print_usage()
        self.exit(USAGE, f"{self.prog}: {message}\n")
