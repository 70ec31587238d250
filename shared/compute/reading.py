"""
JSON of Azure, read with care.

What is missing or null is empty. What is there but of another type is an error, never a guess.
"""

from datetime import datetime
from typing import Any

from shared.compute.sources import Json
from shared.domain.clock import utc
from shared.domain.facts.base import CouldNotLookError


class MalformedError(CouldNotLookError):
    """An answer has another shape than documented. The message names the property."""


def find(node: Json, *path: str) -> Any:
    """The value at a path of properties, None where the path ends early."""
    value: Any = node
    for number, name in enumerate(path):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise MalformedError(f"{_dotted(path[:number])} is not an object")
        value = value.get(name)
    return value


def text(node: Json, *path: str) -> str:
    """A string, empty where it is missing."""
    value = find(node, *path)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedError(f"{_dotted(path)} is not a text")
    return value


def flag(node: Json, *path: str) -> bool:
    """A boolean, False where it is missing."""
    value = find(node, *path)
    if value is not None and not isinstance(value, bool):
        raise MalformedError(f"{_dotted(path)} is not true or false")
    return bool(value)


def number(node: Json, *path: str) -> int:
    """A whole number, 0 where it is missing."""
    value = find(node, *path)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise MalformedError(f"{_dotted(path)} is not a number")
    return value or 0


def moment(node: Json, *path: str) -> datetime | None:
    """A time, None where it is missing."""
    written = text(node, *path)
    try:
        return utc(written) if written else None
    except ValueError as why:
        raise MalformedError(f"{_dotted(path)} is not a time") from why


def mapping(node: Json, *path: str) -> Json:
    """An object, empty where it is missing."""
    value = find(node, *path)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedError(f"{_dotted(path)} is not an object")
    return value


def items(node: Json, *path: str) -> tuple[Json, ...]:
    """A list of objects, empty where it is missing."""
    found = _list(node, path)
    if not all(isinstance(item, dict) for item in found):
        raise MalformedError(f"{_dotted(path)} is not a list of objects")
    return tuple(found)


def texts(node: Json, *path: str) -> tuple[str, ...]:
    """A list of strings, empty where it is missing."""
    found = _list(node, path)
    if not all(isinstance(item, str) for item in found):
        raise MalformedError(f"{_dotted(path)} is not a list of texts")
    return tuple(found)


def _list(node: Json, path: tuple[str, ...]) -> list[Any]:
    value = find(node, *path)
    if value is not None and not isinstance(value, list):
        raise MalformedError(f"{_dotted(path)} is not a list")
    return value or []


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(path) or "the answer"
