"""Signs that need no fixed phrase: a thing, and what is said of it.

Whoever writes an error text is free in its words, but says the same: *the token* has *expired*,
an *invalid password*, *the tag* could not be *found*. Each class lists the things and the words
said of them, after the thing or before it; both within one layer of an error, near each other.
Words are in lower case and stand for themselves.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from shared.explain.lexicon.sign import Sign

_HEDGES = re.compile(
    r"\b(?:may|might|if|whether|check|verify|could be|or be|likely|probably|nothing)"
    r" (?:[^\s:;]+ ){0,6}$"
)
"""What stands before a guess of whoever wrote the text, not before what was seen."""

_CHOICE = re.compile(r"s?,? or\b")
"""What follows one guess of several."""

_BEHIND = 60
"""Characters between a thing and what is said of it."""

_BEFORE = 25
"""Characters between what is said of a thing and the thing."""

INNERMOST = 2
"""Layers that say what was found; those around them say what was tried."""

ABSENT = (
    *("not found", "not exist", "n't exist", "not be found", "n't be found", "no longer exist"),
    *("nonexistent", "was deleted", "been deleted", "not known", "not present in"),
)
SOUGHT = (
    *("no such", "unable to find", "could not find", "cannot find", "can't find", "couldn't find"),
    *("failed to find", "non-existent", "unable to locate", "could not locate", "cannot locate"),
)
WRONG = (
    *("invalid", "incorrect", "wrong", "malformed", "not valid", "not recognized", "revoked"),
    *("not supported", "does not match", "cannot be detected", "not accepted", "mismatch"),
)
CUT = ("can't", "cannot", "could not", "couldn't", "unable to", "failed to", "failure", "error")


class Class:
    """Things, and what is said of them, which together are one sign."""

    def __init__(
        self,
        sign: Sign,
        things: Sequence[str],
        said: Sequence[str] = (),
        attributes: Sequence[str] = (),
        *,
        unless: Sequence[str] = (),
        inner: bool = False,
    ) -> None:
        """``said`` follows the thing, ``attributes`` come before it; texts that hold one of
        ``unless`` speak of something else. ``inner``: only the innermost layers count.
        """
        self.sign, self.things, self.unless, self.inner = sign, things, unless, inner
        self.said, self.attributes = said, attributes

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        things = rf"\b(?:{_any(self.things)})s?\b"
        sides = []
        if self.said:
            said = rf"(?<!not )(?:{_any(self.said)})(?! (?:{_any(self.things)}))"
            sides.append(rf"{things}(?:(?!\. )[^:;\n]){{0,{_BEHIND}}}?{said}")
        if self.attributes:
            before = rf"\b(?:{_any(self.attributes)})"
            sides.append(rf"{before}(?=\W)(?:(?!\. )[^:;\n]){{1,{_BEFORE}}}?{things}")
        return re.compile("|".join(sides))

    def may_show(self, text: str) -> bool:
        """Whether the words occur at all: a cheap look, and few texts hold both kinds."""
        if not any(thing in text for thing in self.things):
            return False
        return any(word in text for word in (*self.said, *self.attributes))

    def shows(self, text: str, innermost: str) -> bool:
        """Whether the sign shows in an attempt."""
        text = innermost if self.inner else text
        if not self.may_show(text) or any(word in text for word in self.unless):
            return False
        return any(not _is_guess(text, *found.span()) for found in self._pattern.finditer(text))


def _is_guess(text: str, start: int, end: int) -> bool:
    return bool(_HEDGES.search(text[max(0, start - 60) : start]) or _CHOICE.match(text, end))


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
