"""The look-aheads and look-behinds that people write in filters, told without backtracking.

RE2 has none. Some forms mean the same as several searches, and are common: ``^(?!latest$)v.*`` and
``^dev-(?!keep)`` (names that begin so, but), ``^(?=.*-dev)...``, ``^(?:(?!release).)*$`` (names
without it), ``.*(?<!-lts)$`` (names that do not end so) and ``(?!latest).*``, which spares nothing.
Everything else stays refused.
"""

import re

from msgspec import Struct

from shared.domain.cleanup.scan import group_end, signs

_TEMPERED = re.compile(r"\^\((?:\?:)?\(\?!")
_TEMPERED_END = (").)*$", ").)+$")
_FIXED = re.compile(r"\^(?:[A-Za-z0-9/_.-]|\\[dDwWsS.-]|\[\^?[A-Za-z0-9_.-]+\])*(?=\(\?[!=])")
"""A beginning that has one length, so that it ends in one place only."""
_ANYTHING = ("", ".*", ".*$")
MOST = 10


class Conditions(Struct, frozen=True):
    """A name matches where all of ``wanted`` are found in it and none of ``unwanted``.

    It holds only if nothing of ``never_empty`` can be nothing at all, for that would be found at
    the name's end too, where no character is looked at.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()
    never_empty: tuple[str, ...] = ()


def conditions(branch: str) -> Conditions | None:
    """One alternative as conditions; None if it is of no known form, or has no look-ahead."""
    return _without(branch) or _anywhere(branch) or _ends(branch)


def _ends(branch: str) -> Conditions | None:
    """``Y(?<!X)$``: the end is one place, so that Y ends there and no X does."""
    rest, wanted, unwanted = branch, list[str](), list[str]()
    while found := _last_look_behind(rest):
        at, inner = found
        (unwanted if rest[at + 3] == "!" else wanted).append(f"(?:{inner})$")
        rest = rest[:at] + "$"
        if len(wanted) + len(unwanted) > MOST:
            return None
    if not wanted and not unwanted:
        return _beginning(branch)
    start = _beginning(rest) or Conditions((rest,))
    return Conditions((*start.wanted, *wanted), (*start.unwanted, *unwanted))


def _last_look_behind(text: str) -> tuple[int, str] | None:
    """Where the look-behind before the last ``$`` opens, and what is in it."""
    depth = 0
    for at, c in signs(text):
        if depth == 0 and text.startswith(("(?<!", "(?<="), at):
            end = group_end(text, at)
            if text[end:] == ")$":
                return at, text[at + len("(?<!") : end]
        depth += {"(": 1, ")": -1}.get(c, 0)
    return None


def _anywhere(branch: str) -> Conditions | None:
    """``(?!X).*`` without a ``^``: at a name's end there is no X, so that every name matches."""
    if not branch.startswith("(?!"):
        return None
    end = group_end(branch, 0)
    inner = branch[len("(?!") : end]
    if branch[end + 1 :] not in _ANYTHING or re.search(r"\\[bB]", inner):
        return None
    return Conditions(("",), never_empty=(inner,))


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
    return Conditions(("." if one_at_least else "",), (inner,), (inner,))


def _beginning(branch: str) -> Conditions | None:
    """``^(?!X)(?=Y)Z``: at the beginning no X, and Y, and Z. A fixed text may stand before."""
    if not (found := _FIXED.match(branch)):
        return None
    start, rest = found.group(), branch[found.end() :]
    wanted, unwanted = list[str](), list[str]()
    while rest.startswith(("(?!", "(?=")):
        end = group_end(rest, 0)
        (unwanted if rest[2] == "!" else wanted).append(f"{start}(?:{rest[len('(?!') : end]})")
        rest = rest[end + 1 :]
        if rest[:1] in {"*", "+", "?", "{"} or len(wanted) + len(unwanted) > MOST:
            return None
    if not unwanted and not wanted:
        return None
    return Conditions((*wanted, f"{start}(?:{rest})"), tuple(unwanted))
