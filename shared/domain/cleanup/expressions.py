"""The regular expressions of filters, with the tool's meaning and without its backtracking.

The tool uses a .NET-style engine in its RE2 mode; here RE2 itself matches, in linear time. What the
two read differently, or what only one of them takes, is refused by name, never guessed. Names of
repositories and tags are ASCII in one line, so that Unicode and newlines tell nothing apart.
"""

import re
from typing import Protocol, cast

import re2  # type: ignore[import-untyped]  # has neither stubs nor py.typed

from shared.domain.cleanup.model import RefusedError

LONGEST_EXPRESSION = 4000

_ESCAPES = frozenset("dDwWsSbBAztnrfva")
_CLASS_ESCAPES = frozenset("dDwWsStnrfv")
_GROUP = re.compile(r"\(\?(?:[ims]*(?:-[ims]+)?[:)]|P?<[A-Za-z_]\w*>)")
_POSIX = re.compile(r"\[:\^?[a-z]+:\]")
_FLAGS = frozenset("imsU-")


class Pattern(Protocol):
    """A compiled expression."""

    def search(self, text: str, /) -> object | None:
        """A match anywhere, or None."""


def compile_expression(text: str) -> Pattern:
    """Compile for an unanchored search. Raises RefusedError with the reason."""
    if len(text) > LONGEST_EXPRESSION:
        raise RefusedError(f"an expression is longer than {LONGEST_EXPRESSION} characters")
    _refuse_dialect(text)
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return cast("Pattern", re2.compile(text, options=options))
    except re2.error as why:
        reason = why.args[0] if why.args else why
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise RefusedError(f"the expression {text[:200]!r} is not understood: {told}") from None


def split_filter(text: str) -> tuple[str, str]:
    """``repository:tag`` at its colon. Those of ``(?:``, ``[:`` and ``:]`` do not split.

    Raises:
        RefusedError: as the tool, unless exactly one colon splits and both sides have text.

    """
    colons = [at for at, c in enumerate(text) if c == ":" and _splits(text, at)]
    if len(colons) != 1:
        count = f"{len(colons)} colons" if colons else "no colon"
        raise RefusedError(
            f"the filter {text[:200]!r} has {count} between repository and tag; "
            "the tool takes exactly one: REPOSITORY:TAG"
        )
    repository, tag = text[: colons[0]], text[colons[0] + 1 :]
    if not repository or not tag:
        side = "tag (.* means every tag)" if repository else "repository"
        raise RefusedError(f"the filter {text[:200]!r} has no {side}: the tool would not run")
    return repository, tag


def _splits(text: str, at: int) -> bool:
    if text[at + 1 : at + 2] == "]":
        return False
    head = text[:at]
    if head.rstrip("^").endswith("["):
        return False
    flags = head[-5:]
    return not any(
        head.endswith("(?" + flags[len(flags) - n :]) and _FLAGS.issuperset(flags[len(flags) - n :])
        for n in range(len(flags) + 1)
    )


def branches(text: str) -> list[str]:
    """The alternatives at the top level: ``a|(b|c)`` has two."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        c = text[at]
        if c == "\\":
            at += 1
        elif c == "[":
            at = class_end(text, at)
        elif c in "()":
            depth += 1 if c == "(" else -1
        elif c == "|" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


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


def _refuse_dialect(text: str) -> None:
    if not text.isascii():
        raise RefusedError(f"the expression {text[:200]!r} has characters that no name can have")
    at = 0
    while at < len(text):
        c = text[at]
        if c == "\\":
            at += _escape(text, at, _ESCAPES)
        elif c == "[":
            at = _class(text, at)
        elif text.startswith("(?", at) and not _GROUP.match(text, at):
            what = text[at : at + 4]
            raise RefusedError(
                f"{what!r} in {text[:200]!r} (look-ahead, look-behind and the like) is not foretold"
            )
        at += 1


def _class(text: str, at: int) -> int:
    end = class_end(text, at)
    inside = at + 1
    while inside < end:
        if text[inside] == "\\":
            inside += _escape(text, inside, _CLASS_ESCAPES)
        elif text.startswith("-[", inside):
            raise RefusedError(f"'-[' in a class of {text[:200]!r} has two meanings")
        inside += 1
    return end


def _escape(text: str, at: int, allowed: frozenset[str]) -> int:
    """How many characters the escape has behind its backslash. Raises RefusedError."""
    c = text[at + 1 : at + 2]
    if c == "x" and re.fullmatch("[0-9a-fA-F]{2}", text[at + 2 : at + 4]):
        return 3
    if c and (c in allowed or not (c.isalnum() or c == "_")):
        return 1
    raise RefusedError(f"'\\{c}' in {text[:200]!r} is not foretold")
