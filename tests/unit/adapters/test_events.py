"""Events are hostile: whatever comes is a registry event, or it is said why it is none."""

from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import example, given

from shared.adapters.events import IgnoredEventError, MalformedEventError, read_event
from shared.domain.events import EventKind, RegistryEvent

PREFIX = "Microsoft.ContainerRegistry."
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHA512 = "sha512:" + "ab" * 64


def data(**changes: Any) -> dict[str, Any]:
    target = {"repository": "team/api", "digest": "sha256:" + "0" * 64, "mediaType": "m"}
    request = {"id": "r", "host": "Contoso.azurecr.io", "method": "DELETE", "useragent": "az"}
    return {
        "id": "e",
        "timestamp": "2026-03-01T11:59:59.276585742Z",
        "action": "delete",
        "target": target,
        "request": request,
        **changes,
    }


def in_grid_schema(content: Any, kind: str = PREFIX + "ImageDeleted") -> func.EventGridEvent:
    return func.EventGridEvent(
        id="e",
        data=content,
        topic="/subscriptions/s/registries/contoso",
        subject="team/api",
        event_type=kind,
        event_time=NOON,
        data_version="1.0",
    )


def in_cloud_schema(content: Any, kind: str = PREFIX + "ImageDeleted") -> func.CloudEvent:
    return func.CloudEvent(
        id="e",
        source="/subscriptions/s/registries/contoso",
        type=kind,
        data=content,
        subject="team/api",
        time=NOON,
        specversion="1.0",
    )


BOTH = pytest.mark.parametrize("schema", [in_grid_schema, in_cloud_schema])


@BOTH
def test_both_schemas_say_the_same(schema: Any) -> None:
    event = read_event(schema(data()))
    assert (event.kind, event.repository, event.tag) == (EventKind.DELETED, "team/api", "")
    assert event.at == datetime(2026, 3, 1, 11, 59, 59, 276585, UTC)
    assert event.host == "contoso.azurecr.io"


@BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"request": None},
        {"request": {"id": None, "host": None, "useragent": None}},
        {"actor": {"name": None}},
        {"actor": None, "source": None, "location": "westeurope", "connectedRegistry": {}},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": 1_700_000_000},
        {"target": {"repository": "team/api", "digest": None, "tag": None, "size": None}},
        {"target": {"repository": "team/api"}},
        {"target": {"repository": "team/api", "digest": SHA512}},
    ],
)
def test_what_is_not_needed_may_be_missing_null_or_odd(schema: Any, changes: Any) -> None:
    event = read_event(schema(data(**changes)))
    assert event.repository == "team/api"
    assert event.at.tzinfo is not None


@BOTH
def test_data_may_be_json_in_a_text(schema: Any) -> None:
    event = read_event(schema(msgspec.json.encode(data()).decode()))
    assert event.repository == "team/api"


def test_a_time_without_a_zone_is_utc() -> None:
    event = read_event(in_grid_schema(data(timestamp="2026-03-01T11:59:59")))
    assert event.at == datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC)


def test_long_texts_are_cut() -> None:
    long = "x" * 1_000_000
    request = {"id": long, "host": long, "useragent": long}
    event = read_event(in_grid_schema(data(request=request, actor={"name": long})))
    assert len(msgspec.json.encode(event)) < 5_000


TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)  # lone surrogates, too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["team/api", "../../x", "", "A B", "a" * 300, "\ud800", "x\x00"]) | JSON
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "target": JSON
        | st.fixed_dictionaries(
            {}, optional={"repository": NAMES, "digest": NAMES, "tag": NAMES, "mediaType": JSON}
        ),
        "request": JSON
        | st.fixed_dictionaries({}, optional={"id": TEXT, "host": NAMES, "useragent": TEXT}),
        "actor": JSON | st.fixed_dictionaries({}, optional={"name": JSON | TEXT}),
        "timestamp": JSON | st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z"]),
    },
)
KINDS = st.sampled_from(
    [PREFIX + "ImageDeleted", "ImagePushed", PREFIX + "ChartPushed", "", "x" * 999]
)


@given(changes=FIELDS | JSON, kind=KINDS, whole=st.booleans())
@example(changes={"actor": {"name": "\ud800"}}, kind="ImageDeleted", whole=False)
@example(changes={"timestamp": "0001-01-01T00:00:00+23:59"}, kind="ImageDeleted", whole=False)
@pytest.mark.parametrize("schema", [in_grid_schema, in_cloud_schema])
def test_anything_else_is_refused_in_words(
    schema: Any, changes: Any, kind: str, whole: bool
) -> None:
    content = changes if whole or not isinstance(changes, dict) else data(**changes)
    found = outcome(schema(content, kind))
    if isinstance(found, str):
        assert 0 < len(found) < 2_000
    else:
        assert found.at.tzinfo is not None
        assert msgspec.json.decode(msgspec.json.encode(found), type=RegistryEvent) == found


def outcome(event: func.EventGridEvent | func.CloudEvent) -> RegistryEvent | str:
    try:
        return read_event(event)
    except (IgnoredEventError, MalformedEventError) as why:
        return str(why)
