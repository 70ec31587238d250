"""What clients and registries say, phrase by phrase: each is a sign of one thing.

A sign is not yet a cause: which attempt it stands in, at which stage of the pull and with which
credential decides. Phrases are in lower case and stand for themselves.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import takewhile
from operator import itemgetter

from shared.explain.lexicon import answers, login, machine, network
from shared.explain.lexicon.classes import INNERMOST
from shared.explain.lexicon.numbers import signs_of_numbers
from shared.explain.lexicon.sign import Sign

__all__ = ["Sign", "Words"]

_FAMILIES = (network, answers, login, machine)
_PHRASES = sorted(
    (
        (phrase, sign)
        for family in _FAMILIES
        for sign, phrases in family.PHRASES.items()
        for phrase in phrases
    ),
    key=itemgetter(0),
)
_CLASSES = tuple(one for family in _FAMILIES for one in family.CLASSES)

_NOISE = (
    *("timed out waiting for the condition", "client-side throttling", "throttling request took"),
    *("timeout while waiting for environment image",),
)
"""What is said of other things than a pull, in words that look like it."""

SHORTEST_CUT = 12
"""Characters of a phrase that a text cut off inside it must still show."""

_OPENING = re.compile(
    r"(?:failed|unable|cannot|could not|error|the|is)(?: to)?(?: \w+){0,1} ?|.{0,60}\bfailed"
)
"""How many errors begin: cut off there, a text tells nothing; nor does one that only failed."""

_DIGEST = re.compile(r"(?<=sha256):[^\s\"',;)\]]{0,64}")


class Words:
    """The words of the lexicon that a whole text holds: its attempts are searched for no other."""

    def __init__(self, text: str) -> None:
        """Look through the whole text, in lower case."""
        self._phrases = [known for known in _PHRASES if known[0] in text]
        self._classes = [known for known in _CLASSES if known.may_show(text)]

    def signs_in(self, text: str, layers: Sequence[str]) -> frozenset[Sign]:
        """The signs of an attempt; its innermost error may be cut off inside a phrase."""
        for words in _NOISE:
            text = text.replace(words, "")
        found = {sign for phrase, sign in self._phrases if phrase in text}
        found.update(signs_of_numbers(text), self._of_classes(text, layers))
        return frozenset(found or _of_cut_off(layers[-1] if layers else ""))

    def _of_classes(self, text: str, layers: Sequence[str]) -> Iterator[Sign]:
        """Things and what is said of them; a digest between them is nothing."""
        text, inner = _DIGEST.sub("", text), _DIGEST.sub("", ": ".join(layers[-INNERMOST:]))
        return (known.sign for known in self._classes if known.shows(text, inner))


def _of_cut_off(end: str) -> Iterator[Sign]:
    if len(end) < SHORTEST_CUT or _OPENING.fullmatch(end):
        return iter(())
    first = bisect_left(_PHRASES, end, key=itemgetter(0))
    longer = takewhile(lambda known: known[0].startswith(end), _PHRASES[first:])
    return (sign for _, sign in longer)
