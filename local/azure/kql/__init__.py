"""A small honest subset of the Kusto query language: what it does not know it refuses by name.

`lexer` -> `parser` -> `syntax` -> `expressions` and `operators` (compiled to closures) -> `Table`.
"""

from local.azure.kql.errors import QueryError
from local.azure.kql.operators import run
from local.azure.kql.table import Table

__all__ = ["QueryError", "Table", "run"]
