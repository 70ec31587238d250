"""The scalar functions: kind of the result, number of arguments, and what each does."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from local.azure.kql.table import Value
from local.azure.kql.values import text

_MANY = 64


class Function(NamedTuple):
    """A scalar function; `kind` None = the kind of its argument number `like`."""

    kind: str | None
    least: int
    most: int
    call: Callable[..., Value]
    like: int = 0


def _integer(value: Value) -> int | None:
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def _real(value: Value) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _boolean(value: Value) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    return None if value is None else bool(value)


def _moment(value: Value) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _json(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _coalesce(*values: Value) -> Value:
    return next((v for v in values if v is not None and v != ""), values[-1])


def _case(*values: Value) -> Value:
    branches = zip(values[:-1:2], values[1::2], strict=True)
    return next((result for condition, result in branches if condition), values[-1])


def _pack(*values: Value) -> Value:
    return {text(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


def _concat(*values: Value) -> Value:
    lists = [value for value in values if isinstance(value, list)]
    return [item for items in lists for item in items]


def _extract(pattern: str, group: int, source: Value) -> str:
    match = re.search(pattern, text(source))
    return match[group] or "" if match else ""


def _substring(source: Value, start: int, length: int | None = None) -> str:
    return text(source)[start : None if length is None else start + length]


def _split(source: Value, delimiter: str, index: int | None = None) -> Value:
    parts = text(source).split(delimiter)
    return parts if index is None else parts[index : index + 1]


def _ago(span: timedelta) -> datetime:
    return datetime.now(UTC) - span


def _round(value: Value, digits: int = 0) -> float | None:
    number = _real(value)
    return None if number is None else round(number, digits)


def _bin(value: Value, step: Value) -> Value:
    if isinstance(value, datetime) and isinstance(step, timedelta):
        return datetime.fromtimestamp(
            value.timestamp() // step.total_seconds() * step.total_seconds(), UTC
        )
    return None if value is None else value // step * step


FUNCTIONS: Mapping[str, Function] = {
    "tostring": Function("string", 1, 1, text),
    "tolower": Function("string", 1, 1, lambda v: text(v).lower()),
    "toupper": Function("string", 1, 1, lambda v: text(v).upper()),
    "toint": Function("long", 1, 1, _integer),
    "tolong": Function("long", 1, 1, _integer),
    "todouble": Function("real", 1, 1, _real),
    "toreal": Function("real", 1, 1, _real),
    "tobool": Function("bool", 1, 1, _boolean),
    "round": Function("real", 1, 2, _round),
    "todatetime": Function("datetime", 1, 1, _moment),
    "todynamic": Function("dynamic", 1, 1, _json),
    "parse_json": Function("dynamic", 1, 1, _json),
    "not": Function("bool", 1, 1, lambda v: not v),
    "isempty": Function("bool", 1, 1, lambda v: text(v) == ""),
    "isnotempty": Function("bool", 1, 1, lambda v: text(v) != ""),
    "isnull": Function("bool", 1, 1, lambda v: v is None),
    "isnotnull": Function("bool", 1, 1, lambda v: v is not None),
    "coalesce": Function(None, 2, _MANY, _coalesce),
    "iff": Function(None, 3, 3, lambda test, yes, no: yes if test else no, like=1),
    "iif": Function(None, 3, 3, lambda test, yes, no: yes if test else no, like=1),
    "case": Function(None, 3, _MANY, _case, like=1),
    "array_concat": Function("dynamic", 1, _MANY, _concat),
    "array_length": Function("long", 1, 1, lambda v: len(v) if isinstance(v, list) else None),
    "bag_keys": Function("dynamic", 1, 1, lambda v: list(v) if isinstance(v, dict) else None),
    "pack": Function("dynamic", 2, _MANY, _pack),
    "bag_pack": Function("dynamic", 2, _MANY, _pack),
    "pack_array": Function("dynamic", 0, _MANY, lambda *values: list(values)),
    "strcat": Function("string", 1, _MANY, lambda *values: "".join(map(text, values))),
    "strlen": Function("long", 1, 1, lambda v: len(text(v))),
    "split": Function("dynamic", 2, 3, _split),
    "substring": Function("string", 2, 3, _substring),
    "extract": Function("string", 3, 3, _extract),
    "replace_string": Function("string", 3, 3, lambda v, old, new: text(v).replace(old, new)),
    "now": Function("datetime", 0, 0, lambda: datetime.now(UTC)),
    "ago": Function("datetime", 1, 1, _ago),
    "bin": Function(None, 2, 2, _bin),
}
