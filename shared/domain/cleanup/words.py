"""A command line as a POSIX shell splits it, and back."""

import re
import shlex
from collections.abc import Iterable

from shared.domain.cleanup.model import RefusedError

LONGEST_COMMAND = 16_000
"""Characters: ten times what people write, and quick to read."""

TEMPLATE = re.compile(r"\{\{[^{}]{0,200}\}\}")
_CONTINUED = re.compile(r"[\\`]\r?\n")
"""A line that goes on, in a POSIX shell and in PowerShell."""
OPERATORS = frozenset({"&&", "||", ";", "|", "&", "<", ">", ">>"})


def split(command: str) -> list[str]:
    """The words of one command. ``{{ .Run.Registry }}`` stays one word.

    Raises:
        RefusedError: for an open quotation, several commands at once, or too long a text.

    """
    if len(command) > LONGEST_COMMAND:
        raise RefusedError(f"the command is longer than {LONGEST_COMMAND} characters")
    one_line = _CONTINUED.sub(" ", command)
    whole = TEMPLATE.sub(lambda found: "".join(found.group().split()), one_line)
    try:
        words = shlex.split(whole)
    except ValueError as why:
        raise RefusedError(f"the command cannot be split into words: {why}") from why
    if found := OPERATORS.intersection(words):
        raise RefusedError(f"one command at a time is read, and this one has {min(found)!r}")
    return words


def join(words: Iterable[str]) -> str:
    """The words as one command, quoted for a shell."""
    return shlex.join(words)
