"""What the store relies on, of Table Storage itself."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.tables import ConflictError, Delete, Insert, Put, Tables, Value

pytestmark = pytest.mark.contract


async def test_what_is_written_is_read_with_its_types(tables: Tables, name: str) -> None:
    columns: dict[str, Value] = {"text": "ü'\"", "number": 7, "yes": True, "data": b"\x00\xff"}
    await tables.table(name).write("p", [Insert("k", dict(columns))])

    row = await tables.table(name).get("p", "k")

    assert row is not None
    assert row.columns == columns
    assert row.etag


async def test_a_row_that_is_not_there_is_none_even_without_a_table(
    tables: Tables, name: str
) -> None:
    assert await tables.table(name).get("p", "k") is None
    assert [row async for row in tables.table(name).query("p")] == []


async def test_inserting_twice_is_a_conflict(tables: Tables, name: str) -> None:
    table = tables.table(name)
    await table.write("p", [Insert("k", {"n": 1})])
    with pytest.raises(ConflictError):
        await table.write("p", [Insert("k", {"n": 2})])


async def test_a_stale_etag_is_a_conflict(tables: Tables, name: str) -> None:
    table = tables.table(name)
    await table.write("p", [Insert("k", {"n": 1})])
    old = await table.get("p", "k")
    assert old is not None
    await table.write("p", [Put("k", {"n": 2}, old.etag)])
    for operation in (Put("k", {"n": 3}, old.etag), Delete("k", old.etag)):
        with pytest.raises(ConflictError):
            await table.write("p", [operation])


async def test_a_batch_is_all_or_nothing(tables: Tables, name: str) -> None:
    table = tables.table(name)
    await table.write("p", [Insert("taken", {})])
    with pytest.raises(ConflictError):
        await table.write("p", [Put("new", {}), Insert("taken", {})])
    assert await table.get("p", "new") is None


async def test_deleting_what_is_gone_is_a_conflict(tables: Tables, name: str) -> None:
    with pytest.raises(ConflictError):
        await tables.table(name).write("p", [Delete("never")])


async def test_a_batch_of_101_is_refused_before_it_is_sent(tables: Tables, name: str) -> None:
    with pytest.raises(ValueError, match="101"):
        await tables.table(name).write("p", [Put(str(n), {}) for n in range(101)])


async def test_a_put_replaces_the_whole_row(tables: Tables, name: str) -> None:
    table = tables.table(name)
    await table.write("p", [Put("k", {"a": 1, "b": 2})])
    await table.write("p", [Put("k", {"a": 3})])
    row = await table.get("p", "k")
    assert row is not None
    assert row.columns == {"a": 3}


async def test_queries_select_by_partition_and_prefix_in_key_order(
    tables: Tables, name: str
) -> None:
    table = tables.table(name)
    await table.write("p", [Put(key, {}) for key in ("b:2", "a:1", "b:1", "c", "b")])
    await table.write("q", [Put("b:9", {})])
    assert [row.key async for row in table.query("p", "b:")] == ["b:1", "b:2"]
    assert [row.key async for row in table.query("p")] == ["a:1", "b", "b:1", "b:2", "c"]


async def test_partitions_are_selected_by_their_own_prefix(tables: Tables, name: str) -> None:
    table = tables.table(name)
    for partition in ("contoso.azurecr.io:1", "contoso.azurecr.io:2", "fabrikam.azurecr.io:1"):
        await table.write(partition, [Put("k", {})])
    found = [row.partition async for row in table.partitions("contoso.azurecr.io:")]
    assert found == ["contoso.azurecr.io:1", "contoso.azurecr.io:2"]
    assert len([row async for row in table.partitions("")]) == 3


async def test_rows_of_every_partition_are_selected_by_a_prefix_of_their_keys(
    tables: Tables, name: str
) -> None:
    table = tables.table(name)
    for partition in ("p", "q"):
        await table.write(partition, [Put(key, {"n": 1}) for key in ("change:1", "pull:1")])
    found = [row async for row in table.partitions("", ("absent",), rows="change:")]
    assert [(row.partition, row.key, row.columns) for row in found] == [
        ("p", "change:1", {}),
        ("q", "change:1", {}),
    ]


async def test_what_is_larger_than_a_row_or_a_request_is_refused(tables: Tables, name: str) -> None:
    table, piece = tables.table(name), b"x" * 60_000
    fits: dict[str, Value] = {f"c{n}": piece for n in range(12)}
    await table.write("p", [Put(str(n), dict(fits)) for n in range(4)])
    for operations in (
        [Put("k", {"c": b"x" * 70_000})],
        [Put("k", {f"c{n}": piece for n in range(18)})],
        [Put(str(n), dict(fits)) for n in range(5)],
    ):
        with pytest.raises(Exception, match=r"(?i)too ?large|exceeds"):
            await table.write("p", operations)


async def test_what_was_written_before_a_time_is_forgotten(tables: Tables, name: str) -> None:
    table = tables.table(name)
    for partition in ("old:1", "old:2", "other"):
        await table.write(partition, [Put(f"{n:03d}", {"n": n}) for n in range(60)])
        await table.write(partition, [Put(f"{n:03d}", {"n": n}) for n in range(60, 120)])
    assert await table.forget("old:", datetime.now(UTC) - timedelta(hours=1)) == 0

    assert await table.forget("old:", datetime.now(UTC) + timedelta(hours=1)) == 240

    assert [row.partition async for row in table.partitions("")] == ["other"] * 120


async def test_some_columns_are_read_without_the_others(tables: Tables, name: str) -> None:
    table = tables.table(name)
    await table.write("p", [Put("k", {"small": "s", "large": b"l" * 1000}), Put("other", {})])
    found = [row async for row in table.partitions("p", ("small", "absent"))]
    assert [(row.partition, row.key) for row in found] == [("p", "k"), ("p", "other")]
    assert found[0].columns == {"small": "s"}


async def test_more_than_a_page_is_read_to_the_end(tables: Tables, name: str) -> None:
    table = tables.table(name)
    for start in range(0, 1100, 100):
        await table.write("p", [Put(f"{n:05d}", {}) for n in range(start, start + 100)])
    assert len([row async for row in table.query("p")]) == 1100


async def test_of_many_writers_at_once_exactly_one_wins_each_version(
    tables: Tables, name: str
) -> None:
    table = tables.table(name)
    await table.write("p", [Insert("k", {"n": 0})])

    async def add_one() -> None:
        while True:
            row = await table.get("p", "k")
            assert row is not None
            try:
                n = row.columns["n"]
                assert isinstance(n, int)
                await table.write("p", [Put("k", {"n": n + 1}, row.etag)])
            except ConflictError:
                continue
            return

    await asyncio.gather(*(add_one() for _ in range(10)))
    row = await table.get("p", "k")
    assert row is not None
    assert row.columns["n"] == 10
