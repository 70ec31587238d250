"""Pieces of Adaptive Cards. Every text is a TextRun: nothing that a stranger named is Markdown."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from shared.domain.findings import is_command
from shared.domain.text import plain
from shared.notify.escaping import run_lines, run_text

type Json = dict[str, Any]
LONGEST_URL = 1_000


class Fit(Struct, frozen=True):
    """How much a card may say: lines in one list, characters in one text and in one command."""

    lines: int
    text: int
    command: int


def run(text: str, longest: int = 300, *, lead: str = "", **style: str | bool) -> Json:
    """One stretch of text in one style; ``lead`` is our own, and keeps its spaces."""
    return {"type": "TextRun", "text": lead + run_text(text, longest), **style}


def paragraph(*runs: Json, **layout: str | bool) -> Json:
    """Stretches of text on one line (or wrapped)."""
    return {"type": "RichTextBlock", "inlines": list(runs), **layout}


def title(text: str, **layout: str | bool) -> Json:
    """The title of a section."""
    return paragraph(run(text, weight="Bolder"), **{"spacing": "Medium", **layout})


def bullets(items: Sequence[str], fit: Fit) -> list[Json]:
    """A list; what does not fit is counted."""
    shown = [f"\N{BULLET} {item}" for item in items[: fit.lines]]
    if len(items) > fit.lines:
        shown.append(f"\N{BULLET} and {len(items) - fit.lines:,} more")
    return [paragraph(run(line, fit.text), spacing="None") for line in shown]


def box(style: str, items: Sequence[Json], **layout: str | bool) -> Json:
    """A container with a background."""
    return {"type": "Container", "style": style, "items": list(items), **layout}


def columns(parts: Sequence[tuple[str, Json]], **layout: str | bool) -> Json:
    """Parts side by side: width (``auto``, ``stretch``, ``90px``) and content."""
    return {
        "type": "ColumnSet",
        "columns": [{"type": "Column", "width": width, "items": [item]} for width, item in parts],
        **layout,
    }


def fact_rows(rows: Sequence[tuple[str, str]], fit: Fit) -> list[Json]:
    """Label and value, one row each."""
    return [
        columns(
            [
                ("80px", paragraph(run(label, isSubtle=True))),
                ("stretch", paragraph(run(value, fit.text))),
            ],
            spacing="Small" if number else "Medium",
        )
        for number, (label, value) in enumerate(rows)
    ]


def commands(fixes: Sequence[str], fit: Fit, heading: str = "How to fix it") -> list[Json]:
    """What to do, in order, to be copied as it is: a command that does not fit is left out whole,
    because half a command does something else.
    """
    if not fixes:
        return []
    short = [fix for fix in fixes if len(fix) <= fit.command][: fit.lines]
    shown = [_command(number, fix, fit) for number, fix in enumerate(short, 1)]
    left = len(fixes) - len(short)
    if left:
        shown.append(paragraph(run(f"{left:,} more on the dashboard and in the mail")))
    return [title(heading), *shown]


def _command(number: int, fix: str, fit: Fit) -> Json:
    text = run_lines(fix, fit.command)
    font = {"fontType": "Monospace", "size": "Small"} if is_command(fix) else {}
    content = paragraph({"type": "TextRun", "text": text, **font})
    step = paragraph(run(f"{number}.", isSubtle=True))
    return box("emphasis", [columns([("auto", step), ("stretch", content)])], spacing="Small")


def links(*labelled: tuple[str, str]) -> list[Json]:
    """Buttons that open pages; what is no address on the web, or a very long one, has none."""
    return [
        {"type": "Action.OpenUrl", "title": label, "url": plain(url, LONGEST_URL)}
        for label, url in labelled
        if url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL
    ]
