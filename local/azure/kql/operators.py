"""A query run on tables: each operator takes a Table and gives the next."""

from collections.abc import Callable, Mapping, Sequence
from functools import singledispatch
from typing import Final

from local.azure.kql.aggregates import aggregate, implied_name
from local.azure.kql.errors import QueryError
from local.azure.kql.expressions import Compiled, compiled
from local.azure.kql.functions import FUNCTIONS
from local.azure.kql.statements import parse
from local.azure.kql.syntax import (
    Count,
    Distinct,
    Extend,
    Join,
    Limit,
    MvExpand,
    Named,
    Operator,
    OrderBy,
    Project,
    ProjectAway,
    Query,
    Summarize,
    Where,
)
from local.azure.kql.table import Row, Table, Value
from local.azure.kql.values import identity, order

type Source = Callable[[str], Table | None]
_CONVERSIONS: Final = {
    "string": "tostring",
    "long": "tolong",
    "int": "toint",
    "real": "todouble",
    "bool": "tobool",
}


def run(text: str, source: Source) -> Table:
    """Run a query; `source` gives a table by its lower-case name, or None.

    Raises QueryError where the query is wrong or asks for what the subset does not have.
    """
    return _run(parse(text), source)


def _run(query: Query, source: Source) -> Table:
    table = source(query.table.lower())
    if table is None:
        raise QueryError(f"'{query.table}' table is not supported")
    for operator in query.operators:
        table = (
            _join(operator, table, source)
            if isinstance(operator, Join)
            else _apply(operator, table)
        )
    return table


@singledispatch
def _apply(operator: Operator, _: Table) -> Table:
    raise NotImplementedError(operator)


@_apply.register
def _(operator: Where, table: Table) -> Table:
    condition = compiled(operator.condition, table.columns)
    if condition.kind not in {"bool", "dynamic"}:
        raise QueryError("where needs a condition of kind bool")
    return Table(table.columns, [row for row in table.rows if condition.value(row)])


@_apply.register
def _(operator: Extend, table: Table) -> Table:
    for name, column in _compiled(operator.columns, table):
        columns = {**table.columns, name: column.kind}
        table = Table(columns, [{**row, name: column.value(row)} for row in table.rows])
    return table


@_apply.register
def _(operator: Project, table: Table) -> Table:
    return _projected(_compiled(operator.columns, table), table)


@_apply.register
def _(operator: ProjectAway, table: Table) -> Table:
    gone = {name for pattern in operator.names for name in table.columns if _matches(pattern, name)}
    columns = {name: kind for name, kind in table.columns.items() if name not in gone}
    return Table(columns, [{name: row.get(name) for name in columns} for row in table.rows])


@_apply.register
def _(operator: MvExpand, table: Table) -> Table:
    ((name, column),) = _compiled([operator.column], table)
    if column.kind != "dynamic":
        raise QueryError(f"mv-expand needs a dynamic value, '{name}' is {column.kind}")
    convert = _conversion(operator.kind)
    columns = {**table.columns, name: operator.kind}
    rows = [
        {**row, name: convert(item)} for row in table.rows for item in _items(column.value(row))
    ]
    return Table(columns, rows)


@_apply.register
def _(operator: OrderBy, table: Table) -> Table:
    rows = list(table.rows)
    for expression, descending in reversed(operator.keys):
        key = compiled(expression, table.columns)
        _refuse_dynamic("order by", key)
        rows.sort(key=lambda row, key=key: order(key.value(row)), reverse=descending)  # type: ignore[misc]
    return Table(table.columns, rows)


@_apply.register
def _(operator: Limit, table: Table) -> Table:
    return Table(table.columns, table.rows[: operator.count])


@_apply.register
def _(_: Count, table: Table) -> Table:
    return Table({"Count": "long"}, [{"Count": len(table.rows)}])


@_apply.register
def _(operator: Distinct, table: Table) -> Table:
    projected = _projected(_compiled(operator.columns, table), table)
    unique = {tuple(identity(value) for value in row.values()): row for row in projected.rows}
    return Table(projected.columns, list(unique.values()))


@_apply.register
def _(operator: Summarize, table: Table) -> Table:
    keys = _compiled(operator.keys, table)
    for _name, key in keys:
        _refuse_dynamic("summarize by", key)
    made = [
        (one.name or implied_name(one.expression), aggregate(one.expression, table.columns))
        for one in operator.aggregates
    ]
    groups: dict[tuple[str, ...], list[Row]] = {} if keys else {(): []}
    for row in table.rows:
        groups.setdefault(tuple(identity(key.value(row)) for _, key in keys), []).append(row)
    rows = [
        {name: key.value(group[0]) for name, key in keys}
        | {name: one.of(group) for name, one in made}
        for group in groups.values()
    ]
    return Table(
        {name: key.kind for name, key in keys} | {name: one.kind for name, one in made}, rows
    )


def _join(operator: Join, left: Table, source: Source) -> Table:
    right = _run(operator.right, source)
    for left_name, right_name in operator.on:
        if left_name not in left.columns or right_name not in right.columns:
            raise QueryError(
                f"join: no column '{left_name}' on the left or '{right_name}' on the right"
            )
    index: dict[tuple[str, ...], list[Row]] = {}
    for row in right.rows:
        index.setdefault(tuple(identity(row.get(name)) for _, name in operator.on), []).append(row)
    renamed = {
        name: name if name not in left.columns else _fresh(name, left.columns)
        for name in right.columns
    }
    rows: list[Row] = []
    for row in left.rows:
        matches = index.get(tuple(identity(row.get(name)) for name, _ in operator.on), [])
        rows += _joined(operator.kind, row, matches, renamed)
    if operator.kind == "leftanti":
        return Table(left.columns, rows)
    return Table(
        {**left.columns, **{renamed[name]: kind for name, kind in right.columns.items()}}, rows
    )


def _joined(kind: str, row: Row, matches: list[Row], renamed: Mapping[str, str]) -> list[Row]:
    if kind == "leftanti":
        return [] if matches else [row]
    if not matches and kind == "leftouter":
        return [{**row, **dict.fromkeys(renamed.values())}]
    return [{**row, **{renamed[name]: value for name, value in match.items()}} for match in matches]


def _fresh(name: str, taken: Mapping[str, str]) -> str:
    number = 1
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"


def _compiled(named: Sequence[Named], table: Table) -> list[tuple[str, Compiled]]:
    found = []
    for number, one in enumerate(named, 1):
        found.append((one.name or f"Column{number}", compiled(one.expression, table.columns)))
    return found


def _projected(columns: list[tuple[str, Compiled]], table: Table) -> Table:
    rows = [{name: column.value(row) for name, column in columns} for row in table.rows]
    return Table({name: column.kind for name, column in columns}, rows)


def _refuse_dynamic(where: str, key: Compiled) -> None:
    if key.kind == "dynamic":
        raise QueryError(
            f"{where}: the key is of a 'dynamic' type. Please use an explicit cast: tostring(key)"
        )


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _items(value: Value) -> list[Value]:
    match value:
        case list():
            return value or [None]
        case dict():
            return [{key: item} for key, item in value.items()] or [None]
        case _:
            return [value]


def _conversion(kind: str) -> Callable[[Value], Value]:
    if kind == "dynamic":
        return lambda value: value
    if kind not in _CONVERSIONS:
        raise QueryError(
            f"typeof({kind}) is not supported; these are: {', '.join(_CONVERSIONS)}, dynamic"
        )
    return FUNCTIONS[_CONVERSIONS[kind]].call
