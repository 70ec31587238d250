"""Wildcards as Azure role definitions and conditions write them, matched without backtracking."""

import re

_TOKEN = re.compile(r"\\[*?\\]|.", re.DOTALL)
ANY, ONE = object(), object()


def matches(pattern: str, text: str) -> bool:
    """Whether a role definition's action covers an action: ``*`` is any text, case is ignored."""
    head, *rest = pattern.lower().split("*")
    text = text.lower()
    if not rest:
        return text == head
    if not text.startswith(head):
        return False
    *middle, tail = rest
    position = len(head)
    for part in middle:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return text.endswith(tail) and len(text) - len(tail) >= position


def like(pattern: str, text: str) -> bool:
    r"""``StringLike``: ``*`` is any text, ``?`` one character, ``\*`` and ``\?`` themselves."""
    wanted = [_meaning(token) for token in _TOKEN.findall(pattern)]
    at = star = resume = 0
    seen_star = False
    position = 0
    while position < len(text):
        if at < len(wanted) and wanted[at] is ANY:
            seen_star, star, resume = True, at, position
            at += 1
        elif at < len(wanted) and wanted[at] in (ONE, text[position]):
            at += 1
            position += 1
        elif seen_star:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(token is ANY for token in wanted[at:])


def _meaning(token: str) -> object:
    return {"*": ANY, "?": ONE}.get(token, token[-1])
