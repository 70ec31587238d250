"""The regular expressions of filters, with the tool's meaning and without its backtracking.

The tool uses a .NET-style engine in its RE2 mode; here RE2 itself matches, in linear time. What the
two read differently, or what only one of them takes, is refused by name, never guessed. Names of
repositories and tags are ASCII in one line, so that Unicode and newlines tell nothing apart.
"""

import re
from typing import Protocol, cast

import re2  # type: ignore[import-untyped]  # has neither stubs nor py.typed

from shared.domain.cleanup.lookahead import Conditions, conditions
from shared.domain.cleanup.model import RefusedError
from shared.domain.cleanup.scan import branches, class_end

LONGEST_EXPRESSION = 4000

_ESCAPES = frozenset("dDwWsSbBAztnrfva")
_CLASS_ESCAPES = frozenset("dDwWsStnrfv")
_GROUP = re.compile(r"\(\?(?:[ims]*(?:-[ims]+)?[:)]|P?<[A-Za-z_]\w*>)")
_INLINE_FLAGS = re.compile(r"\(\?[a-zA-Z-]+\)")
_NOTHING_REPEATED = re.compile(
    r"\(\?[ims-]+\)[*+?{]|(?:\^|\$|\\[bBAz]|\(\))(?:[*+?]|\{[0-9,]*\})\?"
)
"""RE2 takes it. The tool's engine stops at a repeated flag, and may never end with the others."""
_LOOKS = ("(?!", "(?=", "(?<!", "(?<=")
_FLAGS = frozenset("imsU-")


class Pattern(Protocol):
    """A compiled expression."""

    def search(self, text: str, /) -> object | None:
        """A match anywhere, or None."""


def compile_expression(text: str) -> Pattern:
    """Compile for an unanchored search. Raises RefusedError with the reason."""
    if len(text) > LONGEST_EXPRESSION:
        raise RefusedError(f"an expression is longer than {LONGEST_EXPRESSION} characters")
    if not any(sign in text for sign in _LOOKS):
        return _compile(text)
    parts = branches(text)
    if any(_INLINE_FLAGS.search(part) for part in parts):
        return _compile(text)  # and so refused: flags reach into the next alternative
    return _AnyOf(tuple(_branch(part) for part in parts))


class _AllOf:
    """A search that wants some expressions and others not."""

    def __init__(self, given: Conditions) -> None:
        self._wanted = [_compile(text) for text in given.wanted]
        self._unwanted = [_compile(text) for text in given.unwanted]
        for text in given.never_empty:
            if _compile(text).search(""):
                raise RefusedError(f"{text[:200]!r} may be nothing, and is not foretold")

    def search(self, text: str, /) -> object | None:
        """True where the conditions hold."""
        held = all(p.search(text) for p in self._wanted)
        return True if held and not any(p.search(text) for p in self._unwanted) else None


class _AnyOf:
    """A search for one of several alternatives."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns

    def search(self, text: str, /) -> object | None:
        """True where one is found."""
        return True if any(pattern.search(text) for pattern in self._patterns) else None


def _branch(text: str) -> Pattern:
    found = conditions(text)
    return _AllOf(found) if found else _compile(text)


def _compile(text: str) -> Pattern:
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
    if "\r\n" in text:
        raise RefusedError(f"the filter {text[:200]!r} has a line break, which the tool splits at")
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


def _refuse_dialect(text: str) -> None:
    if not text.isascii():
        raise RefusedError(f"the expression {text[:200]!r} has characters that no name can have")
    at = 0
    while at < len(text):
        c = text[at]
        if found := _NOTHING_REPEATED.match(text, at):
            raise RefusedError(f"{found.group()!r} in {text[:200]!r} repeats nothing")
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
