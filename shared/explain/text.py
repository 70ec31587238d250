"""An error text taken apart: escapes undone, and JSON bodies lifted out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

LONGEST = 60_000
"""Characters that are read of each end of a text; what is between says nothing new."""

MOST_BODIES = 40
DEEPEST = 4
ROUNDS = 3
"""How often a text may have been put into JSON, each time with escapes of escapes."""

_ANSI = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[\"'\\/nrt])")
_PLAIN = {"n": "\n", "r": "\n", "t": " "}
_DECODER = json.JSONDecoder()


class Body(Struct, frozen=True):
    """One error of a JSON body: ``{"code", "message", "detail"}`` and its many relatives."""

    code: str = ""
    message: str = ""
    detail: str = ""


class Opened(Struct, frozen=True):
    """A text without its JSON bodies; each one left a mark ``⟦n⟧`` where it stood."""

    text: str
    bodies: tuple[tuple[Body, ...], ...]


def open_up(text: str) -> Opened:
    """Undo escapes and lift out bodies, layer by layer. Linear in the text's length."""
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]}\n{text[-LONGEST:]}"
    text = _ANSI.sub("", text).replace("⟦", "[")
    bodies: list[tuple[Body, ...]] = []
    for _ in range(ROUNDS):
        text = _lift(text, bodies)
        plain = _ESCAPE.sub(_unescape, text)
        if plain == text:
            break
        text = plain
    return Opened(text, tuple(bodies))


def _unescape(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if escape[0] == "u" else _PLAIN.get(escape, escape)


def _lift(text: str, bodies: list[tuple[Body, ...]]) -> str:
    kept, position = [], 0
    while len(bodies) < MOST_BODIES and (start := text.find("{", position)) >= 0:
        value, end = _decode(text, start)
        if isinstance(value, dict):
            found = tuple(_errors(value, 0))
            kept += [text[position:start], f"⟦{len(bodies)}⟧"]
            kept += [f"\n{body.message}\n" for body in found if _is_many(body.message)]
            bodies.append(tuple(body for body in found if not _is_many(body.message)))
        else:
            bodies.append(())  # counts as a try, so that no text makes many
            end = start + 1
            kept.append(text[position:end])
        position = end
    return "".join([*kept, text[position:]])


def _is_many(message: str) -> bool:
    """Whether a message tells of several attempts, and so is a text of its own."""
    return "\n" in message or ", rpc error:" in message


def _decode(text: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start


def _errors(value: Any, depth: int) -> Iterator[Body]:
    """Every object in a JSON value that looks like an error."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        names = {str(key).lower(): inner for key, inner in value.items()}
        body = Body(
            code=_text(names.get("code") or names.get("error")),
            message=_text(names.get("message") or names.get("error_description")),
            detail=_text(names.get("detail"), json_too=True),
        )
        if body.code or body.message:
            yield body
        for inner in value.values():
            yield from _errors(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:MOST_BODIES]:
            yield from _errors(inner, depth + 1)


def _text(value: Any, *, json_too: bool = False) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value) if json_too and value else ""
