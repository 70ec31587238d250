"""Rows of resource logs as removals, and which diagnostic settings send them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.arm import Arm, Json
from shared.adapters.logs import Logs
from shared.domain.pulls import Registry
from shared.domain.removals import RemovalKind
from shared.registry import removals
from shared.registry.removals import CATEGORY, ResourceLogs, removal, workspace_of

DIGEST = f"sha256:{1:064x}"
ROW = {
    "TimeGenerated": "2026-03-01T02:00:00.1234567Z",
    "LoginServer": "Contoso.azurecr.io",
    "OperationName": "Untag",
    "Repository": "team/api",
    "Tag": "v1",
    "Digest": DIGEST,
    "Identity": "skipper@contoso.com",
    "CallerIpAddress": "203.0.113.10",
    "UserAgent": "AZURECLI/2.91.0",
    "CorrelationId": "c1",
    "ResultType": "200",
}


def test_a_row_tells_who_what_when_and_from_where() -> None:
    found = removal(ROW)
    assert found
    assert (found.registry, found.repository, found.tag) == (
        "contoso.azurecr.io",
        "team/api",
        "v1",
    )
    assert (found.actor, found.address) == ("skipper@contoso.com", "203.0.113.10")
    assert found.at.isoformat() == "2026-03-01T02:00:00.123456+00:00"


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("Untag", RemovalKind.UNTAGGED),
        ("untag", RemovalKind.UNTAGGED),
        ("Delete", RemovalKind.DELETED),
        ("Delete manifest", RemovalKind.DELETED),
        ("Purge tag", RemovalKind.EXPIRED),
        ("Purge manifest", RemovalKind.EXPIRED),
        ("Push", None),
        ("Pull", None),
        ("", None),
        (None, None),
    ],
)
def test_operations(operation: str | None, kind: RemovalKind | None) -> None:
    found = removal(ROW | {"OperationName": operation})
    assert (found.kind if found else None) is kind


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        ("200", True),
        ("202", True),
        ("HttpStatusCode202", True),
        ("Succeeded", True),
        ("", True),
        (None, True),
        ("405", False),
        ("HttpStatusCode404", False),
        ("Failed", False),
    ],
)
def test_what_the_registry_refused_removed_nothing(result: str | None, counts: bool) -> None:
    assert (removal(ROW | {"ResultType": result}) is not None) is counts


@pytest.mark.parametrize(
    "changes",
    [
        {"TimeGenerated": "yesterday"},
        {"TimeGenerated": None},
        {"Repository": ""},
        {"Repository": "A B"},
        {"Repository": "../../x"},
        {"Tag": "no tag!"},
        {"Digest": "sha256:short"},
        {"LoginServer": ""},
    ],
)
def test_a_row_that_names_nothing_is_none(changes: dict[str, object]) -> None:
    assert removal(ROW | changes) is None


def test_the_same_row_twice_is_one_and_each_tag_of_a_purge_is_its_own() -> None:
    one, again, other = removal(ROW), removal(dict(ROW)), removal(ROW | {"Tag": "v2"})
    assert one
    assert again
    assert other
    assert one.id == again.id
    assert one.id != other.id


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(ROW)), _JSON))
def test_no_row_makes_it_fall_over(changes: dict[str, Any]) -> None:
    removal(ROW | changes)


REPOSITORY_EVENTS = {"category": "ContainerRegistryRepositoryEvents", "enabled": True}


@pytest.mark.parametrize(
    ("logs", "sends"),
    [
        ([REPOSITORY_EVENTS], True),
        ([{"category": None, "categoryGroup": "allLogs", "enabled": True}], True),
        ([{"category": None, "categoryGroup": "audit", "enabled": True}], True),
        ([REPOSITORY_EVENTS | {"enabled": False}], False),
        ([{"category": "ContainerRegistryLoginEvents", "enabled": True}], False),
        ([], False),
        (None, False),
        (["odd"], False),
    ],
)
def test_a_setting_counts_if_it_sends_repository_events(logs: object, sends: bool) -> None:
    setting: dict[str, Any] = {"properties": {"workspaceId": "/w", "logs": logs}}
    assert bool(workspace_of(setting)) is sends


def test_a_setting_without_a_workspace_sends_elsewhere() -> None:
    assert workspace_of({"properties": {"eventHubName": "x", "logs": [REPOSITORY_EVENTS]}}) == ""


class Workspace(Logs):
    """Rows by their time, of which one answer holds so many."""

    def __init__(self, rows: list[datetime]) -> None:
        self.rows = sorted(rows)

    async def query(
        self, workspace: str, kql: str, since: datetime, until: datetime
    ) -> tuple[Json, ...]:
        found = [at.isoformat() for at in self.rows if since <= at <= until]
        return tuple(
            ROW | {"TimeGenerated": at, "CorrelationId": f"{number} {at}"}
            for number, at in enumerate(found[: removals.MOST_ROWS])
        )


class Sending(Arm):
    """Every registry sends its logs to one workspace."""

    def __init__(self) -> None:
        pass

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        logs = [{"category": CATEGORY, "enabled": True}]
        return ({"properties": {"workspaceId": "/w", "logs": logs}},)

    async def get(self, path: str, api_version: str) -> Json:
        return {"properties": {"customerId": "w"}}


@pytest.mark.parametrize(("seconds", "complete"), [(1, True), (0, False)])
async def test_a_purge_of_more_than_one_answer_holds_is_read_whole_or_told(
    monkeypatch: pytest.MonkeyPatch, seconds: int, complete: bool
) -> None:
    monkeypatch.setattr(removals, "MOST_ROWS", 100)
    start = datetime(2026, 3, 1, 2, tzinfo=UTC)
    rows = [start + timedelta(seconds=n * seconds) for n in range(350)]
    logs = ResourceLogs(Sending(), Workspace(rows))
    registry = Registry("contoso.azurecr.io", "/subscriptions/s/r")

    found = await logs.removals([registry], start - timedelta(hours=1), start + timedelta(hours=1))

    assert len({one.at for one in found.removals}) == (350 if complete else 0)
    assert bool(found.gaps) is not complete
