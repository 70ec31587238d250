"""File patterns where a regular expression is wanted: ``v*``, ``*-dev``, ``1.2.*``."""

import re

_LITERAL = re.compile(r"[\w/.-]*\*[\w/.*-]*")
"""Names with stars in them, and nothing that only an expression has."""
_STAR_ALONE = re.compile(r"(?:^|[\w/-])\*")
"""A star that repeats a letter, or nothing: not that of ``.*``."""


def is_glob(text: str) -> bool:
    """Whether one side of a filter is rather a file pattern."""
    bare = text.removeprefix("^").removesuffix("$")
    return bool(_LITERAL.fullmatch(bare) and _STAR_ALONE.search(bare))


def as_expression(glob: str) -> str:
    """The expression that means what the file pattern seems to mean."""
    bare = glob.removeprefix("^").removesuffix("$")
    stars = re.sub(r"\.?\*+", "*", bare)
    return stars.replace(".", "\\.").replace("*", ".*")
