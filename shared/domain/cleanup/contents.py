"""A registry's contents as JSON, such as a file for ``predict-purge``."""

import re
from datetime import datetime
from typing import Any

import msgspec

from shared.domain.cleanup.model import (
    OPEN,
    Attributes,
    ManifestEntry,
    RegistryContents,
    RepositoryContents,
    TagEntry,
)
from shared.domain.clock import utc

MICROSECONDS = 6
"""Digits of a second that a datetime holds."""
_FRACTION = re.compile(r"[.,]([0-9]+)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class BadContentsError(ValueError):
    """A file that is not read. The message names the field, the value and what is accepted."""


def parse_contents(data: bytes) -> RegistryContents:
    """Read ``{"repositories": [{"name", "tags", "manifests"}]}``. Raises BadContentsError.

    What is null or absent has its default; what else the file has is passed over.
    """
    try:
        given = msgspec.json.decode(data.removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as why:
        raise BadContentsError(f"the file is no JSON: {why}") from why
    top = _object(given, "the file")
    if "repositories" not in top:
        raise BadContentsError('the file has no "repositories"; it must be a list of repositories')
    repositories = _list(top, "repositories", "the file")
    read = tuple(_repository(r, f"repositories[{i}]") for i, r in enumerate(repositories))
    names = [repository.name for repository in read]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadContentsError(f"repositories: {twice[:200]!r} is there twice")
    return RegistryContents(read)


def _repository(given: object, where: str) -> RepositoryContents:
    has = _object(given, where)
    tags = [_tag(t, f"{where}.tags[{i}]") for i, t in enumerate(_list(has, "tags", where))]
    listed = enumerate(_list(has, "manifests", where))
    return RepositoryContents(
        _text(has, "name", where, needed=True),
        tuple(tag for _, tag in sorted(tags, key=lambda pair: pair[0], reverse=True)),
        tuple(_manifest(m, f"{where}.manifests[{i}]") for i, m in listed),
    )


def _tag(given: object, where: str) -> tuple[str, TagEntry]:
    """The entry, with its time as text: two times may differ by less than a microsecond."""
    has = _object(given, where)
    at, exact = _time(has, where)
    tag = TagEntry(
        _text(has, "name", where, needed=True), _text(has, "digest", where), at, _locks(has, where)
    )
    return exact, tag


def _manifest(given: object, where: str) -> ManifestEntry:
    has = _object(given, where)
    at, exact = _time(has, where)
    return ManifestEntry(
        digest=_text(has, "digest", where, needed=True),
        media_type=_text(has, "mediaType", where),
        last_update_time=at,
        tags=_texts(has, "tags", where),
        references=_texts(has, "references", where),
        subject=_text(has, "subject", where),
        changeable_attributes=_locks(has, where),
        finer=exact.rpartition(".")[2][MICROSECONDS:],
    )


def _locks(has: dict[str, Any], where: str) -> Attributes:
    given = has.get("changeableAttributes")
    if given is None:
        return OPEN
    inner = _object(given, f"{where}.changeableAttributes")
    found = {}
    for name in ("deleteEnabled", "writeEnabled"):
        value = inner.get(name)
        if value is not None and not isinstance(value, bool):
            raise BadContentsError(
                f"{where}.changeableAttributes.{name} is {_shown(value)}, and must be true or false"
            )
        found[name] = value is not False
    return Attributes(found["deleteEnabled"], found["writeEnabled"])


def _time(has: dict[str, Any], where: str) -> tuple[datetime | None, str]:
    """The time, to the microsecond, and as text that sorts to the last digit."""
    text = _text(has, "lastUpdateTime", where)
    if not text:
        return None, ""
    try:
        return exact_time(text)
    except ValueError:
        raise BadContentsError(
            f"{where}.lastUpdateTime is {_shown(text)}, and must be a time such as "
            "2026-11-26T18:00:00.1234567Z"
        ) from None


def exact_time(text: str) -> tuple[datetime, str]:
    """An ISO 8601 time; without an offset it is UTC. Raises ValueError."""
    at = utc(text)
    fraction = _FRACTION.search(text)
    digits = fraction.group(1).rstrip("0") if fraction else ""
    return at, f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}.{digits}"


def _object(given: object, where: str) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    raise BadContentsError(f"{where} is {_shown(given)}, and must be an object")


def _list(has: dict[str, Any], name: str, where: str) -> list[Any]:
    given = has.get(name)
    if given is None:
        return []
    if isinstance(given, list):
        return given
    raise BadContentsError(f"{where}.{name} is {_shown(given)}, and must be a list")


def _text(has: dict[str, Any], name: str, where: str, *, needed: bool = False) -> str:
    given = has.get(name)
    if given is None and not needed:
        return ""
    if isinstance(given, str) and (given or not needed):
        return given
    raise BadContentsError(f"{where}.{name} is {_shown(given)}, and must be a text")


def _texts(has: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    given = _list(has, name, where)
    for index, value in enumerate(given):
        if not isinstance(value, str):
            raise BadContentsError(
                f"{where}.{name}[{index}] is {_shown(value)}, and must be a text"
            )
    return tuple(given)


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)[:100]
