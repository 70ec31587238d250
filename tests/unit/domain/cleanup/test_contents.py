"""A registry in a file."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.cleanup import (
    Attributes,
    BadContentsError,
    ManifestEntry,
    RegistryContents,
    RepositoryContents,
    TagEntry,
    parse_contents,
)
from tests.unit.domain.cleanup.things import NOW, manifest, repository, tag


def read(given: Any) -> RegistryContents:
    return parse_contents(json.dumps(given).encode())


def one(**fields: Any) -> RepositoryContents:
    return read({"repositories": [{"name": "app", **fields}]}).repositories[0]


def test_everything() -> None:
    locks = {"deleteEnabled": False, "writeEnabled": True, "listEnabled": True}
    time = "2026-11-26T12:00:00.1234567Z"
    found = one(
        tags=[
            {
                "name": "v1",
                "digest": "sha256:a",
                "lastUpdateTime": time,
                "changeableAttributes": locks,
            }
        ],
        manifests=[
            {
                "digest": "sha256:a",
                "mediaType": "x/y",
                "lastUpdateTime": time,
                "tags": ["v1"],
                "references": ["sha256:b"],
                "subject": "sha256:c",
                "changeableAttributes": {"writeEnabled": False},
                "imageSize": 3,
            }
        ],
    )
    at = datetime(2026, 11, 26, 12, 0, 0, 123456, UTC)
    assert found.tags == (TagEntry("v1", "sha256:a", at, Attributes(delete_enabled=False)),)
    assert found.manifests == (
        ManifestEntry(
            "sha256:a",
            "x/y",
            at,
            ("v1",),
            ("sha256:b",),
            "sha256:c",
            Attributes(write_enabled=False),
            finer="7",
        ),
    )


@pytest.mark.parametrize("absent", [{}, None])
def test_what_is_absent_or_null_has_its_default(absent: Any) -> None:
    fields = ["digest", "lastUpdateTime", "changeableAttributes"]
    more = {} if absent == {} else dict.fromkeys(fields)
    locks = {} if absent == {} else {"changeableAttributes": {"deleteEnabled": None}}
    found = one(tags=[{"name": "v1", **more}, {"name": "v2", **locks}], manifests=None)
    assert found == RepositoryContents("app", (TagEntry("v1"), TagEntry("v2")))
    assert one() == RepositoryContents("app")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26T12:00:00Z", NOW),
        ("2026-11-26T12:00:00", NOW),
        ("2026-11-26T12:00:00.0000000Z", NOW),
        ("2026-11-26T12:00:00.0000000", NOW),
        ("2026-11-26T12:00:00.0Z", NOW),
        ("2026-11-26T13:00:00+01:00", NOW),
        ("2026-11-26T12:00:00.000000000000Z", NOW),
        ("2026-11-26 12:00:00Z", NOW),
        ("20261126T120000Z", NOW),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert one(tags=[{"name": "v1", "lastUpdateTime": text}]).tags[0].last_update_time == expected


def test_times_differ_to_their_last_digit() -> None:
    given = [
        {"name": "a", "lastUpdateTime": "2026-11-26T12:00:00.1234561Z"},
        {"name": "b", "lastUpdateTime": "2026-11-26T12:00:00.1234569Z"},
        {"name": "c", "lastUpdateTime": "2026-11-26T12:00:00.1234565"},
        {"name": "d", "lastUpdateTime": "2026-11-26T13:00:00.12345699+01:00"},
        {"name": "e", "lastUpdateTime": "2026-11-26T12:00:00.1234569Z"},
    ]
    assert [each.name for each in one(tags=given).tags] == ["d", "b", "e", "c", "a"]


def test_equal_times_stay_in_their_order_however_they_are_written() -> None:
    times = ["12:00:00.0Z", "12:00:00Z", "12:00:00.000", "12:00:00", "13:00:00.00+01:00"]
    given = [
        {"name": f"t{at}", "lastUpdateTime": f"2026-11-26T{time}"} for at, time in enumerate(times)
    ]
    assert [each.name for each in one(tags=given).tags] == ["t0", "t1", "t2", "t3", "t4"]


def test_the_types_write_what_is_read() -> None:
    held = RegistryContents(
        (repository("app", [tag("v2", 1), tag("v1", 2)], [manifest("a", tags=["v1"])]),)
    )
    assert parse_contents(msgspec.json.encode(held)) == held


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse_contents(b'\xef\xbb\xbf{"repositories": []}') == RegistryContents()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], r"the file is \[\], and must be an object"),
        ({}, 'no "repositories"'),
        ({"repositories": {}}, "repositories is {}, and must be a list"),
        ({"repositories": [3]}, r"repositories\[0\] is 3, and must be an object"),
        ({"repositories": [{}]}, r"repositories\[0\].name is missing, and must be a text"),
        ({"repositories": [{"name": ""}]}, "name is ''"),
        ({"repositories": [{"name": 5}]}, "name is 5"),
        ({"repositories": [{"name": "a"}, {"name": "a"}]}, "'a' is there twice"),
        ({"repositories": [{"name": "a", "tags": [{}]}]}, r"tags\[0\].name is missing"),
        ({"repositories": [{"name": "a", "manifests": [{}]}]}, r"manifests\[0\].digest is missing"),
        (
            {"repositories": [{"name": "a", "tags": [{"name": "t", "lastUpdateTime": "x"}]}]},
            r"tags\[0\].lastUpdateTime is 'x', and must be a time such as",
        ),
        (
            {"repositories": [{"name": "a", "tags": [{"name": "t", "lastUpdateTime": 7}]}]},
            "lastUpdateTime is 7, and must be a text",
        ),
        (
            {
                "repositories": [
                    {
                        "name": "a",
                        "tags": [{"name": "t", "lastUpdateTime": "0001-01-01T00:00+09:00"}],
                    }
                ]
            },
            "lastUpdateTime is '0001",
        ),
        (
            {
                "repositories": [
                    {
                        "name": "a",
                        "tags": [{"name": "t", "changeableAttributes": {"deleteEnabled": "no"}}],
                    }
                ]
            },
            "deleteEnabled is 'no', and must be true or false",
        ),
        (
            {"repositories": [{"name": "a", "manifests": [{"digest": "d", "tags": [1]}]}]},
            r"manifests\[0\].tags\[0\] is 1",
        ),
        (
            {"repositories": [{"name": "a", "manifests": [{"digest": "d", "references": "x"}]}]},
            "references is 'x', and must be a list",
        ),
    ],
)
def test_what_is_wrong_is_named(given: Any, says: str) -> None:
    with pytest.raises(BadContentsError, match=says):
        read(given)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"repositories": [NaN]}']
)
def test_what_is_no_json_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(BadContentsError, match="JSON"):
        parse_contents(data)


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["repositories", "name", "tags", "manifests", "digest", "references"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSONS)
def test_whatever_it_is_it_is_read_or_refused(given: Any) -> None:
    with suppress(BadContentsError):
        assert isinstance(read({"repositories": [given]}), RegistryContents)
