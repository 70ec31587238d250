"""The query language: what it answers, and that it refuses what it does not know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.azure.kql import QueryError, Table, run

ROWS: list[dict[str, Any]] = [
    {
        "id": "/1",
        "name": "Cart",
        "type": "microsoft.app/containerapps",
        "properties": {
            "template": {"containers": [{"image": "a.azurecr.io/x:1"}, {"image": "docker.io/y"}]},
            "replicas": 3,
        },
    },
    {
        "id": "/2",
        "name": "store",
        "type": "microsoft.web/sites",
        "properties": {"siteConfig": {"linuxFxVersion": "DOCKER|a.azurecr.io/x:1"}},
    },
    {"id": "/3", "name": "empty", "type": "microsoft.web/sites", "properties": None},
]
KINDS = {"id": "string", "name": "string", "type": "string", "properties": "dynamic"}
NOW = datetime.now(UTC)
EVENTS = Table(
    {"at": "datetime", "tag": "string", "size": "long"},
    [
        {"at": NOW - timedelta(hours=2), "tag": "v1", "size": 5},
        {"at": NOW - timedelta(days=3), "tag": "v1", "size": 7},
        {"at": NOW - timedelta(days=9), "tag": "v2", "size": None},
    ],
)


def answer(query: str) -> list[dict[str, Any]]:
    tables = {"resources": Table(KINDS, ROWS), "events": EVENTS}
    return [dict(row) for row in run(query, tables.get).rows]


def names(condition: str) -> list[str]:
    return [row["name"] for row in answer(f"resources | where {condition} | project name")]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("type =~ 'Microsoft.App/ContainerApps'", ["Cart"]),
        ("type == 'Microsoft.App/ContainerApps'", []),
        ("type in~ ('MICROSOFT.WEB/sites', 'x')", ["store", "empty"]),
        ("type !in ('microsoft.web/sites')", ["Cart"]),
        ("name contains 'AR' or name == 'store'", ["Cart", "store"]),
        ("name contains_cs 'AR'", []),
        ("name !startswith 'c' and name !endswith 'TY'", ["store"]),
        ("type has 'app'", ["Cart"]),
        ("type has 'contain'", []),
        ("name matches regex '^[a-z]+$'", ["store", "empty"]),
        ("properties.replicas between (1 .. 3)", ["Cart"]),
        ("properties.replicas > 2 and not(isempty(name))", ["Cart"]),
        ("isnull(properties)", ["empty"]),
        ("properties.siteConfig.linuxFxVersion startswith 'docker|'", ["store"]),
        ("properties['siteConfig']['linuxFxVersion'] != ''", ["Cart", "store", "empty"]),
        ("(name == 'store' or name == 'Cart') and type has 'web'", ["store"]),
        ("name == 'store' or name == 'Cart' and type has 'nothing'", ["store"]),
    ],
)
def test_where(condition: str, found: list[str]) -> None:
    assert names(condition) == found


def test_the_query_for_images_of_container_apps() -> None:
    rows = answer(
        """
        Resources  // as in the documentation: the name of the table may be written so
        | where type =~ 'microsoft.app/containerapps' or type =~ 'microsoft.app/jobs'
        | mv-expand c = array_concat(
            coalesce(properties.template.containers, dynamic([])),
            coalesce(properties.template.initContainers, dynamic([])))
        | project id, type, image = tostring(c.image)
        """
    )
    assert [row["image"] for row in rows] == ["a.azurecr.io/x:1", "docker.io/y"]


def test_a_column_without_a_name_is_named_after_its_path() -> None:
    (row,) = answer("resources | where name == 'store' | project properties.siteConfig, name")
    assert list(row) == ["properties_siteConfig", "name"]


def test_order_is_descending_unless_said_and_limit_cuts() -> None:
    assert [row["id"] for row in answer("resources | order by id | take 2")] == ["/3", "/2"]
    assert [row["id"] for row in answer("resources | sort by id asc | limit 1")] == ["/1"]


def test_summarize_counts_groups() -> None:
    rows = answer("resources | summarize n = count(), make_set(name) by type | order by n asc")
    assert rows == [
        {"type": "microsoft.app/containerapps", "n": 1, "make_set_name": ["Cart"]},
        {"type": "microsoft.web/sites", "n": 2, "make_set_name": ["store", "empty"]},
    ]


def test_times_and_aggregates() -> None:
    (row,) = answer("events | where at > ago(7d) | summarize last = max(at), sum(size) by tag")
    assert row == {"tag": "v1", "last": NOW - timedelta(hours=2), "sum_size": 12}


def test_join_pairs_rows() -> None:
    rows = answer(
        "resources | join kind=leftouter (resources | where type has 'web' | project id, web=name)"
        " on $left.id == $right.id | project name, web"
    )
    assert [row["web"] for row in rows] == [None, "store", "empty"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("resources | render piechart", "operator 'render' is not supported"),
        ("resources | where geo_distance(1) > 2", "function 'geo_distance' is not supported"),
        ("resources | where nope == 1", "'nope'"),
        ("vault | take 1", "'vault' table is not supported"),
        ("resources | where name ==", "expected an expression"),
        ("resources | summarize count() by properties", "'dynamic' type"),
        ("resources | order by properties.replicas", "'dynamic' type"),
        ("resources | mv-expand name", "mv-expand needs a dynamic value"),
        ("resources | where name", "condition of kind bool"),
        ("resources where name == 'x'", "expected '|'"),
        ("resources | where name == 'x", "unexpected character"),
        ("resources | join kind=fullouter (resources) on id", "join kind 'fullouter'"),
        ("resources | where at > datetime(soon)", "datetime(soon)"),
    ],
)
def test_what_is_not_known_is_refused_by_name(query: str, why: str) -> None:
    with pytest.raises(
        QueryError, match=why.replace("(", r"\(").replace(")", r"\)").replace("|", r"\|")
    ):
        answer(query)


@pytest.mark.parametrize(
    ("expression", "value"),
    [("round(2.345, 1)", 2.3), ("round(7)", 7.0), ("36h / 1d", 1.5), ("1d / 1h", 24.0)],
)
def test_numbers_are_rounded_and_spans_divided(expression: str, value: float) -> None:
    table = Table({"x": "long"}, [{"x": 1}])
    found = run(f"t | project y = {expression}", lambda _: table)
    assert found.rows == [{"y": value}]
    assert found.columns == {"y": "real"}
