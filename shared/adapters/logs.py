"""Log Analytics: one query of a workspace over the lane's connections.

https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format; it needs
``Microsoft.OperationalInsights/workspaces/query/read``, which Reader and Log Analytics Reader hold.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.adapters.arm import Json, refusal
from shared.adapters.bearer import About, Service
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Logs:
    """Queries of workspaces, with the app's identity. Nothing is cached: logs only grow."""

    def __init__(self, settings: Settings, http: Http, credentials: Credentials) -> None:
        """Use the lane's connections and the app's identity."""
        self._endpoint = settings.logs_endpoint.rstrip("/")
        self._credentials = credentials
        about = About(name="Log Analytics", token=self._token, said=_message)
        self._service = Service(about, settings, http)

    async def query(
        self, workspace: str, kql: str, since: datetime, until: datetime
    ) -> tuple[Json, ...]:
        """
        The rows of a query by column name; ``workspace`` is its customer id.

        Raises:
            ForbiddenError: the app may not read the workspace.
            NotFoundError: there is no such workspace.
            CouldNotLookError: anything else, a part of an answer included.

        """
        if not _ID.fullmatch(workspace):
            raise CouldNotLookError(f"{workspace[:80]!r} is no id of a workspace")
        body = {"query": kql, "timespan": f"{since.isoformat()}/{until.isoformat()}"}
        url = f"{self._endpoint}/v1/workspaces/{workspace}/query"
        status, answer = await self._service.ask(url, body=body)
        if status == 200:  # noqa: PLR2004 - HTTP
            return _rows(answer)
        raise refusal(status, f"Log Analytics answered {status}: {_message(answer)}")

    async def _token(self) -> str:
        return await self._credentials.token(self._endpoint)


def _rows(body: bytes) -> tuple[Json, ...]:
    try:
        answer = json.loads(body)
        if answer.get("error"):  # 200 with a part of the rows only
            raise CouldNotLookError(f"Log Analytics answered in part: {_message(body)}")
        table = answer["tables"][0]
        names = [str(column["name"]) for column in table["columns"]]
        return tuple(dict(zip(names, row, strict=True)) for row in table["rows"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as why:
        raise CouldNotLookError("Log Analytics' answer is not understood") from why


def _message(body: bytes) -> str:
    """The innermost message: the outer ones say only that something was wrong."""
    try:
        found: Any = json.loads(body)["error"]
        while isinstance(found.get("innererror"), Mapping):
            found = found["innererror"]
        return " ".join(str(found["message"]).split())[:300]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
