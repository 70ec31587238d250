"""Log Analytics, against scripted answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from shared.adapters.arm import ForbiddenError, NotFoundError
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.adapters.logs import Logs
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings
from tests.support.azure import Entra
from tests.support.wire import World, says, world

HOST = "api.loganalytics.io"
WORKSPACE = "11111111-2222-3333-4444-555555555555"
QUERY = f"POST {HOST}/v1/workspaces/{WORKSPACE}/query"
SINCE = datetime(2026, 3, 1, 2, tzinfo=UTC)
UNTIL = datetime(2026, 3, 1, 3, tzinfo=UTC)
TABLE = {
    "name": "PrimaryResult",
    "columns": [{"name": "Tag", "type": "string"}, {"name": "Size", "type": "real"}],
    "rows": [["v1", 3.0], ["v2", None]],
}


@pytest.fixture
async def azure() -> AsyncIterator[World]:
    async with world(HOST) as made:
        yield made


@pytest.fixture
async def logs(azure: World) -> AsyncIterator[Logs]:
    settings = Settings(request_timeout_seconds=2)
    http = Http(settings, Lane.URGENT, azure.connector)
    yield Logs(settings, http, Credentials(settings, Entra()))
    await http.close()


async def test_rows_come_by_the_names_of_their_columns(azure: World, logs: Logs) -> None:
    azure.routes[QUERY] = {"tables": [TABLE]}
    found = await logs.query(WORKSPACE, "T", SINCE, UNTIL)
    assert found == ({"Tag": "v1", "Size": 3.0}, {"Tag": "v2", "Size": None})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, ForbiddenError), (404, NotFoundError), (400, CouldNotLookError)],
)
async def test_a_refusal_says_why(
    azure: World, logs: Logs, status: int, kind: type[Exception]
) -> None:
    inner = {"code": "SemanticError", "message": "no such\n table"}
    azure.routes[QUERY] = says(status, {"error": {"message": "outer", "innererror": inner}})
    with pytest.raises(kind, match="no such table"):
        await logs.query(WORKSPACE, "T", SINCE, UNTIL)


async def test_a_busy_service_is_asked_again(azure: World, logs: Logs) -> None:
    azure.routes[QUERY] = says(503, {})
    with pytest.raises(CouldNotLookError, match="503"):
        await logs.query(WORKSPACE, "T", SINCE, UNTIL)
    assert len(azure.asked) == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"tables": []},
        {"tables": [{"columns": [], "rows": [["too", "long"]]}]},
        {"tables": [{"rows": []}]},
        {"tables": None},
        [],
        "text",
        {"tables": [TABLE], "error": {"code": "PartialError", "message": "too much"}},
    ],
)
async def test_what_is_no_whole_answer_is_never_taken_for_no_rows(
    azure: World, logs: Logs, body: object
) -> None:
    azure.routes[QUERY] = body
    with pytest.raises(CouldNotLookError):
        await logs.query(WORKSPACE, "T", SINCE, UNTIL)


@pytest.mark.parametrize("workspace", ["", "x", f"{WORKSPACE}/../other", f"{WORKSPACE}\n"])
async def test_what_is_no_workspace_is_not_asked(azure: World, logs: Logs, workspace: str) -> None:
    with pytest.raises(CouldNotLookError):
        await logs.query(workspace, "T", SINCE, UNTIL)
    assert azure.asked == []
