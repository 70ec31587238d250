"""Names from registries and events, made harmless for where they go.

Cards: a TextBlock reads Markdown, and clients differ in which and in how it is escaped (Windows,
Android and iOS each had their own: MicrosoftDocs/msteams-docs#5793, microsoft/AdaptiveCards#4677
and #5758, microsoft/Teams-AdaptiveCards-Mobile#83). A TextRun reads none
(learn.microsoft.com/adaptive-cards/schema-explorer/text-run), so names go into TextRuns only.
"""

from shared.domain.text import lines, plain

_BRACES = "{{"


def run_text(text: str, longest: int = 300) -> str:
    """Text for a TextRun, where only ``{{DATE(...)}}`` and ``{{TIME(...)}}`` mean anything."""
    return _undated(plain(text, longest))


def run_lines(text: str, longest: int) -> str:
    """Several lines for a TextRun."""
    return _undated(lines(text, longest))


def header(text: str, longest: int = 150) -> str:
    """Text for a mail header: one line, so that no further header can follow."""
    return plain(text, longest)


def _undated(text: str) -> str:
    for function in ("DATE(", "TIME("):
        text = text.replace(_BRACES + function, f"{{ {{{function}")
    return text
