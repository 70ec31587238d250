"""Traps of a purge's filters: what they match that their author does not mean."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from shared.domain.cleanup.expressions import compile_expression, split_filter
from shared.domain.cleanup.globs import as_expression, is_glob
from shared.domain.cleanup.model import RefusedError, Trap
from shared.domain.cleanup.parts import (
    Parts,
    Registry,
    anchored,
    is_alternation,
    is_anchored,
    matches_everything,
)

MOST_NAMED = 10


def globs(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A file pattern where a regular expression is wanted."""
    if not any(is_glob(side) for text in parts.filters for side in split_filter(text)):
        return
    yield Trap(
        "GLOB",
        "A filter looks like a file pattern, and is a regular expression",
        "In a regular expression v* means any number of v, also none, so that it matches every "
        "name; any text is .* there.",
        parts.with_filters(
            lambda repository, tag: (
                as_expression(repository) if is_glob(repository) else repository,
                anchored(as_expression(tag)) if is_glob(tag) else tag,
            )
        ).command(),
    )


def unanchored(parts: Parts, _: Registry) -> Iterator[Trap]:
    """A tag that is searched for anywhere in a name."""
    if parts.is_on("untagged-only"):
        return
    tags = [split_filter(text)[1] for text in parts.filters]
    loose = [tag for tag in tags if not is_glob(tag) and not is_anchored(tag) and _compiles(tag)]
    if loose:
        shown = loose[0][:100]
        yield Trap(
            "UNANCHORED_TAG",
            f"'{shown}' matches anywhere in a tag",
            f"The tag is searched for, not compared: v1 also takes v10 and dev-v1. ^{shown}$ "
            "takes only what it says.",
            parts.with_filters(
                lambda repository, tag: (repository, anchored(tag) if tag in loose else tag)
            ).command(),
        )


def alternation(parts: Parts, registry: Registry) -> Iterator[Trap]:
    """``a|b:``, which is everything that begins with a or ends with b."""
    sides = [split_filter(text)[0] for text in parts.filters]
    wide = [side for side in sides if is_alternation(side) and _compiles(f"^{side}$")]
    if not wide:
        return
    more = sorted({name for side in wide for name in _also(side, registry.repositories)})
    yield Trap(
        "REPOSITORY_ALTERNATION",
        f"{wide[0][:100]} takes more repositories than it names",
        f"The tool puts ^ before and $ behind the text: ^{wide[0][:100]}$ is everything that "
        "begins with the first name or ends with the last." + _named("Here it also takes", more),
        parts.with_filters(
            lambda repository, tag: (
                f"({repository})" if repository in wide else repository,
                tag,
            )
        ).command(),
    )


def everything_in_use(parts: Parts, registry: Registry) -> Iterator[Trap]:
    """Every tag of a repository that workloads pull from."""
    if parts.is_on("untagged-only") or parts.is_on("dry-run"):
        return
    taken = sorted(
        name
        for text in parts.filters
        if matches_everything(split_filter(text)[1])
        for name in _matching(split_filter(text)[0], registry.in_use)
    )
    if taken:
        yield Trap(
            "EVERYTHING_IN_USE",
            "Every old tag of a repository that workloads pull from goes",
            "The filter makes no difference between tags, and age says nothing about use."
            + _named("In use:", taken)
            + " Lock the tags in use, or name the tags that may go; look first with --dry-run.",
            parts.put("dry-run").command(),
        )


def shared_keep(parts: Parts, registry: Registry) -> Iterator[Trap]:
    """One counter for several filters."""
    if parts.number("keep") < 1 or parts.is_on("untagged-only"):
        return
    taken = [(text, _taken(text, registry.repositories)) for text in parts.filters]
    common = _twice(names for _, names in taken)
    if not common:
        return
    alone, seen = list[str](), set[str]()
    for text, names in taken:
        if not seen & names:
            alone.append(text)
            seen |= names
    yield Trap(
        "SHARED_KEEP",
        "Several filters of one repository share one --keep",
        "They become one expression with one counter, so that one pattern's tags may use it up."
        + _named("Here for", common)
        + " Give each filter a command of its own.",
        parts.without("filter").add("filter", alone).command(),
    )


def _taken(text: str, names: Collection[str]) -> set[str]:
    """The repositories that a filter concerns; where no name is known, its own text."""
    side = split_filter(text)[0]
    return set(_matching(side, names)) if names else {side}


def _twice(sets: Iterable[set[str]]) -> list[str]:
    counted = Counter(name for names in sets for name in names)
    return sorted(name for name, count in counted.items() if count > 1)


def _matching(repository: str, names: Collection[str]) -> list[str]:
    try:
        pattern = compile_expression(f"^{repository}$")
    except RefusedError:
        return []
    return [name for name in names if pattern.search(name)]


def _also(repository: str, names: Collection[str]) -> list[str]:
    """What the tool takes besides what the author named."""
    meant = set(_matching(f"({repository})", names))
    return [name for name in _matching(repository, names) if name not in meant]


def _named(before: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" {before} {', '.join(name[:100] for name in names[:MOST_NAMED])}{more}."


def _compiles(text: str) -> bool:
    try:
        compile_expression(text)
    except RefusedError:
        return False
    return True
