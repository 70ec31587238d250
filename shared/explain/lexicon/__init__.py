"""What clients and registries say, phrase by phrase: each is a sign of one thing.

A sign is not yet a cause: which attempt it stands in, at which stage of the pull and with which
credential decides. Phrases are in lower case and stand for themselves.
"""

from shared.explain.lexicon import answers, login, machine, network
from shared.explain.lexicon.sign import Sign

__all__ = ["PHRASES", "SHORTEST_CUT", "Sign", "signs_in"]

PHRASES: dict[Sign, tuple[str, ...]] = {
    **network.PHRASES,
    **answers.PHRASES,
    **login.PHRASES,
    **machine.PHRASES,
}

_EACH = [(phrase, sign) for sign, phrases in PHRASES.items() for phrase in phrases]

SHORTEST_CUT = 12
"""Characters of a phrase that a text cut off inside it must still show."""


def signs_in(text: str, innermost: str = "") -> frozenset[Sign]:
    """The signs of a text in lower case; its innermost error may be cut off inside a phrase."""
    found = {sign for phrase, sign in _EACH if phrase in text}
    if not found and len(innermost) >= SHORTEST_CUT:
        found = {sign for phrase, sign in _EACH if phrase.startswith(innermost)}
    return frozenset(found)
