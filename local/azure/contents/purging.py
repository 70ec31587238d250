"""`acr purge`: which tags and manifests a command takes, as Microsoft's acr-cli does it.

Pure. The tag expression is searched, the repository expression is joined as `^` + it + `$`, several
filters of one repository share one `keep`. Source: github.com/Azure/acr-cli, README and behaviour.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import yaml

from local.azure.contents.model import Contents, Manifest, Repository, Tag
from local.estates.registry import Locks

DEFAULT_AGO: Final = timedelta(days=1)
AGO: Final = re.compile(r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?")
SWITCHES: Final = frozenset({"--untagged", "--untagged-only", "--include-locked", "--dry-run"})
VALUES: Final = frozenset({"--ago", "--keep", "--concurrency", "--registry", "-r", "--repository"})
IMAGE: Final = re.compile(r"(?:mcr\.microsoft\.com/)?acr/acr-cli(?::[\w.-]+)?")


class PurgeError(ValueError):
    """A command that is no purge, or one that acr-cli would refuse."""


@dataclass(frozen=True)
class Purge:
    """One purge command."""

    filters: tuple[tuple[str, str], ...] = ()
    """Pairs of repository and tag expression."""
    ago: timedelta = DEFAULT_AGO
    keep: int = 0
    untagged: bool = False
    untagged_only: bool = False
    include_locked: bool = False
    dry_run: bool = False


def parse_task(text: str, values: Mapping[str, str] | None = None) -> list[Purge]:
    """The purges among the steps of a task file; `values` stand for `{{.Values.NAME}}`."""
    for name, value in (values or {}).items():
        text = value.join(re.split(rf"{{{{\s*\.Values\.{re.escape(name)}\s*}}}}", text))
    task = yaml.safe_load(text) or {}
    aliases: dict[str, str] = (task.get("alias") or {}).get("values") or {}
    commands = [expand(str(step["cmd"]), aliases) for step in steps(task) if "cmd" in step]
    return [parse_purge(command) for command in commands if is_purge(command)]


def steps(task: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a task."""
    return [step for step in task.get("steps") or [] if isinstance(step, dict)]


def expand(command: str, aliases: dict[str, str]) -> str:
    """A command with its aliases (`$name`) written out."""
    for name, value in aliases.items():
        used = re.compile(rf"\$\{{?{re.escape(name)}\}}?(?!\w)")
        command = value.join(used.split(command))
    return command


def is_purge(command: str) -> bool:
    """Whether a command is a purge, by alias or by image."""
    words = command.split()
    known = words[:1] == ["acr"] or bool(words and IMAGE.fullmatch(words[0]))
    return known and words[1:2] == ["purge"]


def parse_purge(command: str) -> Purge:
    """Read `acr purge --filter 'app:.*' --ago 30d ...`. Raises PurgeError."""
    if not is_purge(command):
        raise PurgeError(f"no purge: {command}")
    filters: list[tuple[str, str]] = []
    switches: set[str] = set()
    values: dict[str, str] = {}
    words = iter(shlex.split(command)[2:])
    for word in words:
        flag, equals, value = word.partition("=")
        if flag in SWITCHES:
            if value.lower() != "false":
                switches.add(flag)
        elif flag == "--filter" or flag in VALUES:
            given = value if equals else next(words, "")
            if flag == "--filter":
                filters.append(split_filter(given))
            values[flag] = given
        else:
            raise PurgeError(f"unknown flag: {word}")
    return Purge(
        filters=tuple(filters),
        ago=parse_ago(values["--ago"]) if "--ago" in values else DEFAULT_AGO,
        keep=int(values.get("--keep", "0")),
        untagged="--untagged" in switches,
        untagged_only="--untagged-only" in switches,
        include_locked="--include-locked" in switches,
        dry_run="--dry-run" in switches,
    )


def split_filter(text: str) -> tuple[str, str]:
    """A filter is split at its last colon; both sides must be expressions."""
    repository, colon, tag = text.rpartition(":")
    if not colon or not repository:
        raise PurgeError(f"a filter needs repository:tag, not {text!r}")
    for expression in (repository, tag):
        try:
            re.compile(expression)
        except re.error as error:
            raise PurgeError(f"{expression!r} is no expression: {error}") from error
    return repository, tag


def parse_ago(text: str) -> timedelta:
    """A Go duration with days: `2d3h6m`."""
    found = AGO.fullmatch(text)
    if not text or not found:
        raise PurgeError(f"not a duration: {text!r}")
    number = {unit: int(value or 0) for unit, value in found.groupdict().items()}
    return timedelta(days=number["d"], hours=number["h"], minutes=number["m"], seconds=number["s"])


def tag_expressions(purge: Purge, names: Iterable[str]) -> dict[str, str]:
    """Repository -> the tag expressions that concern it, joined with `|`."""
    found: dict[str, str] = {}
    for repository, tag in purge.filters:
        for name in names:
            if re.search("^" + repository + "$", name):
                found[name] = f"{found[name]}|{tag}" if name in found else tag
    return found


def doomed_tags(purge: Purge, repository: Repository, expression: str, now: datetime) -> list[Tag]:
    """Tags that match, are old enough and may be deleted, without the newest `keep` of them.

    Oldest first.
    """
    candidates = [
        tag
        for tag in repository.tags.values()
        if re.search(expression, tag.name)
        and tag.updated < now - purge.ago
        and (purge.include_locked or not is_locked(tag.locks))
    ]
    candidates.sort(key=lambda tag: tag.updated)
    return candidates[: len(candidates) - purge.keep] if purge.keep else candidates


def doomed_manifests(
    purge: Purge, repository: Repository, now: datetime, *, spare_children: bool = True
) -> list[Manifest]:
    """Manifests without a tag that are old enough and may be deleted.

    Old versions of acr-cli did not spare what an index lists. What refers to another manifest is
    spared with it [inferred].
    """
    tagged = {tag.digest for tag in repository.tags.values()}
    spared = repository.children() if spare_children else set()
    return [
        each
        for each in repository.manifests.values()
        if each.digest not in tagged | spared
        and each.parsed.subject not in repository.manifests
        and each.updated < now - purge.ago
        and (purge.include_locked or not is_locked(each.locks))
    ]


def concerned(purge: Purge, contents: Contents) -> dict[str, str]:
    """Repositories that a purge visits; without a filter, all of them for `--untagged-only`."""
    names = sorted(contents.repositories)
    if purge.untagged_only and not purge.filters:
        return dict.fromkeys(names, "^$")
    return tag_expressions(purge, names)


def is_locked(locks: Locks) -> bool:
    """A tag or manifest is spared when either lock is set."""
    return not (locks.delete_enabled and locks.write_enabled)
