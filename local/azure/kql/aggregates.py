"""The aggregates of `summarize`: from the rows of a group to one value."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from local.azure.kql.errors import QueryError
from local.azure.kql.expressions import Columns, Compiled, compiled
from local.azure.kql.syntax import Call, Column, Expression
from local.azure.kql.table import Row, Value
from local.azure.kql.values import identity, order


class Aggregate(NamedTuple):
    """The kind of the result, and how to get it from a group's rows."""

    kind: str
    of: Callable[[Sequence[Row]], Value]


def aggregate(expression: Expression, columns: Columns) -> Aggregate:
    """Compile one aggregate. Raises QueryError if it is none that is known."""
    if not isinstance(expression, Call) or expression.name not in _AGGREGATES:
        known = ", ".join(sorted(_AGGREGATES))
        raise QueryError(f"summarize takes one of the aggregates {known}")
    arguments = [compiled(one, columns) for one in expression.arguments]
    least, build = _AGGREGATES[expression.name]
    if len(arguments) < least:
        raise QueryError(f"{expression.name}() needs {least} argument")
    return build(arguments)


def implied_name(expression: Expression) -> str:
    """`count()` makes count_, `max(a)` makes max_a."""
    if not isinstance(expression, Call):
        raise QueryError("summarize takes aggregates")
    first = expression.arguments[0] if expression.arguments else None
    return f"{expression.name}_{first.name if isinstance(first, Column) else ''}"


def _present(argument: Compiled, rows: Sequence[Row]) -> list[Value]:
    return [value for row in rows if (value := argument.value(row)) is not None]


def _distinct(argument: Compiled, rows: Sequence[Row]) -> list[Value]:
    return list({identity(value): value for value in _present(argument, rows)}.values())


def _total(values: Sequence[Value]) -> Value:
    return sum(values) if values else 0


type _Build = Callable[[Sequence[Compiled]], Aggregate]

_AGGREGATES: Mapping[str, tuple[int, _Build]] = {
    "count": (0, lambda _: Aggregate("long", len)),
    "countif": (
        1,
        lambda a: Aggregate("long", lambda rows: sum(bool(a[0].value(r)) for r in rows)),
    ),
    "dcount": (1, lambda a: Aggregate("long", lambda rows: len(_distinct(a[0], rows)))),
    "sum": (1, lambda a: Aggregate(a[0].kind, lambda rows: _total(_present(a[0], rows)))),
    "avg": (1, lambda a: Aggregate("real", lambda rows: _average(_present(a[0], rows)))),
    "min": (
        1,
        lambda a: Aggregate(
            a[0].kind, lambda rows: min(_present(a[0], rows), key=order, default=None)
        ),
    ),
    "max": (
        1,
        lambda a: Aggregate(
            a[0].kind, lambda rows: max(_present(a[0], rows), key=order, default=None)
        ),
    ),
    "any": (1, lambda a: Aggregate(a[0].kind, lambda rows: next(iter(_present(a[0], rows)), None))),
    "take_any": (
        1,
        lambda a: Aggregate(a[0].kind, lambda rows: next(iter(_present(a[0], rows)), None)),
    ),
    "make_list": (1, lambda a: Aggregate("dynamic", lambda rows: _present(a[0], rows))),
    "make_set": (1, lambda a: Aggregate("dynamic", lambda rows: _distinct(a[0], rows))),
}


def _average(values: Sequence[Value]) -> float | None:
    return sum(values) / len(values) if values else None
