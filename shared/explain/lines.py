"""The lines of a text as they were before somebody printed, quoted or wrapped them."""

import re

_ENDS = re.compile(r"\r\n?")
_QUOTES = re.compile(r"^(?:> ?)+", re.MULTILINE)
"""Marks of whoever quotes in a mail or in Markdown."""

_FRAMES = re.compile(r"^[ \t]+at [^\n]*$\n?", re.MULTILINE)
"""Stack frames of Java, .NET and Node: names of code, which look like names of hosts."""

_TABLE = re.compile(r"(?<=\S) ?│\n[ ]?│ (?=\S)")
"""Where a terminal's table broke a line."""

_NARROWEST, _WIDEST = 60, 200
"""Columns at which somebody's window may have broken the lines."""

_GOES_ON = re.compile(r"[a-z\"'(\[<=/\\]|\d{3}\b(?![-/.:])")
"""How a line begins that is the rest of another: records begin with a date, a level, a name."""

_AMID = re.compile(r"[^\sA-Z]")


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
    amid = sum(len(line) == width for line in lines) > 1  # broken amid words, not between them
    found, before = lines[:1], lines[0]
    for line in lines[1:]:
        word = line.partition(" ")[0]
        fits = len(before) < width if amid else len(before) + len(word) < width
        if fits or not (_AMID if amid else _GOES_ON).match(line):
            found.append(line)
        else:
            found[-1] += line if amid else f" {line}"
        before = line
    return "\n".join(found)
