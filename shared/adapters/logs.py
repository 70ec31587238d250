"""Log Analytics: one query of a workspace over the lane's connections.

https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format; it needs
``Microsoft.OperationalInsights/workspaces/query/read``, which Reader and Log Analytics Reader hold.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp

from shared.adapters.arm import ForbiddenError, Json, NotFoundError
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, bounded
from shared.adapters.resilience import Dependency, TransientError, asked_to_wait
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

LONGEST_ANSWER = 16 * 1024 * 1024
_BUSY = frozenset({429, 500, 502, 503, 504})
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Logs:
    """Queries of workspaces, with the app's identity. Nothing is cached: logs only grow."""

    def __init__(self, settings: Settings, http: Http, credentials: Credentials) -> None:
        """Use the lane's connections and the app's identity."""
        self._endpoint = settings.logs_endpoint.rstrip("/")
        self._http = http
        self._credentials = credentials
        self._dependency = Dependency("Log Analytics", settings)

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
        token = await self._credentials.token(self._endpoint)
        url = f"{self._endpoint}/v1/workspaces/{workspace}/query"
        try:
            status, answer = await self._dependency.call(lambda: self._once(url, token, body))
        except TransientError as why:
            raise CouldNotLookError(f"Log Analytics: {why}") from why
        if status == 200:  # noqa: PLR2004 - HTTP
            return _rows(answer)
        kinds: dict[int, type[CouldNotLookError]] = {403: ForbiddenError, 404: NotFoundError}
        reason = f"Log Analytics answered {status}: {_message(answer)}"
        raise kinds.get(status, CouldNotLookError)(reason)

    async def _once(self, url: str, token: str, body: Json) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            async with (
                self._http.slot() as session,
                session.post(url, json=body, headers=headers, allow_redirects=False) as response,
            ):
                status, sent = response.status, response.headers
                found = await bounded(response, LONGEST_ANSWER)
        except TimeoutError:
            raise TransientError("timed out", again=False) from None
        except (aiohttp.ClientError, OSError) as why:
            raise TransientError(f"no connection: {why}") from why
        if status in _BUSY:
            raise TransientError(f"{status}", retry_after=asked_to_wait(sent))
        if found is None:
            raise CouldNotLookError("Log Analytics' answer is too long")
        return status, found


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
