"""What ACR Tasks fills in before it reads a task: ``{{.Values.x}}``, ``{{.Run.Registry}}``, ``$x``.

Source: the reference of ACR Tasks' YAML (run variables, aliases) and azure-cli, which writes
``cmd: {{.Values.command}}`` with the command as a value. Go's template functions are not followed.
"""

import re
from collections.abc import Mapping

from shared.domain.cleanup.model import RefusedError
from shared.domain.cleanup.words import TEMPLATE

RUN = frozenset(
    {
        "ID", "SharedVolume", "Registry", "RegistryName", "Date", "OS", "Architecture", "Commit",
        "Branch", "TaskName",
    }
)  # fmt: skip
"""Run variables. Their values are not known here, and no purge depends on the registry's name."""

LONGEST_FILLED = 200_000
MARK = "\ue000"
"""From the private use area: YAML reads no ``{{`` as text where a value begins with it."""
_VALUE = re.compile(r"\{\{-?\.Values\.([A-Za-z_]\w*)-?\}\}")
_RUN = re.compile(r"\{\{-?\.Run\.([A-Za-z]\w*)-?\}\}")
_ALIAS = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put in the values. What is not known stays, marked so that YAML takes it for text.

    Raises RefusedError.
    """
    tight = TEMPLATE.sub(lambda found: "".join(found.group().split()), text)
    filled = _VALUE.sub(lambda found: values.get(found.group(1), found.group()), tight)
    if len(filled) > LONGEST_FILLED:
        raise RefusedError("the task with its values is too long")
    return TEMPLATE.sub(lambda found: MARK + found.group(), filled)


def unmark(text: str) -> str:
    """The text without the marks of ``fill``."""
    return text.replace(MARK, "")


def is_run_variable(text: str) -> bool:
    """Whether all templates in it are run variables."""
    found = [template.group() for template in TEMPLATE.finditer(text)]
    return all((run := _RUN.fullmatch(template)) and run.group(1) in RUN for template in found)


def put_aliases(text: str, aliases: Mapping[str, str]) -> str:
    """Put in ``$name``; run variables become ``{{.Run.Name}}``, what is no alias stays."""

    def replaced(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(2)
        if name in aliases:
            return aliases[name]
        return f"{{{{.Run.{name}}}}}" if name in RUN else found.group()

    filled = _ALIAS.sub(replaced, text)
    if len(filled) > LONGEST_FILLED:
        raise RefusedError("the command with its aliases is too long")
    return filled
