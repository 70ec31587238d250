"""`POST /providers/Microsoft.ResourceGraph/resources`: queries, and their answers in pages."""

import base64
import binascii
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from local.azure.arm.errors import ArmError
from local.azure.arm.render.common import Json
from local.azure.kql import QueryError, Table, run
from local.azure.kql.values import text
from local.azure.resource_graph.tables import rows, visible
from local.azure.world import World
from local.estates.identity import Identity

MOST: Final = 1000
"""Rows on a page, at most and by default."""

type Tables = Mapping[str, list[Json]]


class ResourceGraph:
    """Answers queries. It is eventually consistent: with `faults.graph_lag` seconds of lag a query
    sees the rows of an earlier one, as long as those are no older than that.
    """

    def __init__(self, world: World) -> None:
        """Know the world; nothing is read yet."""
        self._world = world
        self._taken = 0.0
        self._tables: Tables = {}

    def answer(self, who: Identity, body: Mapping[str, Any]) -> Json:
        """Answer the body of a request. Raises ArmError 400 at what is wrong or not supported."""
        query = body.get("query")
        if not isinstance(query, str) or not query.strip():
            raise _refused("the query is missing")
        wanted = body.get("subscriptions") or []
        tables = self._snapshot()

        def source(name: str) -> Table | None:
            found = tables.get(name)
            return None if found is None else visible(self._world, who, found, wanted)

        try:
            found = run(query, source)
        except QueryError as error:
            raise _refused(str(error)) from error
        return _page(found, body.get("options") or {})

    def _snapshot(self) -> Tables:
        lag = self._world.faults.graph_lag
        if not self._tables or time.monotonic() - self._taken >= lag:
            self._tables, self._taken = rows(self._world), time.monotonic()
        return self._tables


def _page(found: Table, options: Mapping[str, Any]) -> Json:
    start, top = _number(options, "$skip", 0), min(_number(options, "$top", MOST), MOST)
    token = options.get("$skipToken")
    if token:
        start, before = _from_token(token)
        top = top if "$top" in options else before
    if top == 0:
        raise _refused("$top is 0; accepted: 1 to 1000")
    data = [
        {name: _cell(row.get(name)) for name in found.columns} for row in _cut(found, start, top)
    ]
    more = start + top < len(found.rows)
    pageable = "id" in found.columns
    answer: Json = {
        "totalRecords": len(found.rows),
        "count": len(data),
        # Rows are lost where there is no id to page by; a next page is no truncation.
        "resultTruncated": "true" if more and not pageable else "false",
        "facets": [],
        "data": _as_table(found, data) if options.get("resultFormat") == "table" else data,
    }
    return answer | ({"$skipToken": _to_token(start + top, top)} if more and pageable else {})


def _cut(found: Table, start: int, top: int) -> list[Mapping[str, Any]]:
    return list(found.rows[start : start + top])


def _cell(value: Any) -> Any:
    return text(value) if isinstance(value, datetime | timedelta) else value


def _as_table(found: Table, data: list[Json]) -> Json:
    columns = [{"name": name, "type": kind} for name, kind in found.columns.items()]
    return {"columns": columns, "rows": [list(row.values()) for row in data]}


def _number(options: Mapping[str, Any], name: str, default: int) -> int:
    value = options.get(name, default)
    if not isinstance(value, int) or value < 0:
        raise _refused(f"{name} is {value!r}; accepted: a whole number from 0")
    return value


def _to_token(start: int, top: int) -> str:
    return base64.b64encode(json.dumps([start, top]).encode()).decode()


def _from_token(token: object) -> tuple[int, int]:
    try:
        start, top = json.loads(base64.b64decode(str(token), validate=True))
        return int(start), int(top)
    except (binascii.Error, ValueError, TypeError):
        raise _refused(f"$skipToken is {token!r}, which was not given out here") from None


class GraphError(ArmError):
    """400 of Resource Graph, which tells the true reason in `details`."""

    def body(self) -> dict[str, object]:
        """The JSON that is sent."""
        general = "Please provide below info when asking for support: timestamp, correlationId."
        details = [{"code": "InvalidQuery", "message": self.message}]
        return {"error": {"code": self.code, "message": general, "details": details}}


def _refused(why: str) -> GraphError:
    return GraphError(400, "BadRequest", why)
