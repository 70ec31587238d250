"""Rows of resource logs as removals, and which diagnostic settings send them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.removals import RemovalKind
from shared.registry.removals import removal, workspace_of

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
