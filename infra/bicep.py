"""Reads what documents and tests need out of Bicep: parameters, outputs and plain objects.

Text with rules of its own, not a compiler: it knows the style of this folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent
MAIN = FOLDER / "main.bicep"
VALUES = FOLDER / "main.bicepparam"

_PARAM = re.compile(r"^param (?P<name>\w+) (?P<type>\w+)(?: = (?P<default>.+))?$", re.MULTILINE)
_DESCRIPTION = re.compile(r"^@description\('(?P<text>(?:[^'\\]|\\.)*)'\)$", re.MULTILINE)
_ALLOWED = re.compile(r"^@allowed\(\[(?P<values>[^\]]*)\]\)$", re.MULTILINE)
_OUTPUT = re.compile(r"^output (?P<name>\w+) \w+ = (?P<value>.+)$", re.MULTILINE)
_VALUE = re.compile(r"^param (?P<name>\w+) = (?P<value>.+)$", re.MULTILINE)
_VARIABLE = re.compile(r"readEnvironmentVariable\('(?P<name>\w+)'")
_HELPER = re.compile(r"^var (?P<name>\w+) = (?P<value>.+)$", re.MULTILINE)
_KEY = re.compile(r"^ {2}(?:'(?P<quoted>[^']+)'|(?P<plain>\w+)):", re.MULTILINE)


class Parameter(Struct, frozen=True):
    """A parameter of a template; ``default`` is as written, empty where one is needed."""

    name: str
    type: str
    default: str
    description: str
    allowed: tuple[str, ...]
    decorators: str


def templates() -> list[Path]:
    """Every template of the folder."""
    return sorted(FOLDER.rglob("*.bicep"))


def parameters(text: str) -> list[Parameter]:
    """The parameters of a template, in order."""
    return list(_parameters(text))


def outputs(text: str) -> dict[str, str]:
    """Outputs of a template, and the expressions that they are."""
    return {found["name"]: found["value"] for found in _OUTPUT.finditer(text)}


def keys(text: str, variable: str) -> set[str]:
    """The keys of ``var NAME = { ... }``, one a line. Raises LookupError where there is none."""
    found = re.search(rf"^var {variable} = {{\n(?P<body>.*?)^}}$", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"no object {variable}")
    return {key["quoted"] or key["plain"] for key in _KEY.finditer(found["body"])}


def environment(text: str) -> dict[str, tuple[str, ...]]:
    """Parameter -> the variables of the azd environment that it is made of (main.bicepparam)."""
    helpers = {found["name"]: found["value"] for found in _HELPER.finditer(text)}
    made: dict[str, tuple[str, ...]] = {}
    for found in _VALUE.finditer(text):
        value = found["value"]
        used = [body for name, body in helpers.items() if re.search(rf"\b{name}\b", value)]
        names = _VARIABLE.findall(" ".join([*used, value]))
        made[found["name"]] = tuple(dict.fromkeys(names))
    return made


def _parameters(text: str) -> Iterator[Parameter]:
    for found in _PARAM.finditer(text):
        before = text[: found.start()].rpartition("\n\n")[2]
        decorators = "\n".join(line for line in before.splitlines() if line.startswith("@"))
        said, allowed = _DESCRIPTION.search(decorators), _ALLOWED.search(decorators)
        yield Parameter(
            name=found["name"],
            type=found["type"],
            default=(found["default"] or "").strip(),
            description=said["text"].replace("\\'", "'") if said else "",
            allowed=tuple(re.findall(r"[\w.]+", allowed["values"])) if allowed else (),
            decorators=decorators,
        )
