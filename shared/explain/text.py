"""An error text taken apart: escapes undone, noise dropped, JSON bodies lifted out of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from shared.explain.lines import unbroken

LONGEST = 60_000
"""Characters that are read of each end of a text; what is between says nothing new."""

MOST_BODIES = 40
DEEPEST = 4
ROUNDS = 3
"""How often a text may have been put into JSON, each time with escapes of escapes."""

FIRST_BODY = 0xE000
"""Bodies leave one character each where they stood, from the private use area of Unicode."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
_GAPS = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_TRACE = re.compile(
    r"[ .]{0,3}\b(?:correlation ?id|trace ?id|activity ?id|request ?id|timestamp):[ ]?"
    r"[0-9a-f][0-9a-f:.tz-]{2,40}(?: \d\d:\d\d:\d\dz)?",
    re.IGNORECASE,
)
_API = re.compile(
    r"\b[45]\d\d (?:Server|Client) Error\b[^(\n]{0,600}\((?=[\"'])"
    r"|\(HTTP code \d{3}\) [a-z ]{1,30} - |\bAPI error \(\d{3}\): "
    r"|\bStatus \d{3}: (?=[\ue000-\uf8ff{])"
)
"""What the daemon answered to a client of its API, around what the registry said."""

_AFTER = re.compile(
    r", StatusCode:\d{3}(?:, at:[^\n]*|$)| -> \[Help \d\]"
    r"| \([\w./-]{1,60}\.(?:go|rs|py|cs|js|java):\d{1,6}(?::\w{1,9})?\)$",
    re.MULTILINE,
)
"""Where in a program an error was met, behind it."""

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[\"'\\/nrt])")
_PLAIN = {"n": "\n", "r": "\n", "t": " "}
_SAME = str.maketrans(
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
    "\N{RIGHT SINGLE QUOTATION MARK}\N{GRAVE ACCENT}\N{NO-BREAK SPACE}",
    "\"\"''' ",
)
_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&"}
_DECODER = json.JSONDecoder()

_CODES = ("code", "errorcode", "error", "reason", "reason_s")
_MESSAGES = (
    *("message", "msg", "error_description", "errormessage", "statusmessage", "description"),
    *("log", "log_s", "note", "stderr", "error"),
)
"""Names of what a body says; several at once are each other's layers."""


class Body(Struct, frozen=True):
    """One error of a JSON body: ``{"code", "message", "detail"}`` and its many relatives."""

    code: str = ""
    message: str = ""
    detail: str = ""


class Opened(Struct, frozen=True):
    """A text whose JSON bodies are gone: each left its mark and the messages that it held."""

    text: str
    bodies: tuple[tuple[Body, ...], ...]

    def bodies_in(self, part: str) -> Iterator[Body]:
        """The bodies whose marks a part of the text holds."""
        for mark in _PRIVATE.findall(part):
            number = ord(mark) - FIRST_BODY
            yield from self.bodies[number] if number < len(self.bodies) else ()


def open_up(text: str) -> Opened:
    """Undo escapes and lift out bodies, layer by layer. Linear in the text's length."""
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]}\n{text[-LONGEST:]}"
    text = _PRIVATE.sub("?", unbroken(_ANSI.sub("", text))).translate(_SAME)
    text = _GAPS.sub(" ", text)
    bodies: list[tuple[Body, ...]] = []
    for _ in range(ROUNDS):
        text = _FIELD.sub(_own_line, _lift(text, bodies))
        plain = _PRIVATE_ESCAPES.sub("?", text)
        plain = _ESCAPE.sub(_unescape, plain)
        if plain == text:
            break
        text = plain
    if "&" in text:
        for entity, character in _ENTITIES.items():
            text = text.replace(entity, character)
    text = _AFTER.sub("", _TRACE.sub("", _PLACE.sub(_one_word, text)))
    return Opened(_API.sub("Docker API: ", text), tuple(bodies))


_PLACE = re.compile(
    r"<[A-Za-z][\w'.-]{0,30}(?: [\w'.-]{1,30}){1,6}>|\{\{ ?[\w.-]{1,60} ?\}\}"
    r"|[\[{(](?:my|your|our|the) [\w .-]{1,40}[\]})]|\[[\w-]{1,60}\](?=\.[a-z])"
    r"|[\[(](?:redacted|removed|hidden|masked|omitted|censored|private)[\])]"
    r"|(?<=https://)(?=/(?:v2|oauth2|token)\b)",
    re.IGNORECASE,
)
"""What people write in the place of a name that they hide: ``<my public IP>``."""


def _one_word(found: re.Match[str]) -> str:
    """A place holder is one word, as the name was; where nothing stands, one is put."""
    if not found[0]:
        return "<hidden>"
    inner = re.sub(r"[^\w.-]+", "_", found[0][1:-1].strip("{} "))
    return f"<{inner}>"


_FIELD = re.compile(r"\b(err|error|msg|message|stderr)=\"((?:[^\"\\]|\\.)*+)\"")
_LEVEL = re.compile(r"\blevel=(\w{1,10})")
_RECORD = 300
"""Characters before a field in which its record tells how grave it is."""

_PRIVATE_ESCAPES = re.compile(r"\\u(?:[eE][0-9a-fA-F]|[fF][0-8])[0-9a-fA-F]{2}")
"""Escapes that would forge the mark of a body."""


def _own_line(found: re.Match[str]) -> str:
    """The error of a structured log (logfmt, klog) ends where its quotes do."""
    value = _ESCAPE.sub(_unescape, found[2])
    before = found.string[max(0, found.start() - _RECORD) : found.start()].rpartition("\n")[2]
    grave = _LEVEL.findall(before)[-1:] not in (["debug"], ["info"], ["trace"])
    level = "" if grave else "level=info "
    return f"{level}{found[1]}: {value}\n"


def _unescape(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if escape[0] == "u" else _PLAIN.get(escape, escape)


def _lift(text: str, bodies: list[tuple[Body, ...]]) -> str:
    kept, position = [], 0
    while len(bodies) < MOST_BODIES and (start := text.find("{", position)) >= 0:
        value, end = _decode(text, start)
        if isinstance(value, dict):
            found = tuple(_errors(value, 0))
            messages = dict.fromkeys(_PRIVATE.sub("?", b.message) for b in found if b.message)
            kept += [text[position:start], chr(FIRST_BODY + len(bodies)), *_inline(messages)]
            bodies.append(found)
        else:
            bodies.append(())  # counts as a try, so that no text makes many
            end = start + 1
            kept.append(text[position:end])
        position = end
    return "".join([*kept, text[position:]])


def _inline(messages: dict[str, None]) -> Iterator[str]:
    for message in messages:
        yield f"\n{message}\n" if "\n" in message else f": {message}"


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
        code = next((c for n in _CODES if (c := _text(names.get(n))) and " " not in c), "")
        messages = [m for n in _MESSAGES if (m := _text(names.get(n))) and m != code]
        body = Body(
            code=code,
            message=": ".join(messages),
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
