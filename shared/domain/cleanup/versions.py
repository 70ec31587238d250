"""What releases of acr-cli do differently.

Sources: Azure/acr-cli issues 131, 342, 579, 584, 644 and pull requests 130, 132, 188, 462, 489,
532, 577; the documentation of ``acr purge``. Releases in between were not tried: None says so.
"""

import re

from msgspec import Struct

Release = tuple[int, int]

NEWEST: Release = (99, 0)
"""The alias ``acr purge`` and tags that are no number: whatever Microsoft ships now."""
ADVISED = "0.19"
"""What the documentation names."""
IMAGE = "mcr.microsoft.com/acr/acr-cli"


class Behaviour(Struct, frozen=True):
    """How a release treats manifests. None: not known.

    ``odd_indexes``: whether it is known what it does with indexes that are locked, that hold
    indexes, or that have a subject; pull request 462 changed it some time before 0.17.
    """

    untagged_honours_ago: bool
    untagged_honours_keep: bool
    spares_index_children: bool | None
    spares_referrers: bool | None
    odd_indexes: bool
    knows_include_locked: bool
    knows_untagged_only: bool
    knows_verbose: bool | None
    repository_expressions: bool | None
    knows_limits: bool


def release(tag: str) -> Release:
    """The release that an image's tag names: ``0.17``, ``v0.17``, ``0.17-linux``."""
    found = re.match(r"v?([0-9]{1,4})\.([0-9]{1,4})", tag)
    return (int(found.group(1)), int(found.group(2))) if found else NEWEST


def behaviour(tag: str) -> Behaviour:
    """What the release does."""
    named = release(tag)
    old, tried = named <= (0, 5), named >= (0, 11)
    return Behaviour(
        untagged_honours_ago=named >= (0, 17),
        untagged_honours_keep=named >= (0, 18),
        spares_index_children=tried if old or tried else None,
        spares_referrers=tried if old or tried else None,
        odd_indexes=named >= (0, 17),
        knows_include_locked=named >= (0, 17),
        knows_untagged_only=named >= (0, 18),
        knows_verbose=None if named == (0, 18) else named > (0, 18),
        repository_expressions=True if named >= (0, 5) else None,
        knows_limits=named >= (0, 20),
    )


def is_old(tag: str) -> bool:
    """Whether the release has faults that later ones do not have."""
    return release(tag) < (0, 17)


def keeps_short_lists(tag: str) -> bool:
    """Whether ``--keep N`` keeps untagged manifests where there are N of them or fewer.

    Up to 0.19 it keeps none of them then; the code of autumn 2026 does. The alias runs what the
    documentation names.
    """
    named = release(tag)
    return named != NEWEST and named >= (0, 20)
