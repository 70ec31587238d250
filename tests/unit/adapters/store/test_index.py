"""The index is the only memory of what a deleted tag pointed to: no writer may lose another's."""

from msgspec.structs import replace

from shared.adapters.store.index import DeploymentIndex, Entry
from tests.support.fakes import START, digest, pull
from tests.support.memory_tables import MemoryTables

ENTRY = Entry(pull=pull("api", "team/api:v1"), seen=START)


def learnt(entry: Entry) -> Entry:
    return replace(entry, digest=digest(1))


def blamed(entry: Entry) -> Entry:
    return replace(entry, source="mallory")


async def test_two_writers_lose_nothing_of_each_other() -> None:
    index = DeploymentIndex(MemoryTables())
    await index.put([ENTRY])
    (old,) = await index.of_repository("contoso.azurecr.io", "team/api")

    await index.revise([old], learnt)
    await index.revise([old], blamed)

    found = await index.of_pull(ENTRY.pull)
    assert found is not None
    assert (found.digest, found.source) == (digest(1), "mallory")


async def test_what_was_forgotten_meanwhile_stays_forgotten() -> None:
    index = DeploymentIndex(MemoryTables())
    await index.put([ENTRY])
    found = await index.of_pull(ENTRY.pull)
    assert found is not None
    await index.remove([found])

    await index.revise([found], learnt)

    assert await index.of_pull(ENTRY.pull) is None


async def test_what_does_not_change_is_not_written() -> None:
    tables = MemoryTables()
    index = DeploymentIndex(tables)
    await index.put([ENTRY])
    before = dict(tables.tables["index"].rows)
    await index.revise([entry async for entry in index.everything()], lambda entry: entry)
    assert tables.tables["index"].rows == before


async def test_many_entries_of_many_repositories_are_revised() -> None:
    index = DeploymentIndex(MemoryTables())
    entries = [Entry(pull=pull(f"w{n}", f"team/r{n % 3}:v{n}"), seen=START) for n in range(350)]
    await index.put(entries)
    known = await index.of_pulls([entry.pull for entry in entries])
    await index.revise(list(known.values())[::50], learnt)

    await index.revise(known.values(), blamed)

    found = [entry async for entry in index.everything()]
    assert len(found) == 350
    assert all(entry.source for entry in found)
    assert sum(bool(entry.digest) for entry in found) == 7


async def test_what_another_discovery_found_first_keeps_what_was_learnt_of_it() -> None:
    index = DeploymentIndex(MemoryTables())
    await index.put([ENTRY])
    await index.revise([entry async for entry in index.everything()], learnt)

    await index.put([ENTRY, Entry(pull=pull("web", "team/api:v1"), seen=START)])

    found = {entry.pull.workload.name: entry async for entry in index.everything()}
    assert found.keys() == {"api", "web"}
    assert found["api"].digest == digest(1)
