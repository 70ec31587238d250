"""What the index remembers: what indexes consist of, without being written for nothing."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from shared.domain.facts.base import Observation
from shared.domain.facts.registry import Child, ImageContent
from shared.domain.facts.workload import PullIdentity
from shared.domain.images import Digest, Platform
from shared.domain.pulls import Pull
from shared.pipeline.discover import discover
from shared.pipeline.sweep import sweep
from shared.registry.base import NOTHING_KNOWN, Contents
from tests.support.fakes import FakeRegistry, World, digest
from tests.support.stories import work_off

CHILDREN = (Child(digest(8), Platform("linux", "amd64"), present=True),)
INDEX = ImageContent(digest=digest(1), media_type="index", children=CHILDREN, platforms=())


class OfIndexes(FakeRegistry):
    """A registry in which every image is the same index."""

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        seen = await super().observe(pulls, known)
        return {
            pull: tuple(INDEX if isinstance(one, ImageContent) else one for one in facts)
            for pull, facts in seen.items()
        }


async def test_what_an_index_consists_of_is_remembered_for_the_next_sweep() -> None:
    world = World(registry=OfIndexes())
    world.deploy("api", "team/api:v1", seed=1)
    world.deploy("worker", "team/api:v1", seed=1)
    await sweep(world.services)
    await work_off(world)
    assert world.registry.known == {}

    world.clock.pass_by(minutes=5)
    await sweep(world.services)
    await work_off(world)

    (known,) = world.registry.known.values()
    assert known.digest == digest(1)
    assert [child.digest for child in known.children] == [digest(8)]
    assert [child.present for child in known.children] == [None], "that may have changed since"


async def test_a_child_of_an_index_is_used_by_who_pulls_the_index() -> None:
    world = World(registry=OfIndexes())
    pull = world.deploy("api", "team/api:v1", seed=1)
    await sweep(world.services)
    await work_off(world)
    entry = await world.services.store.index.of_pull(pull)
    assert entry is not None
    assert entry.uses(digest(8))
    assert not entry.uses(digest(9))


async def test_discovering_the_same_again_writes_nothing() -> None:
    world = World()
    world.deploy("api", "team/api:v1", seed=1)
    await discover(world.services)
    before = dict(world.tables.tables["index"].rows)
    world.clock.pass_by(minutes=15)
    await discover(world.services)
    assert world.tables.tables["index"].rows == before

    world.deploy("web", "team/web:v1", seed=2)
    await discover(world.services)
    assert len(world.tables.tables["index"].rows) == 2


async def test_many_pulls_are_looked_up_in_one_query_for_each_repository() -> None:
    world = World()
    pulls = [world.deploy(f"w{n}", f"team/r{n % 2}:v{n}", seed=n) for n in range(6)]
    lone = world.deploy("lone", "team/lone:v1", seed=7)
    gone = world.deploy("gone", "team/r0:v9", seed=8)
    world.platform.pulls.remove(gone)
    await discover(world.services)
    found = await world.services.store.index.of_pulls([*pulls, lone, gone])
    assert set(found) == {*pulls, lone}
    assert all(entry.pull == pull for pull, entry in found.items())


class Incomplete(OfIndexes):
    """An index that has lost children; what is asked for elsewhere is written down."""

    def __init__(self, *children: Child) -> None:
        super().__init__()
        self.index = replace(INDEX, children=children)
        self.missed: list[Digest] = []

    async def observe(
        self, pulls: Mapping[Pull, PullIdentity | None], known: Contents = NOTHING_KNOWN
    ) -> Mapping[Pull, tuple[Observation, ...]]:
        seen = await super().observe(pulls, known)
        return {
            pull: tuple(self.index if isinstance(one, ImageContent) else one for one in facts)
            for pull, facts in seen.items()
        }

    async def elsewhere(
        self, pull: Pull, digest: Digest, *, restorable: bool = False
    ) -> tuple[Observation, ...]:
        self.missed.append(digest)
        return await super().elsewhere(pull, digest, restorable=restorable)


AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
NO_IMAGE = Platform("unknown", "unknown")


@pytest.mark.parametrize(
    ("own", "missed"), [(Child(digest(8), AMD64, False), [digest(8)]), (CHILDREN[0], [])]
)
async def test_of_an_index_that_child_is_looked_for_elsewhere_which_is_pulled(
    own: Child, missed: list[Digest]
) -> None:
    others = Child(digest(6), NO_IMAGE, False), Child(digest(7), ARM64, False)
    registry = Incomplete(*others, own)
    world = World(registry=registry)
    world.deploy("api", "team/api:v1", seed=1)
    await sweep(world.services)
    await work_off(world)
    assert registry.missed == missed
