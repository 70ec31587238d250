"""What `acr purge` removes, as naively as it can be said: the real prediction must agree with this.

Written from the rules alone, never from the code it judges. The rules, as numbered below:

1. The tag part of `--filter repository:tag` is searched anywhere in the tag.
2. The repository part is put between `^` and `$` as text, without parentheses.
3. A filter is split at its last colon. All filters that fit a repository become one expression.
4. A tag counts if it was last updated before now minus `--ago` (`2d3h6m`).
5. `--keep` spares the newest among the tags that would otherwise go.
6. A lock on deleting or on writing spares, unless `--include-locked`.
7. An expression that may mean something else to the registry's engine is refused.
8. Manifests go only with `--untagged`, after the tags, or `--untagged-only`, without them.
9. What an index leads to is not untagged.
10. `--dry-run` removes nothing; `--concurrency` changes only the pace.
"""

import re
import shlex
import warnings
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

# Silent: which indexes hold their children. All; those that this purge leaves; those with a tag.
Holding = Literal["all", "staying", "tagged"]
SWITCHES = ("--untagged", "--untagged-only", "--include-locked", "--dry-run")
VALUES = ("--filter", "--ago", "--keep", "--concurrency")
NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9}
NANOSECONDS |= {"m": 60 * 10**9, "h": 3600 * 10**9, "d": 24 * 3600 * 10**9}
# Python understands these, but not as .NET and RE2 do: groups with flags, an open lower bound,
# a set in a set, possessive repetition.
UNTRANSLATABLE = (r"\(\?", r"\{,", r"\[[^\]]*\[", r"[*+?}]\+")


def naive_purge(
    registry: dict[str, Any], command: str, now: datetime, *, holding: Holding = "all"
) -> tuple[list[str], list[str]]:
    """The sorted `repository:tag` and `repository@digest` that the command removes.

    `holding` says which indexes hold their children.
    Raises ValueError for a command that these rules do not understand.
    """
    filters, options = read_command(command)
    untagged_only = "--untagged-only" in options
    if untagged_only:
        filters = filters or [".*:.*"]  # silent: without a filter, every repository
        options.setdefault("--ago", "0s")  # silent: without an age, any age
    if not filters or "--ago" not in options:
        raise ValueError("--filter and --ago are needed")  # silent: their defaults
    limit = nanoseconds(now) - read_duration(options["--ago"])  # rule 4
    keep = int(options.get("--keep", "0"))
    if keep < 0:
        raise ValueError(f"--keep is {keep}")  # silent: what a negative number would keep
    include_locked = "--include-locked" in options

    tags: list[str] = []
    digests: list[str] = []
    for repository in registry["repositories"]:
        name = repository["name"]
        expression = tag_expression(filters, name)
        if expression is None:
            continue
        gone: list[str] = []
        if not untagged_only:  # rule 8
            gone = tags_to_delete(repository, expression, limit, keep, include_locked)
        tags += [f"{name}:{tag}" for tag in gone]
        if untagged_only or "--untagged" in options:  # rule 8
            unused = manifests_to_delete(repository, gone, limit, include_locked, holding=holding)
            digests += [f"{name}@{digest}" for digest in unused]
    if "--dry-run" in options:  # rule 10
        return [], []
    return sorted(tags), sorted(digests)


def tags_to_delete(
    repository: dict[str, Any], expression: str, limit: int, keep: int, include_locked: bool
) -> list[str]:
    candidates = []
    for tag in repository["tags"]:
        if not re.search(expression, tag["name"]):  # rule 1
            continue
        if not read_time(tag["lastUpdateTime"]) < limit:  # rule 4
            continue
        if is_locked(tag) and not include_locked:  # rule 6; silent: its manifest's lock, not asked
            continue
        candidates.append(tag)
    # Rule 5. Silent: of tags updated at the same moment, those first in the list are kept.
    candidates.sort(key=lambda tag: read_time(tag["lastUpdateTime"]), reverse=True)
    return [tag["name"] for tag in candidates[keep:]]


