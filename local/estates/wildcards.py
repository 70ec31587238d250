"""Patterns with wildcards, as roles, scope maps and conditions have them."""

import re
from functools import lru_cache


def stands_for(pattern: str, text: str) -> bool:
    """Whether a text is as the pattern says, in which `*` is any text, even none."""
    return _compiled(pattern, "*").fullmatch(text) is not None


def is_like(text: str, pattern: str) -> bool:
    """The same where `?` is any one character, as in the operator StringLike."""
    return _compiled(pattern, "*?").fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, wildcards: str) -> re.Pattern[str]:
    meanings = {"*": ".*", "?": "."}
    parts = (meanings[one] if one in wildcards else re.escape(one) for one in pattern)
    return re.compile("".join(parts), re.DOTALL)
