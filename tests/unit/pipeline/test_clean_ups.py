"""What is read of a live registry before a purge is foretold."""

import pytest

from shared.domain.cleanup import RegistryContents, RepositoryContents, parse_purge
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Registry
from shared.pipeline.clean_ups import contents_for
from tests.support.fakes import LOGIN_SERVER, FakeRegistry, World

REPOSITORIES = ("app", "app2", "other", "web")


class Counting(FakeRegistry):
    """Counts what is asked of it."""

    catalogs = 0
    bodies = 0

    async def catalog(self, registry: Registry) -> tuple[str, ...]:
        self.catalogs += 1
        return await super().catalog(registry)

    async def contents(
        self, registry: Registry, repository: str, *, bodies: bool
    ) -> RepositoryContents:
        self.bodies += bodies
        return await super().contents(registry, repository, bodies=bodies)


def estate() -> tuple[World, Counting]:
    counting = Counting()
    world = World(registry=counting)
    for name in REPOSITORIES:
        world.hold(f"{name}:v1")
    return world, counting


async def read(world: World, *commands: str, host: str = LOGIN_SERVER) -> RegistryContents:
    return await contents_for(world.services, host, [parse_purge(each) for each in commands])


async def names(world: World, *commands: str) -> list[str]:
    return [repository.name for repository in (await read(world, *commands)).repositories]


async def test_a_plain_name_needs_no_catalog() -> None:
    world, counting = estate()
    command = "acr purge --filter app:v1 --filter web:v1 --ago 1d"
    assert await names(world, command) == ["app", "web"]
    assert (counting.catalogs, counting.listings, counting.bodies) == (0, 2, 0)


async def test_an_expression_does_and_only_what_it_concerns_is_read() -> None:
    world, counting = estate()
    assert await names(world, "acr purge --filter 'app.*:v1' --ago 1d") == ["app", "app2"]
    assert (counting.catalogs, counting.listings) == (1, 2)


async def test_without_filters_all_are_read_with_their_bodies() -> None:
    world, counting = estate()
    assert await names(world, "acr purge --untagged-only") == list(REPOSITORIES)
    assert counting.bodies == len(REPOSITORIES)


async def test_several_commands_are_read_for_once() -> None:
    world, counting = estate()
    commands = "acr purge --filter app:v1 --ago 1d", "acr purge --filter app:v2 --ago 1d --untagged"
    assert await names(world, *commands) == ["app"]
    assert (counting.listings, counting.bodies) == (1, 1)


async def test_what_is_refused_anyway_costs_no_request() -> None:
    world, counting = estate()
    assert await names(world, "acr purge --filter '(a)\\1:v1' --ago 1d") == []
    assert (counting.catalogs, counting.listings) == (0, 0)


async def test_a_registry_that_nobody_sees_could_not_be_looked_at() -> None:
    world, _ = estate()
    with pytest.raises(CouldNotLookError, match="known registries only"):
        await read(world, "acr purge --untagged-only", host="evil.example")


async def test_what_cannot_be_read_is_not_nothing() -> None:
    world, counting = estate()
    counting.blind = "403"
    with pytest.raises(CouldNotLookError, match="403"):
        await read(world, "acr purge --filter app:v1 --ago 1d")
