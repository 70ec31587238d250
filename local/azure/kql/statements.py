"""Tokens -> a Query: the operators on tables."""

from collections.abc import Callable, Mapping, Sequence

from local.azure.kql.errors import QueryError
from local.azure.kql.lexer import tokens
from local.azure.kql.parser import Cursor
from local.azure.kql.syntax import (
    Column,
    Count,
    Distinct,
    Expression,
    Extend,
    Join,
    Limit,
    Literal,
    Member,
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

_JOINS = ("inner", "innerunique", "leftouter", "leftanti")


def parse(text: str) -> Query:
    """The query in this text. Raises QueryError, which says what is wrong or not supported."""
    cursor = Cursor(tokens(text))
    query = _query(cursor)
    cursor.skip(";")
    if cursor.token.kind != "end":
        raise cursor.unexpected("'|' or the end of the query")
    return query


def _query(cursor: Cursor) -> Query:
    table = cursor.name()
    operators: list[Operator] = []
    while cursor.skip("|"):
        word = cursor.name().lower()
        if word not in _OPERATORS:
            raise QueryError(
                f"operator '{word}' is not supported; these are: {', '.join(sorted(_OPERATORS))}"
            )
        operators.append(_OPERATORS[word](cursor))
    return Query(table, tuple(operators))


def _named(cursor: Cursor) -> Named:
    expression = cursor.expression()
    if isinstance(expression, Column) and cursor.skip("="):
        return Named(expression.name, cursor.expression())
    return Named(_implied_name(expression), expression)


def _implied_name(expression: Expression) -> str | None:
    """`properties.a.b` makes a column `properties_a_b`, a plain column keeps its name."""
    match expression:
        case Column(name):
            return name
        case Member(of, Literal(str(key))):
            outer = _implied_name(of)
            return outer and f"{outer}_{key}"
        case _:
            return None


def _list(cursor: Cursor) -> list[Named]:
    found = [_named(cursor)]
    while cursor.skip(","):
        found.append(_named(cursor))
    return found


def _names(cursor: Cursor) -> list[str]:
    found: list[str] = []
    while not found or cursor.skip(","):
        found.append(cursor.name() + ("*" if cursor.skip("*") else ""))
    return found


def _where(cursor: Cursor) -> Where:
    return Where(cursor.expression())


def _mv_expand(cursor: Cursor) -> MvExpand:
    column = _named(cursor)
    kind = "dynamic"
    if cursor.skip("to"):
        cursor.expect("typeof")
        cursor.expect("(")
        kind = cursor.name().lower()
        cursor.expect(")")
    if column.name is None:
        raise QueryError("mv-expand of an expression needs a name: mv-expand name = expression")
    return MvExpand(column, kind)


def _order_by(cursor: Cursor) -> OrderBy:
    cursor.expect("by")
    keys: list[tuple[Expression, bool]] = []
    while not keys or cursor.skip(","):
        key = cursor.expression()
        keys.append((key, cursor.skip("asc", "desc") != "asc"))
        if cursor.skip("nulls"):
            raise QueryError("'nulls first/last' is not supported")
    return OrderBy(tuple(keys))


def _limit(cursor: Cursor) -> Limit:
    if cursor.token.kind != "number" or not cursor.token.text.isdecimal():
        raise cursor.unexpected("a whole number")
    return Limit(int(cursor.advance().text))


def _summarize(cursor: Cursor) -> Summarize:
    aggregates = [] if cursor.token.text.lower() == "by" else _list(cursor)
    keys = _list(cursor) if cursor.skip("by") else []
    return Summarize(tuple(aggregates), tuple(keys))


def _join(cursor: Cursor) -> Join:
    kind = "innerunique"
    if cursor.skip("kind"):
        cursor.expect("=")
        kind = cursor.name().lower()
    if kind not in _JOINS:
        raise QueryError(f"join kind '{kind}' is not supported; these are: {', '.join(_JOINS)}")
    cursor.expect("(")
    right = _query(cursor)
    cursor.expect(")")
    cursor.expect("on")
    return Join(kind, right, tuple(_join_keys(cursor)))


def _join_keys(cursor: Cursor) -> Sequence[tuple[str, str]]:
    keys: list[tuple[str, str]] = []
    while not keys or cursor.skip(","):
        first = cursor.name()
        if first.lower() == "$left":
            cursor.expect(".")
            left = cursor.name()
            cursor.expect("==")
            cursor.expect("$right")
            cursor.expect(".")
            keys.append((left, cursor.name()))
        else:
            keys.append((first, first))
    return keys


_OPERATORS: Mapping[str, Callable[[Cursor], Operator]] = {
    "where": _where,
    "filter": _where,
    "extend": lambda cursor: Extend(tuple(_list(cursor))),
    "project": lambda cursor: Project(tuple(_list(cursor))),
    "project-away": lambda cursor: ProjectAway(tuple(_names(cursor))),
    "mv-expand": _mv_expand,
    "mvexpand": _mv_expand,
    "order": _order_by,
    "sort": _order_by,
    "limit": _limit,
    "take": _limit,
    "count": lambda _: Count(),
    "distinct": lambda cursor: Distinct(tuple(_list(cursor))),
    "summarize": _summarize,
    "join": _join,
}
