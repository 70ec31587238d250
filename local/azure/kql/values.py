"""How Kusto compares and converts values; null and dynamic values are the traps."""

import json
import re
from datetime import UTC, datetime, timedelta

from local.azure.kql.table import Value


def text(value: Value) -> str:
    """tostring(): null is the empty string, JSON is written compactly, times in ISO 8601."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        case dict() | list():
            return json.dumps(value, separators=(",", ":"))
        case _:
            return str(value)


def equal(left: Value, right: Value) -> bool:
    """`==`: null equals nothing, a dynamic value equals the scalar it holds; numbers by value."""
    if left is None or right is None:
        return False
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def less(left: Value, right: Value) -> bool:
    """`<` between two values of one kind; false where they cannot be ordered."""
    try:
        return bool(left < right)
    except TypeError:
        return False


def has_term(haystack: str, needle: str) -> bool:
    """`has`: the needle stands as a whole alphanumeric term."""
    return re.search(rf"(?<![0-9A-Za-z_]){re.escape(needle)}(?![0-9A-Za-z_])", haystack) is not None


def member(of: Value, key: Value) -> Value:
    """`of.key` or `of[0]`; null where there is none. Names are case-sensitive, as in Kusto."""
    if isinstance(of, dict) and isinstance(key, str):
        return of.get(key)
    if isinstance(of, list) and isinstance(key, int) and not isinstance(key, bool):
        return of[key] if -len(of) <= key < len(of) else None
    return None


def order(value: Value) -> tuple[int, float, str]:
    """A sort key over anything: null, then numbers and times, then text whatever its case."""
    match value:
        case None:
            return (0, 0.0, "")
        case bool() | int() | float():
            return (1, float(value), "")
        case datetime():
            return (1, value.timestamp(), "")
        case timedelta():
            return (1, value.total_seconds(), "")
        case _:
            return (2, 0.0, text(value))


def identity(value: Value) -> str:
    """A hashable stand-in of a value, to group by."""
    return f"{type(value).__name__}:{text(value)}"
