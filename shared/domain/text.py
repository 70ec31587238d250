"""Names that strangers chose, made harmless to read.

Registries, events and error texts hold line breaks, control characters and direction overrides;
none of them may change what a person sees beside it. Each medium escapes its own syntax on top.
"""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


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


def lines(text: str, longest: int = 2_000) -> str:
    """Several lines, each made plain; ``longest`` is for all together."""
    return shorten("\n".join(plain(line, longest) for line in text.splitlines()), longest)
