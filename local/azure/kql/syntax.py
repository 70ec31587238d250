"""The syntax tree of a query: expressions, then operators on tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.azure.kql.table import Value


@dataclass(frozen=True)
class Literal:
    """A constant: string, number, bool, time, or dynamic(...)."""

    value: Value | datetime | timedelta
    kind: str


@dataclass(frozen=True)
class Column:
    """A column by name."""

    name: str


@dataclass(frozen=True)
class Member:
    """`of.name`, `of['name']` or `of[0]`."""

    of: "Expression"
    key: "Expression"


@dataclass(frozen=True)
class Call:
    """A function, by its lower-case name."""

    name: str
    arguments: Sequence["Expression"]


@dataclass(frozen=True)
class Binary:
    """`left operator right`; the operator as written, words in lower case."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Listed:
    """`item in (...)`; operator is in, !in, in~, !in~, has_any, has_all."""

    operator: str
    item: "Expression"
    among: Sequence["Expression"]


@dataclass(frozen=True)
class Between:
    """`item between (low .. high)`."""

    item: "Expression"
    low: "Expression"
    high: "Expression"


type Expression = Literal | Column | Member | Call | Binary | Listed | Between


@dataclass(frozen=True)
class Named:
    """An expression and the column it makes; `name` is None where the query gives none."""

    name: str | None
    expression: Expression


@dataclass(frozen=True)
class Where:
    """`| where condition`."""

    condition: Expression


@dataclass(frozen=True)
class Extend:
    """`| extend name = expression, ...`."""

    columns: Sequence[Named]


@dataclass(frozen=True)
class Project:
    """`| project name = expression, ...`."""

    columns: Sequence[Named]


@dataclass(frozen=True)
class ProjectAway:
    """`| project-away name, ...`; a name may end with `*`."""

    names: Sequence[str]


@dataclass(frozen=True)
class MvExpand:
    """`| mv-expand name = expression [to typeof(kind)]`: a row for each item."""

    column: Named
    kind: str


@dataclass(frozen=True)
class OrderBy:
    """`| order by expression [asc|desc], ...`: the flag says descending, which is the default."""

    keys: Sequence[tuple[Expression, bool]]


@dataclass(frozen=True)
class Limit:
    """`| limit n`, `| take n`."""

    count: int


@dataclass(frozen=True)
class Count:
    """`| count`."""


@dataclass(frozen=True)
class Distinct:
    """`| distinct a, b`."""

    columns: Sequence[Named]


@dataclass(frozen=True)
class Summarize:
    """`| summarize name = aggregate(...) by keys`."""

    aggregates: Sequence[Named]
    keys: Sequence[Named]


@dataclass(frozen=True)
class Join:
    """`| join kind=inner (query) on a, $left.b == $right.c`: pairs of column names."""

    kind: str
    right: "Query"
    on: Sequence[tuple[str, str]]


type Operator = (
    Where
    | Extend
    | Project
    | ProjectAway
    | MvExpand
    | OrderBy
    | Limit
    | Count
    | Distinct
    | Summarize
    | Join
)


@dataclass(frozen=True)
class Query:
    """A table by name and what is done to it."""

    table: str
    operators: Sequence[Operator]
