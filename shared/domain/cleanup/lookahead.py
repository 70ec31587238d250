"""The look-aheads that people write in filters, told without backtracking.

RE2 has none. Three forms mean the same as several searches, and are common: ``^(?!latest$)v.*``
(names that begin so, but), ``^(?=.*-dev)...`` and ``^(?:(?!release).)*$`` (names without it).
Everything else stays refused.
"""

import re

from msgspec import Struct

from shared.domain.cleanup.scan import group_end

_TEMPERED = re.compile(r"\^\((?:\?:)?\(\?!")
_TEMPERED_END = (").)*$", ").)+$")
MOST = 10


class Conditions(Struct, frozen=True):
    """A name matches where all of ``wanted`` are found in it and none of ``unwanted``.

    ``never_empty``: it holds only if what is unwanted cannot be nothing at all, for that would be
    found at the name's end too, where no character is looked at.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    never_empty: bool = False


def conditions(branch: str) -> Conditions | None:
    """One alternative as conditions; None if it is of no known form, or has no look-ahead."""
    return _without(branch) or _beginning(branch)


def _without(branch: str) -> Conditions | None:
    """``^(?:(?!X).)*$``: no X begins anywhere in the name."""
    found = _TEMPERED.match(branch)
    if not found:
        return None
    end = group_end(branch, found.end() - len("(?!"))
    if branch[end:] not in _TEMPERED_END:
        return None
    inner = branch[found.end() : end]
    if re.search(r"\\[bB]", inner):
        return None
    one_at_least = branch.endswith("+$")
    return Conditions(("." if one_at_least else "",), (inner,), never_empty=True)


def _beginning(branch: str) -> Conditions | None:
    """``^(?!X)(?=Y)Z``: at the beginning no X, and Y, and Z."""
    if not branch.startswith("^(?"):
        return None
    rest, wanted, unwanted = branch[1:], list[str](), list[str]()
    while rest.startswith(("(?!", "(?=")):
        end = group_end(rest, 0)
        (unwanted if rest[2] == "!" else wanted).append(f"^(?:{rest[len('(?!') : end]})")
        rest = rest[end + 1 :]
        if rest[:1] in {"*", "+", "?", "{"} or len(wanted) + len(unwanted) > MOST:
            return None
    if not unwanted and not wanted:
        return None
    return Conditions((*wanted, f"^(?:{rest})"), tuple(unwanted))
