"""An error text as chains of wrapped errors.

Go wraps errors as ``outer: inner: innermost``; gRPC writes ``rpc error: code = X desc = inner``;
kubelet and CRI-O join what several credentials or mirrors gave as ``outer: [error, error]``;
other clients write one line for each try. Every leaf of that tree is one chain, from the
outermost layer to the innermost.
"""

import re
from collections.abc import Iterator
from itertools import islice

MOST = 200
"""Lines that are read of each end of a text, and chains that are read of each line."""

DEEPEST = 8
LONGEST_LAYER = 300
"""Characters that an outer layer hands down to each error of a list."""

_TOKEN = re.compile(
    r"(?P<open>(?:^|:\s?|\bfailed\s)\[\s?(?=[A-Za-z\ue000-\uf8ff\"']))"
    r"|(?P<close>,?\s?\])"
    r"|(?P<next>[,;]\s{1,2}(?=rpc error:))"
    r"|(?P<comma>[,;]\s(?=[^,;\]\n]{1,300}?:\s))"
    r"|(?P<layer>:(?:\s+|$)|\sdesc\s=\s|\s-+\s(?=Original Error)|\b>>\s)"
)
_HEADING = re.compile(r":$|\b[A-Z]{2,20}(?:_[A-Z]{2,20}){0,5}_ERROR$")
"""``az acr check-health`` names the error in one line, and tells of it in the next."""
_MARKUP = re.compile(
    r"(?i)[\d:.,/TZ -]{0,40}</?(?:!doctype|html|head|title|meta|link|style|script|body"
    r"|h\d|p|br|hr|div|center)\b"
)
"""A web page in an error text is one thing, on however many lines it stands."""
_LONGEST_PAGE = 2000
_DATED = re.compile(r"\[?\d{4}[-/]\d\d|[*#\[]")


def chains_in(text: str) -> Iterator[tuple[str, ...]]:
    """The chains of each line, in the order of the text."""
    for line in _lines(text):
        yield from islice(_chains(line), MOST)


def _lines(text: str) -> list[str]:
    """The lines that hold something. A heading and the line that it announces are one, and so are
    those of a web page.
    """
    lines = [stripped for line in text.split("\n") if (stripped := line.strip(" \t│|"))]
    if len(lines) > 2 * MOST:
        lines = lines[:MOST] + lines[-MOST:]
    found: list[str] = []
    for line in lines:
        if found and _HEADING.search(found[-1]) and not _DATED.match(line):
            found[-1] = f"{found[-1].rstrip(':')}: {line}"
        elif found and _goes_on(found[-1], line):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return found


def _goes_on(before: str, line: str) -> bool:
    """Whether a line is the rest of the one before: of its sentence, or of a web page."""
    if before.endswith(",") and line[:1].islower():
        return True
    return len(before) < _LONGEST_PAGE and bool(_MARKUP.match(line))


def _chains(line: str) -> Iterator[tuple[str, ...]]:
    chain: list[str] = []
    lists: list[int] = []  # how long the chain was where each open list began
    position = 0
    for token in _TOKEN.finditer(line):
        kind = token.lastgroup
        if kind in ("close", "comma") and not lists:
            continue
        chain.append(line[position : token.start()])
        position = token.end()
        if kind == "layer":
            continue
        if kind == "open":
            if len(lists) < DEEPEST:
                chain = [layer[:LONGEST_LAYER] for layer in chain[-DEEPEST:]]
                lists.append(len(chain))
            continue
        yield _meaningful(chain)
        chain = chain[: lists.pop() if kind == "close" else lists[-1] if lists else 0]
    yield _meaningful([*chain, line[position:]])


def _meaningful(chain: list[str]) -> tuple[str, ...]:
    return tuple(stripped for layer in chain if (stripped := layer.strip(" .,;")))
