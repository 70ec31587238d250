"""An ``acr purge`` command line, as its author wrote it."""

import re
from collections.abc import Collection, Sequence

from shared.domain.cleanup import flags, limits, words
from shared.domain.cleanup.ago import LONGEST, parse_ago
from shared.domain.cleanup.expressions import split_filter
from shared.domain.cleanup.flags import Flag
from shared.domain.cleanup.model import Limits, Purge, RefusedError
from shared.domain.cleanup.versions import behaviour, is_old

_IMAGE = re.compile(r"(?:.*/)?acr(?:-cli)?(?::(?P<tag>[\w.-]+))?(?:@sha256:[0-9a-f]+)?")
_ASSIGNMENT = re.compile(r"(?:\$env:)?\$?[A-Za-z_]\w*=(?P<value>.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{\{.*?\}\}|\$\{?[A-Za-z_]\w*|\$\(|`")
_AZ = (("run",), ("task", "create"), ("task", "update"))
MOST_FILTERS = 200
_WRAPPERS = 3
"""``az acr run`` around an assignment around a command: deeper is nobody's."""

ACCEPTED = (
    "acr purge --filter REPOSITORY:TAG --ago DURATION ..., the same with an image "
    '.../acr/acr-cli:VERSION, or az acr run --cmd "..." around it'
)


def parse_purge(command: str) -> Purge:
    """Read ``acr purge ...``, an image ``.../acr-cli:TAG purge ...``, or ``az acr run|task create
    --cmd "..."`` around them.

    Raises:
        RefusedError: with a reason that a person understands: it is no purge, the tool itself
            would stop with an error and delete nothing, or it has a variable that is not known.

    """
    version, given = read_command(command)
    return to_purge(version, given)


def read_command(command: str) -> tuple[str, tuple[Flag, ...]]:
    """The named version and the flags, before they are checked. Raises RefusedError."""
    version, rest = _program(unwrap(words.split(command)))
    return version, flags.read_flags(rest)


def unwrap(given: Sequence[str], depth: int = 0) -> Sequence[str]:
    """The words of the purge itself, out of ``az acr ... --cmd`` and ``NAME="..."``."""
    inner = _inside(given)
    if inner is None:
        return given
    if depth == _WRAPPERS:
        raise RefusedError("the command is wrapped too often")
    return unwrap(words.split(inner), depth + 1)


def _inside(given: Sequence[str]) -> str | None:
    if len(given) == 1 and (found := _ASSIGNMENT.fullmatch(given[0])):
        return found.group("value")
    if tuple(given[:2]) != ("az", "acr"):
        return given[0] if len(given) == 1 and " " in given[0] else None
    if not any(tuple(given[2 : 2 + len(verb)]) == verb for verb in _AZ):
        raise RefusedError(
            f"az acr {' '.join(given[2:4])[:100]} runs no purge; accepted: {ACCEPTED}"
        )
    for index, word in enumerate(given):
        if word == "--cmd" and index + 1 < len(given):
            return given[index + 1]
        if word.startswith("--cmd="):
            return word.removeprefix("--cmd=")
    raise RefusedError("az acr has no --cmd here: what it runs is in a file")


def _program(given: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The version and the words behind ``purge``."""
    found = _IMAGE.fullmatch(given[0]) if given else None
    if not found or "purge" not in given[1:]:
        what = " ".join(given)[:100]
        raise RefusedError(f"{what!r} is no purge; accepted: {ACCEPTED}")
    at = list(given).index("purge", 1)
    tag = found.group("tag") or ""
    return tag, [*given[1:at], *given[at + 1 :]]


def to_purge(version: str, given: Sequence[Flag]) -> Purge:
    """The purge that the flags say. The last of a flag counts; filters add up."""
    last = {flag.name: flag for flag in given}
    _check_names(version, last)
    filters = tuple(flag.value for flag in given if flag.name == "filter")
    on = {flag.name: flags.boolean(flag) for flag in given if flag.name in flags.BOOLEANS}
    counts = {flag.name: flags.number(flag) for flag in given if flag.name in flags.NUMBERS}
    ago = last["ago"].value if "ago" in last else ""
    _refuse_variables((*filters, ago))
    _refuse_overflow(version, ago)
    _refuse_page_size(counts.get("repository-page-size", 1))
    if on.get("help"):
        raise RefusedError("with --help the tool only prints its help")
    purge = Purge(
        filters=filters,
        ago=parse_ago(ago) if ago else None,
        keep=max(0, counts.get("keep", 0)),
        untagged=on.get("untagged", False),
        untagged_only=on.get("untagged-only", False),
        include_locked=on.get("include-locked", False),
        dry_run=on.get("dry-run", False),
        concurrency=counts.get("concurrency"),
        version=version,
        tag_limits=Limits(counts.get("min-tags"), counts.get("max-tags")),
        manifest_limits=Limits(
            counts.get("min-untagged-manifests"), counts.get("max-untagged-manifests")
        ),
    )
    limits.check(purge, last)
    _check(purge)
    return purge


def _refuse_variables(values: Sequence[str]) -> None:
    for value in values:
        if found := _VARIABLE.search(value):
            raise RefusedError(f"{found.group()[:100]!r} in {value[:100]!r} is not known here")


def _refuse_overflow(version: str, ago: str) -> None:
    """Before 0.17 nothing caps ``--ago``: the tool stops, or counts round to a time to come."""
    if ago and is_old(version) and parse_ago(ago) >= LONGEST:
        raise RefusedError(f"what acr-cli {version} makes of --ago {ago!r} is not foretold")


def _refuse_page_size(size: int) -> None:
    """The tool takes 32 bits, and what a registry lists on a page of none is not known."""
    if not 0 < size < 2**31:
        raise RefusedError(f"--repository-page-size is {size}, and must be a number above 0")


def _check_names(version: str, given: Collection[str]) -> None:
    """What the tool's reader stops at, even at ``--untagged=false``. Raises RefusedError."""
    knows = behaviour(version)
    for name, known in (
        ("include-locked", knows.knows_include_locked),
        ("untagged-only", knows.knows_untagged_only),
        ("verbose", knows.knows_verbose),
    ):
        if name in given and known is None:
            raise RefusedError(f"whether acr-cli {version} has a flag --{name} is not known")
        if name in given and not known:
            raise RefusedError(f"acr-cli {version} has no flag --{name}: it would not run")
    if {"untagged", "untagged-only"} <= {*given}:
        raise RefusedError("--untagged and --untagged-only exclude each other, even with =false")


def _check(purge: Purge) -> None:
    """What the tool checks before it begins. Raises RefusedError."""
    if not purge.untagged_only:
        if not purge.filters:
            raise RefusedError("--filter REPOSITORY:TAG is missing: the tool would not run")
        if purge.ago is None and purge.tag_limits.cap is None:
            raise RefusedError("--ago DURATION (such as 30d) is missing: the tool would not run")
    if len(purge.filters) > MOST_FILTERS:
        raise RefusedError(f"more than {MOST_FILTERS} filters are not foretold")
    for text in purge.filters:
        split_filter(text)
