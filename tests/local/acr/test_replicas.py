"""A geo-replica that lags behind: who meets it, what it shows, and when it has caught up."""

from datetime import timedelta

import pytest

from local.azure import actions, replicas
from local.azure.world import World
from local.estates import loads
from tests.local.acr.support import ESTATE, Client

ALL = "repository:app:pull,push,delete,metadata_read,metadata_write"
HOUR = timedelta(hours=1)


@pytest.fixture
async def owner(client: Client) -> dict[str, str]:
    return await client.bearer("contoso", "alice", ALL)


async def seen(client: Client, owner: dict[str, str], path: str) -> dict[str, int | str]:
    """The status, and the digest where there is one, from each of the two places."""
    found: dict[str, int | str] = {}
    for place in ("office", "dublin"):
        client.place["now"] = client.world.place(place)
        response = await client.send("GET", "contoso", path, headers=owner)
        found[place] = response.headers.get("Docker-Content-Digest") or response.status
    return found


async def test_a_new_tag_comes_late_to_whom_the_replica_serves(
    client: Client, world: World, owner: dict[str, str]
) -> None:
    replicas.lag_behind(world, "contoso", "northeurope", HOUR)
    made = actions.push(world, "contoso/app:v1")
    for path in ("/v2/app/manifests/v1", f"/v2/app/manifests/{made.digest}"):
        assert await seen(client, owner, path) == {"office": made.digest, "dublin": 404}
    listing = "/acr/v1/app/_tags"
    assert await seen(client, owner, listing) == {"office": 200, "dublin": 404}
    world.clock.advance(HOUR)
    assert (await seen(client, owner, "/v2/app/manifests/v1"))["dublin"] == made.digest
    assert (await seen(client, owner, listing))["dublin"] == 200


async def test_a_moved_tag_and_a_deletion_come_late_too(
    client: Client, world: World, owner: dict[str, str]
) -> None:
    first = actions.push(world, "contoso/app:v1")
    replicas.lag_behind(world, "contoso", "northeurope", HOUR)
    second = actions.push(world, "contoso/app:v1")
    path = "/v2/app/manifests/v1"
    assert await seen(client, owner, path) == {"office": second.digest, "dublin": first.digest}
    actions.delete_repository(world, "contoso/app")
    assert await seen(client, owner, path) == {"office": 404, "dublin": first.digest}
    replicas.lag_behind(world, "contoso", "northeurope", timedelta())
    assert await seen(client, owner, path) == {"office": 404, "dublin": 404}
    assert not world.contents["contoso"].past, "what nobody sees any more is not kept"


async def test_a_replica_that_is_switched_off_serves_nobody(
    client: Client, world: World, owner: dict[str, str]
) -> None:
    replicas.lag_behind(world, "contoso", "northeurope", HOUR)
    replicas.replication(world.registry("contoso"), "northeurope").region_endpoint_enabled = False
    made = actions.push(world, "contoso/app:v1")
    assert (await seen(client, owner, "/v2/app/manifests/v1"))["dublin"] == made.digest


async def test_what_is_pushed_through_a_replica_is_at_home_at_once(
    client: Client, world: World, owner: dict[str, str]
) -> None:
    actions.push(world, "contoso/app:v1")
    replicas.lag_behind(world, "contoso", "northeurope", HOUR)
    client.place["now"] = world.place("dublin")
    body = world.contents["contoso"].repositories["app"].resolve("v1")
    assert body
    headers = {**owner, "Content-Type": body.media_type}
    put = await client.send(
        "PUT", "contoso", "/v2/app/manifests/v2", headers=headers, data=body.body
    )
    assert put.status == 201
    path = "/v2/app/manifests/v2"
    assert await seen(client, owner, path) == {"office": body.digest, "dublin": 404}


def test_an_estate_may_say_so_from_the_start() -> None:
    text = ESTATE.replace("{location: northeurope}", "{location: northeurope, lag: PT10M}")
    world = World(loads(text))
    actions.push(world, "contoso/app:v1")
    registry = world.registry("contoso")
    there = replicas.contents_at(world, registry, world.place("dublin"))
    here = replicas.contents_at(world, registry, world.place("office"))
    assert (list(there.repositories), list(here.repositories)) == ([], ["app"])


def test_there_is_no_replica_of_another_name(world: World) -> None:
    with pytest.raises(KeyError, match="mars"):
        replicas.lag_behind(world, "contoso", "mars", HOUR)