def manifests_to_delete(
    repository: dict[str, Any],
    gone: list[str],
    limit: int,
    include_locked: bool,
    *,
    holding: Holding,
) -> list[str]:
    """Silent: `--keep` spares no manifest."""
    tagged = [tag["digest"] for tag in repository["tags"] if tag["name"] not in gone]  # rule 8
    unused = []
    for manifest in repository["manifests"]:
        if manifest["digest"] in tagged:
            continue
        if not read_time(manifest["lastUpdateTime"]) < limit:  # rule 8; silent: untagging makes
            continue  # a manifest no younger
        if is_locked(manifest) and not include_locked:  # rule 6; silent: as for tags
            continue
        unused.append(manifest["digest"])
    while True:  # rule 9: what stays may hold what looked unused, and so on
        children = []
        for manifest in repository["manifests"]:
            stays = manifest["digest"] not in unused
            if (
                holding == "all"
                or (holding == "staying" and stays)
                or (holding == "tagged" and manifest["digest"] in tagged)
            ):
                children += manifest["references"]
        left = [digest for digest in unused if digest not in children]
        if left == unused:
            return unused
        unused = left


def tag_expression(filters: list[str], name: str) -> str | None:
    """Every filter for this repository as one expression; None if there is no such filter."""
    parts = []
    for text in filters:
        repository_part, _, tag_part = text.rpartition(":")  # rule 3
        if not repository_part or not tag_part:
            raise ValueError(f"a part is missing in --filter {text!r}")  # silent: what nothing fits
        refuse_odd(repository_part)
        refuse_odd(tag_part)
        if re.search("^" + repository_part + "$", name):  # rule 2
            parts.append(tag_part)
    return "|".join(parts) if parts else None  # rule 3


def refuse_odd(expression: str) -> None:
    """Rule 7; silent: which expressions cannot be translated."""
    for odd in UNTRANSLATABLE:
        if re.search(odd, expression):
            raise ValueError(f"--filter {expression!r} has {odd!r}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(expression)
        except (re.error, Warning) as error:
            raise ValueError(f"--filter {expression!r}: {error}") from error


def is_locked(item: dict[str, Any]) -> bool:
    attributes = item["changeableAttributes"]
    return not attributes["deleteEnabled"] or not attributes["writeEnabled"]  # rule 6


def read_time(text: str) -> int:
    """Nanoseconds since 1970: the registry writes seven decimals, Python's times hold six."""
    seconds, _, decimals = text.removesuffix("Z").partition(".")
    whole = datetime.fromisoformat(seconds).replace(tzinfo=UTC)
    return nanoseconds(whole) + int(decimals.ljust(9, "0"))


def nanoseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def read_duration(text: str) -> int:
    """Nanoseconds: days if any, then hours to nanoseconds as Go writes them (rule 4)."""
    if text == "0":
        return 0
    if not re.fullmatch(r"([0-9]+d)?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))*", text) or not text:
        raise ValueError(f"--ago {text!r}")  # silent: what a negative age would do
    total = 0
    for number, unit in re.findall(r"([0-9.]+)([a-zµ]+)", text):
        total += int(Fraction(number) * NANOSECONDS[unit])
    return total


def read_command(command: str) -> tuple[list[str], dict[str, str]]:
    """The filters, and every other option that is on, with its value."""
    words = shlex.split(command)
    words = words[words.index("purge") + 1 :]
    filters: list[str] = []
    options: dict[str, str] = {}
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in SWITCHES:
            if value not in ("true", "false") and equals:
                raise ValueError(f"{name}={value}")
            options.pop(name, None)
            if value != "false":
                options[name] = "true"
        elif name in VALUES:
            if not equals:
                if not words:
                    raise ValueError(f"{name} needs a value")
                value = words.pop(0)
            if name == "--filter":
                filters.append(value)
            else:
                options[name] = value
        else:
            raise ValueError(f"{name!r} is no option that the rules know")
    return filters, options
