"""Names from registries and events, made harmless for where they go.

Adaptive Cards read a subset of Markdown in text; mail clients read HTML; both read mentions,
links and direction overrides that an attacker may put into a tag.
"""

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~<>@-])")
_SPACES = re.compile(r"\s+")
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
WORD_JOINER = "\N{WORD JOINER}"


def plain(text: str, longest: int = 300) -> str:
    """One line without control, format or direction characters, shortened in the middle."""
    kept = "".join(c for c in _SPACES.sub(" ", text) if unicodedata.category(c)[0] != "C")
    return shorten(kept.strip(), longest)


def shorten(text: str, longest: int) -> str:
    """Keep both ends: a registry's name and a digest's first digits tell images apart."""
    if len(text) <= longest:
        return text
    tail = (longest - 1) // 2
    return f"{text[: longest - 1 - tail]}{ELLIPSIS}{text[len(text) - tail :]}"


def card_text(text: str, longest: int = 300) -> str:
    """Text for a TextBlock: nothing in it is Markdown, a link or a mention."""
    escaped = _MARKDOWN.sub(r"\\\1", plain(text, longest))
    return escaped.replace("://", f":{WORD_JOINER}//")


def header(text: str, longest: int = 150) -> str:
    """Text for a mail header: one line, so that no further header can follow."""
    return plain(text, longest)


def block(text: str, longest: int = 2_000) -> str:
    """Text for a monospace block: lines stay, control characters go."""
    lines = (plain(line, longest) for line in text.splitlines())
    return "\n".join(lines)
