"""Finding one's way in an expression's text: classes, groups, alternatives."""

import re
from collections.abc import Iterator

from shared.domain.cleanup.model import RefusedError

_POSIX = re.compile(r"\[:\^?[a-z]+:\]")


def class_end(text: str, at: int) -> int:
    """Where the character class that opens at ``at`` closes (the end, if it does not)."""
    at += 2 if text[at + 1 : at + 2] == "^" else 1
    if text[at : at + 1] == "]":
        at += 1
    while at < len(text) and text[at] != "]":
        if text[at] == "\\":
            at += 1
        elif found := _POSIX.match(text, at):
            at = found.end() - 1
        at += 1
    return at


def group_end(text: str, at: int) -> int:
    """Where the group that opens at ``at`` closes. Raises RefusedError if it does not."""
    depth = 0
    for position, c in signs(text, at):
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c == ")" and not depth:
            return position
    raise RefusedError(f"a parenthesis in {text[:200]!r} does not close")


def branches(text: str) -> list[str]:
    """The alternatives at the top level: ``a|(b|c)`` has two."""
    parts, depth, start = [], 0, 0
    for at, c in signs(text):
        depth += {"(": 1, ")": -1}.get(c, 0)
        if c == "|" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def signs(text: str, at: int = 0) -> Iterator[tuple[int, str]]:
    """Each character that is neither escaped nor within a class, with its place."""
    while at < len(text):
        c = text[at]
        if c == "\\":
            at += 1
        elif c == "[":
            at = class_end(text, at)
        else:
            yield at, c
        at += 1
