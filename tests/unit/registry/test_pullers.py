"""Who pulls how much, out of resource logs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.arm import Json
from shared.adapters.logs import Logs
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Registry
from shared.registry.pullers import MOST, read
from shared.registry.removals import ResourceLogs

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
REGISTRY = Registry("contoso.azurecr.io", "/subscriptions/s/registries/contoso")


class Scripted(Logs):
    def __init__(self, *rows: Json) -> None:
        self.rows = rows
        self.asked: list[str] = []

    async def query(
        self, workspace: str, kql: str, since: datetime, until: datetime
    ) -> tuple[Json, ...]:
        self.asked.append(f"{workspace} {kql} {since:%H:%M}-{until:%H:%M}")
        return self.rows


class Sent(ResourceLogs):
    def __init__(self, *workspaces: str) -> None:
        self.found = workspaces

    async def workspaces(self, registry: Registry) -> tuple[str, ...]:
        assert registry.resource_id
        return self.found


async def test_the_busiest_minute_of_each_identity_in_one_query() -> None:
    logs = Scripted({"Identity": "ci", "Busiest": 40}, {"Identity": None, "Busiest": 3})
    found = await read(Sent("w1"), logs, REGISTRY, AT)
    assert found.busiest == {"ci": 40, "": 3}
    [asked] = logs.asked
    assert asked.startswith("w1 ")
    assert "LoginServer =~ 'contoso.azurecr.io'" in asked
    assert asked.endswith("11:00-12:00")


async def test_more_rows_than_asked_for_are_not_taken() -> None:
    rows = [{"Identity": str(n), "Busiest": n} for n in range(MOST * 2)]
    assert len((await read(Sent("w"), Scripted(*rows), REGISTRY, AT)).busiest) == MOST


async def test_without_a_diagnostic_setting_nobody_can_tell() -> None:
    with pytest.raises(CouldNotLookError, match="no diagnostic setting"):
        await read(Sent(), Scripted(), REGISTRY, AT)


@pytest.mark.parametrize("row", [{}, {"Identity": "x"}, {"Identity": "x", "Busiest": "many"}])
async def test_an_answer_that_is_not_understood_is_no_figure(row: Any) -> None:
    with pytest.raises(CouldNotLookError, match="not understood"):
        await read(Sent("w"), Scripted(row), REGISTRY, AT)


async def test_a_host_that_is_none_stands_in_no_query() -> None:
    logs = Scripted()
    with pytest.raises(CouldNotLookError, match="no login server"):
        await read(Sent("w"), logs, Registry("a' | evil", "/r"), AT)
    assert logs.asked == []
