"""What the tool demands of ``--min-...`` and ``--max-...`` before it begins.

Source: cmd/acr/purge.go of acr-cli in autumn 2026. Releases up to 0.19 do not know these flags; the
alias ``acr purge`` is taken to know them where they are used.
"""

from collections.abc import Collection, Iterator

from shared.domain.cleanup.flags import COUNTS
from shared.domain.cleanup.model import Purge, RefusedError
from shared.domain.cleanup.versions import behaviour


def check(purge: Purge, given: Collection[str]) -> None:
    """Raises RefusedError for the first thing that the tool would not take."""
    used = sorted(COUNTS.intersection(given))
    if used and not behaviour(purge.version).knows_limits:
        raise RefusedError(f"acr-cli {purge.version} has no flag --{used[0]}: it would not run")
    if used and "keep" in given:
        raise RefusedError(f"--keep and --{used[0]} exclude each other")
    for wrong in _wrong(purge):
        raise RefusedError(wrong)


def _wrong(purge: Purge) -> Iterator[str]:
    tags, manifests = purge.tag_limits, purge.manifest_limits
    for name, limits in (("tags", tags), ("untagged-manifests", manifests)):
        for bound, number in (("min", limits.floor), ("max", limits.cap)):
            if number is not None and number < 0:
                yield f"--{bound}-{name} is {number}, and must not be negative"
        if limits.floor is not None and purge.ago is None:
            yield f"--min-{name} needs --ago"
        if limits.floor is not None and limits.cap is not None and limits.floor > limits.cap:
            yield f"--min-{name} is larger than --max-{name}"
    if tags.given and purge.untagged_only:
        yield "--min-tags and --max-tags do not go with --untagged-only"
    if manifests.given and not (purge.untagged or purge.untagged_only):
        yield "limits of untagged manifests need --untagged or --untagged-only"
