"""fieldSelector, labelSelector, and pages with `limit` and `continue`."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.azure.arm.render.common import Json


class SelectingError(Exception):
    """A parameter is wrong; the message says which, its value and what is accepted."""


def selected(items: Sequence[Json], query: Mapping[str, str]) -> list[Json]:
    """The items that the selectors of a request let through. Raises SelectingError."""
    fields = list(_terms("fieldSelector", query.get("fieldSelector", "")))
    labels = list(_terms("labelSelector", query.get("labelSelector", "")))
    return [
        item
        for item in items
        if all((_field(item, path) == value) is wanted for path, value, wanted in fields)
        and all((_label(item, name) == value) is wanted for name, value, wanted in labels)
    ]


def paged(items: Sequence[Json], query: Mapping[str, str]) -> tuple[Sequence[Json], Json]:
    """A page, and what `metadata` of the list says of the next one. Raises SelectingError."""
    start = _start(query.get("continue", ""))
    limit = query.get("limit", "0") or "0"
    if not limit.isdecimal():
        raise SelectingError(f"limit is {limit!r}; accepted: a whole number")
    end = start + int(limit) if int(limit) else len(items)
    if end >= len(items):
        return items[start:], {}
    token = base64.urlsafe_b64encode(json.dumps({"start": end}).encode()).decode()
    return items[start:end], {"continue": token, "remainingItemCount": len(items) - end}


def _terms(name: str, text: str) -> Iterator[tuple[str, str, bool]]:
    for term in filter(None, text.split(",")):
        for operator, wanted in (("!=", False), ("==", True), ("=", True)):
            left, found, right = term.partition(operator)
            if found:
                yield left.strip(), right.strip(), wanted
                break
        else:
            raise SelectingError(f"{name} has {term!r}; accepted: key=value, key!=value")


def _field(item: Any, path: str) -> str:
    for part in path.split("."):
        item = item.get(part, "") if isinstance(item, dict) else ""
    return str(item)


def _label(item: Json, name: str) -> str:
    return str(item["metadata"].get("labels", {}).get(name, ""))


def _start(token: str) -> int:
    if not token:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["start"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise SelectingError(f"continue is {token!r}, which was not given out here") from None
