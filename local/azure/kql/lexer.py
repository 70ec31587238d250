"""Query text -> tokens."""

import re
from typing import NamedTuple

from local.azure.kql.errors import QueryError

_TOKENS = re.compile(
    r"""
    (?P<space>   \s+ | //[^\n]* )
  | (?P<string>  @'[^']*(?:''[^']*)*' | @"[^"]*(?:""[^"]*)*"
               | '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*" )
  | (?P<time>    \d+(?:\.\d+)?(?:d|h|ms|m|s)\b )
  | (?P<number>  \d+(?:\.\d+)?(?:[eE][+-]?\d+)? )
  | (?P<name>    \$?[A-Za-z_][A-Za-z_0-9]*  (?:-(?:away|rename|reorder|keep|expand))? )
  | (?P<symbol>  \.\. | == | =~ | != | !~ | <= | >= | <> | [=<>|(),.\[\]{}:+\-*/%;!~] )
    """,
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


class Token(NamedTuple):
    """`kind` is string, time, number, name, symbol or end; a string's `text` is its value."""

    kind: str
    text: str
    position: int


def tokens(query: str) -> list[Token]:
    """The tokens of a query, with an `end` at the end. Raises QueryError at a stray character."""
    found = []
    position = 0
    while position < len(query):
        match = _TOKENS.match(query, position)
        if match is None or match.lastgroup is None:
            raise QueryError(f"unexpected character {query[position]!r} at {position}")
        if match.lastgroup != "space":
            text = match.group()
            if match.lastgroup == "string":
                text = _unquoted(text)
            found.append(Token(match.lastgroup, text, position))
        position = match.end()
    return [*found, Token("end", "", position)]


def _unquoted(literal: str) -> str:
    if literal.startswith("@"):
        quote = literal[1]
        return literal[2:-1].replace(quote * 2, quote)
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), literal[1:-1])
