"""How alike two names are. Strangers choose names, so the measure may not take long for any."""

import difflib
from itertools import takewhile

MOST_COMPARED = 40
"""Characters between what two names begin and end with: the time grows with their third power."""


def likeness(one: str, other: str) -> float:
    """From 0 for nothing in common to 1 for the same, as `difflib` measures it for short names."""
    begin = _begin_alike(one, other)
    one_left, other_left = one[begin:], other[begin:]
    end = _begin_alike(one_left[::-1], other_left[::-1])
    matcher = difflib.SequenceMatcher(
        None,
        one_left[: len(one_left) - end][:MOST_COMPARED],
        other_left[: len(other_left) - end][:MOST_COMPARED],
        autojunk=False,
    )
    common = begin + end + sum(block.size for block in matcher.get_matching_blocks())
    return 2 * common / (len(one) + len(other) or 1)


def _begin_alike(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
