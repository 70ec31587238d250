"""Diagnoses in rows and batches that Table Storage takes, and an outbox that is cheap to watch."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shared.adapters.store.diagnoses import Diagnoses
from shared.adapters.tables import Row
from shared.domain.diagnosis import Diagnosis
from shared.domain.facts.base import Evidence
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.findings import CheckResult, Finding, Outcome
from shared.domain.pulls import Cause, CauseKind, Pull
from tests.support.fakes import LOGIN_SERVER, pull
from tests.support.memory_tables import MemoryTable, MemoryTables

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CAUSE = Cause(kind=CauseKind.ASKED, at=NOW)


def noise(length: int) -> str:
    """Text that does not compress."""
    return random.Random(length).randbytes(length // 2).hex()  # noqa: S311 - no secret


def bad(of: Pull, at: datetime = NOW, text: str = "") -> tuple[Diagnosis, Evidence]:
    finding = Finding("BAD", Outcome.FAIL, of.workload.id, "bad", explanation=text)
    found = Diagnosis(
        pull=of,
        at=at,
        cause=CAUSE,
        outcome=Outcome.FAIL,
        results=(CheckResult("a", Outcome.FAIL, (finding,)),),
        job="j",
    )
    return found, Evidence([Asked(of, at)])


async def test_a_long_error_text_of_many_pulls_is_stored() -> None:
    store = Diagnoses(MemoryTables())
    pulls = [pull(f"w{n}", "team/api:v1") for n in range(100)]
    evidence = {
        p: Evidence([Asked(p, NOW), ReportedError(noise(200_000), "who asked")]) for p in pulls
    }

    await store.save([(bad(p)[0], evidence[p]) for p in pulls])

    assert len(await store.unsettled(LOGIN_SERVER)) == 100
    assert await store.of_pull(pulls[-1]) is not None


async def test_what_does_not_fit_beside_a_diagnosis_is_left_out() -> None:
    store = Diagnoses(MemoryTables())
    one = pull("api", "team/api:v1")
    found, _ = bad(one, text=noise(500_000))

    await store.save([(found, Evidence([ReportedError(noise(1_200_000), "who asked")]))])

    stored = await store.of_pull(one)
    assert stored is not None
    assert stored.diagnosis == found


class Counted(MemoryTable):
    """A table that says what it handed out."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Row] = []
        self.writes = 0

    async def partitions(
        self, prefix: str, columns: Sequence[str] = (), rows: str = ""
    ) -> AsyncIterator[Row]:
        async for row in super().partitions(prefix, columns, rows):
            self.read.append(row)
            yield row

    async def write(self, *given: object) -> None:
        self.writes += 1
        await super().write(*given)  # type: ignore[arg-type]


@pytest.fixture
def table() -> Counted:
    return Counted()


@pytest.fixture
def store(table: Counted) -> Diagnoses:
    tables = MemoryTables()
    tables.tables["diagnoses"] = table
    return Diagnoses(tables)


async def test_the_watch_finds_unsettled_changes_without_reading_every_diagnosis(
    table: Counted, store: Diagnoses
) -> None:
    await store.save([bad(pull(f"w{n}", "team/api:v1")) for n in range(50)])
    await store.settle(await store.unsettled(LOGIN_SERVER))
    await store.save([bad(pull("new", "team/api:v1"))])

    assert await store.registries_unsettled() == {LOGIN_SERVER}

    assert len(table.read) == 1
    assert table.read[0].columns == {}


async def test_many_changes_are_settled_with_few_writes(table: Counted, store: Diagnoses) -> None:
    await store.save([bad(pull(f"w{n}", "team/api:v1")) for n in range(200)])
    changes = await store.unsettled(LOGIN_SERVER)
    before = table.writes

    await store.settle(changes)

    assert table.writes - before == 2
    assert await store.unsettled(LOGIN_SERVER) == ()


async def test_changes_that_another_worker_settled_are_no_obstacle(store: Diagnoses) -> None:
    await store.save([bad(pull(f"w{n}", "team/api:v1")) for n in range(10)])
    changes = await store.unsettled(LOGIN_SERVER)
    await store.settle(changes[3:5])

    await store.settle(changes)

    assert await store.unsettled(LOGIN_SERVER) == ()


SECOND = timedelta(seconds=1)


def looked(of: Pull, at: int, as_of: int) -> tuple[Diagnosis, Evidence]:
    """A diagnosis of a second, which may rest on what was read at an earlier one."""
    found, evidence = bad(of, NOW + at * SECOND)
    return replace(found, as_of=NOW + as_of * SECOND), evidence


@pytest.mark.parametrize(
    ("stored", "later", "kept", "contested"),
    [
        ((10, 10), (20, 20), 20, False),
        ((10, -35), (20, -25), 20, False),
        ((20, 20), (10, 10), 20, False),
        ((20, -25), (10, -35), 20, False),
        ((10, 10), (20, -25), 10, True),  # it looked later, and remembers what is older
        ((20, -25), (10, 10), 20, True),
    ],
)
async def test_of_two_looks_the_one_that_is_newer_in_everything_stands(
    store: Diagnoses,
    stored: tuple[int, int],
    later: tuple[int, int],
    kept: int,
    *,
    contested: bool,
) -> None:
    api = pull("api", "team/api:v1")
    assert await store.save([looked(api, *stored)]) == ()
    assert await store.save([looked(api, *later)]) == ((api,) if contested else ())
    found = await store.of_pull(api)
    assert found is not None
    assert found.diagnosis.at == NOW + kept * SECOND


async def test_an_older_diagnosis_changes_nothing(store: Diagnoses) -> None:
    api = pull("api", "team/api:v1")
    newer = bad(api, NOW + timedelta(minutes=1))
    await store.save([newer])
    await store.save([bad(api)])

    stored = await store.of_pull(api)
    assert stored is not None
    assert stored.diagnosis.at == newer[0].at
    assert len(await store.unsettled(LOGIN_SERVER)) == 1
