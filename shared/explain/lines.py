"""The lines of a text as they were before somebody printed, quoted or wrapped them."""

import re
from itertools import pairwise

_ENDS = re.compile(r"\r\n?")
_QUOTES = re.compile(r"^(?:> ?)+", re.MULTILINE)
"""Marks of whoever quotes in a mail or in Markdown."""

_FRAMES = re.compile(r"^[ \t]+at [^\n]*$\n?", re.MULTILINE)
"""Stack frames of Java, .NET and Node: names of code, which look like names of hosts."""

_TABLE = re.compile(r"(?<=\S) ?│\n[ ]?│ (?=\S)")
"""Where a terminal's table broke a line."""

_NARROWEST, _WIDEST = 60, 200
"""Columns at which somebody's window may have broken the lines."""

_GOES_ON = re.compile(
    r"(?!exit (?:code|status)|command \w+ed\b|make\b|time=|level="
    r"|failed$|\w+ (?:attempt )?failed\b)"
    r"(?:[a-z\"'(\[<=/\\]|\d{3}\b(?![-/.:])|\d{1,3}(?:\.\d{1,3}){3}\b)"
)
"""How a line begins that is the rest of another, among lines that are not, nor how it all ended."""

_RECORD = re.compile(
    r"\s*(?:[-*#]\s|\d{4}[-/]\d|\d\d?:\d\d|[EWIF]\d{4} |(?:ERROR|WARN|INFO|FATA|Error|Warning)\b|$)"
    r"|\s{2}|[A-Z][a-z]+ [a-z]+ "
)
"""How a record begins: with a bullet, a date, a level, or a sentence."""

_FEW, _MOST = 2, 0.6
"""How many lines, and how much of a text's lines, are full where a window broke them."""


def unbroken(text: str) -> str:
    """The text with its lines whole again, and without stack frames."""
    text = _QUOTES.sub("", _ENDS.sub("\n", text))
    return _unwrapped(_TABLE.sub("", _FRAMES.sub("", text)))


def _unwrapped(text: str) -> str:
    """Lines joined that a window's width broke: the next word would not have fitted."""
    lines = text.split("\n")
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return text
    pairs = list(pairwise(lines))
    exact = sum(len(line) == width for line, _ in pairs)
    whole = sum(_is_full(line, after, width) for line, after in pairs)
    amid = exact > max(1, whole - exact)  # broken amid words, not between them
    full = [len(a) == width if amid else _is_full(a, b, width) for a, b in pairs]
    wrapped = amid or sum(full) >= max(_FEW, _MOST * len(full))
    found = lines[:1]
    for is_full, line in zip(full, lines[1:], strict=True):
        goes_on = (
            not _RECORD.match(line if amid else line.lstrip())
            if wrapped
            else _GOES_ON.match(line.lstrip())
        )
        if is_full and goes_on:
            found[-1] += line if amid else f" {line.lstrip()}"
        else:
            found.append(line)
    return "\n".join(found)


def _is_full(line: str, after: str, width: int) -> bool:
    return len(line) + len(after.lstrip().partition(" ")[0]) >= width
