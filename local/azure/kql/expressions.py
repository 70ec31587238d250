"""Expressions -> closures over a row, each with the kind of its value."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from local.azure.kql.errors import QueryError
from local.azure.kql.functions import FUNCTIONS
from local.azure.kql.syntax import (
    Between,
    Binary,
    Call,
    Column,
    Expression,
    Listed,
    Literal,
    Member,
)
from local.azure.kql.table import Row, Value
from local.azure.kql.values import equal, has_term, less, member, text

type Columns = Mapping[str, str]


class Compiled(NamedTuple):
    """What an expression means: the kind of its value, and how to get it from a row."""

    kind: str
    value: Callable[[Row], Value]


def compiled(expression: Expression, columns: Columns) -> Compiled:
    """Compile against the columns at hand. Raises QueryError at an unknown column or function."""
    match expression:
        case Literal(value, kind):
            return Compiled(kind, lambda _: value)
        case Column(name):
            return _column(name, columns)
        case Member(of, key):
            return _member(compiled(of, columns), compiled(key, columns))
        case Call(name, arguments):
            return _call(name, [compiled(argument, columns) for argument in arguments])
        case Binary(operator, left, right):
            return _binary(operator, compiled(left, columns), compiled(right, columns))
        case Listed() | Between():
            return _membership(expression, columns)


def _column(name: str, columns: Columns) -> Compiled:
    if name not in columns:
        raise QueryError(f"Failed to resolve column or scalar expression named '{name}'")
    return Compiled(columns[name], lambda row: row.get(name))


def _member(of: Compiled, key: Compiled) -> Compiled:
    if of.kind != "dynamic":
        raise QueryError(f"a value of kind {of.kind} has no members: use parse_json()")
    return Compiled("dynamic", lambda row: member(of.value(row), key.value(row)))


def _call(name: str, arguments: Sequence[Compiled]) -> Compiled:
    function = FUNCTIONS.get(name)
    if function is None:
        raise QueryError(
            f"function '{name}' is not supported; these are: {', '.join(sorted(FUNCTIONS))}"
        )
    if not function.least <= len(arguments) <= function.most:
        raise QueryError(f"{name}() does not take {len(arguments)} arguments")
    kind = function.kind or arguments[function.like].kind
    return Compiled(
        kind, lambda row: function.call(*(argument.value(row) for argument in arguments))
    )


_TEXT: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda a, b: b in a,
    "has": has_term,
    "startswith": lambda a, b: a.startswith(b),
    "endswith": lambda a, b: a.endswith(b),
    "hasprefix": lambda a, b: re.search(rf"(?<![0-9A-Za-z_]){re.escape(b)}", a) is not None,
    "hassuffix": lambda a, b: re.search(rf"{re.escape(b)}(?![0-9A-Za-z_])", a) is not None,
}
_VALUES: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": equal,
    "!=": lambda a, b: not equal(a, b),
    "=~": lambda a, b: text(a).casefold() == text(b).casefold(),
    "!~": lambda a, b: text(a).casefold() != text(b).casefold(),
    "<": less,
    ">": lambda a, b: less(b, a),
    "<=": lambda a, b: less(a, b) or equal(a, b),
    ">=": lambda a, b: less(b, a) or equal(a, b),
    "and": lambda a, b: bool(a) and bool(b),
    "or": lambda a, b: bool(a) or bool(b),
    "matches": lambda a, b: re.search(b, text(a)) is not None,
}
_DIVISIBLE = (float, timedelta)
_ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if isinstance(a, _DIVISIBLE) or isinstance(b, float) else a // b,
    "%": lambda a, b: a % b,
}


def _binary(operator: str, left: Compiled, right: Compiled) -> Compiled:
    if operator in _ARITHMETIC:
        return _arithmetic(operator, left, right)
    test = _VALUES.get(operator) or _text_test(operator)
    return Compiled("bool", lambda row: test(left.value(row), right.value(row)))


def _text_test(operator: str) -> Callable[[Value, Value], bool]:
    negated = operator.startswith("!")
    word = operator.removeprefix("!")
    test = _TEXT[word.removesuffix("_cs")]
    if word.endswith("_cs"):
        return lambda a, b: test(text(a), text(b)) != negated
    return lambda a, b: test(text(a).casefold(), text(b).casefold()) != negated


def _arithmetic(operator: str, left: Compiled, right: Compiled) -> Compiled:
    calculate = _ARITHMETIC[operator]

    def value(row: Row) -> Value:
        try:
            return calculate(left.value(row), right.value(row))
        except (TypeError, ZeroDivisionError):
            return None

    return Compiled(_arithmetic_kind(operator, left.kind, right.kind), value)


def _arithmetic_kind(operator: str, left: str, right: str) -> str:
    kinds = {left, right}
    if "datetime" in kinds:
        return "timespan" if left == right and operator == "-" else "datetime"
    if left == right == "timespan" and operator == "/":
        return "real"
    return next((kind for kind in ("timespan", "real", "dynamic") if kind in kinds), "long")


def _membership(expression: Listed | Between, columns: Columns) -> Compiled:
    item = compiled(expression.item, columns)
    if isinstance(expression, Between):
        low, high = compiled(expression.low, columns), compiled(expression.high, columns)
        return _between(item, low, high)
    among = [compiled(one, columns) for one in expression.among]
    return _listed(expression.operator, item, among)


def _listed(operator: str, item: Compiled, among: Sequence[Compiled]) -> Compiled:
    negated = operator.startswith("!")
    word = operator.removeprefix("!")

    def candidates(row: Row) -> list[Value]:
        values = [one.value(row) for one in among]
        return [
            inner for value in values for inner in (value if isinstance(value, list) else [value])
        ]

    def value(row: Row) -> bool:
        found = item.value(row)
        if word == "in":
            return any(equal(found, one) for one in candidates(row)) != negated
        folded = text(found).casefold()
        words = [text(one).casefold() for one in candidates(row)]
        match word:
            case "in~":
                return (folded in words) != negated
            case "has_any":
                return any(has_term(folded, one) for one in words)
            case _:
                return all(has_term(folded, one) for one in words)

    return Compiled("bool", value)


def _between(item: Compiled, low: Compiled, high: Compiled) -> Compiled:
    def value(row: Row) -> bool:
        found = item.value(row)
        return (
            not less(found, low.value(row))
            and not less(high.value(row), found)
            and found is not None
        )

    return Compiled("bool", value)
