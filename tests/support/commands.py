"""Commands of `az` and `azd` in documents, workflows and hooks."""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct

_SUBSTITUTED = re.compile(r"\$\(((?:[^()]|\([^()]*\))*)\)")
_LINE = re.compile(r"(?:^|[`\"(=] ?|^ +(?:- run: )?)(azd? [a-z][^`\n]*)", re.MULTILINE)


class Command(Struct, frozen=True):
    """A program's command, such as ``keyvault secret set``, and the options that it is given."""

    program: str
    words: tuple[str, ...]
    options: tuple[str, ...]


def commands(text: str) -> Iterator[Command]:
    """Every command in a text; what stands in ``$( )`` is one of its own."""
    text = re.sub(r"(?:\\\n\s*|\n\s+(?=--))", " ", text)  # continued lines, of sh and of YAML
    for found in _LINE.finditer(text):
        yield from _commands(found[1])


def _commands(line: str) -> Iterator[Command]:
    for inner in _SUBSTITUTED.findall(line):
        if inner.startswith(("az ", "azd ")):
            yield from _commands(inner)
    line = _SUBSTITUTED.sub("X", line)
    try:
        words = shlex.split(line.partition("|")[0])
    except ValueError:
        return
    named = []
    for word in words[1:]:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", word):
            break
        named.append(word)
    options = tuple(word.partition("=")[0] for word in words if word.startswith("--"))
    yield Command(words[0], tuple(named), options)
