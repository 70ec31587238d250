"""What clients and registries say, phrase by phrase: each is a sign of one thing.

A sign is not yet a cause: which attempt it stands in, at which stage of the pull and with which
credential decides. Phrases are in lower case and stand for themselves.
"""

import re
from collections.abc import Sequence

from shared.explain.lexicon import answers, login, machine, network
from shared.explain.lexicon.sign import Sign
from shared.explain.lexicon.things import signs_of_classes

__all__ = ["PHRASES", "SHORTEST_CUT", "Sign", "signs_in"]

PHRASES: dict[Sign, tuple[str, ...]] = {
    **network.PHRASES,
    **answers.PHRASES,
    **login.PHRASES,
    **machine.PHRASES,
}

_EACH = [(phrase, sign) for sign, phrases in PHRASES.items() for phrase in phrases]

_NOISE = ("timed out waiting for the condition", "client-side throttling")
"""What is said of other things than a pull, in words that look like it."""

SHORTEST_CUT = 12
"""Characters of a phrase that a text cut off inside it must still show."""

_OPENING = re.compile(r"(?:failed|unable|cannot|could not|error|the|is)(?: to)?(?: \w+){0,1} ?")
"""How many errors begin: cut off there, a text tells nothing."""


def signs_in(text: str, layers: Sequence[str] = ()) -> frozenset[Sign]:
    """The signs of a text in lower case; its innermost error may be cut off inside a phrase."""
    for words in _NOISE:
        text = text.replace(words, "")
    innermost = layers[-1] if layers else ""
    found = {sign for phrase, sign in _EACH if phrase in text} | signs_of_classes(text, layers)
    if not found and len(innermost) >= SHORTEST_CUT:
        found = {sign for phrase, sign in _EACH if _is_cut_off(phrase, innermost)}
    return frozenset(found)


def _is_cut_off(phrase: str, end: str) -> bool:
    return phrase.startswith(end) and not _OPENING.fullmatch(end)
