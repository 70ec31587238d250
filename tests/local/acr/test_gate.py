"""Who gets in: firewall, private endpoint, throttling, the catalog's own right."""

from datetime import timedelta

from local.azure import edits
from local.azure.world import World
from tests.local.acr.support import Client


async def test_the_firewall_names_the_address_it_refuses(client: Client, world: World) -> None:
    assert (await client.send("GET", "contoso", "/v2/")).status == 401
    edits.close_firewall(world, "contoso")
    response = await client.send("GET", "contoso", "/v2/")
    error = (await response.json())["errors"][0]
    assert (response.status, error["code"]) == (403, "DENIED")
    assert "client with IP '198.51.100.7' is not allowed access" in error["message"]
    assert "\\u0027198.51.100.7\\u0027" in await response.text()


async def test_a_private_endpoint_leads_past_the_firewall(client: Client, world: World) -> None:
    edits.set_public_access(world, "contoso", on=False)
    assert (await client.send("GET", "contoso", "/v2/")).status == 403
    client.place["now"] = world.place("inside")
    assert (await client.send("GET", "contoso", "/v2/")).status == 401
    edits.set_endpoint(world, "contoso-pe", "Rejected")
    assert (await client.send("GET", "contoso", "/v2/")).status == 403


async def test_without_its_record_the_endpoint_is_not_found(client: Client, world: World) -> None:
    edits.set_public_access(world, "contoso", on=False)
    client.place["now"] = world.place("inside")
    edits.remove_records(world, "contoso")
    assert (await client.send("GET", "contoso", "/v2/")).status == 403
    edits.restore_records(world, "contoso")
    assert (await client.send("GET", "contoso", "/v2/")).status == 401


async def test_throttling_counts_down_and_ends(client: Client, world: World) -> None:
    edits.throttle(world, "fabrikam", 60)
    first = await client.send("GET", "fabrikam", "/v2/")
    world.clock.advance(timedelta(seconds=20))
    second = await client.send("GET", "fabrikam", "/v2/")
    assert (first.status, (await first.json())["errors"][0]["code"]) == (429, "TOOMANYREQUESTS")
    assert int(second.headers["Retry-After"]) <= int(first.headers["Retry-After"]) - 20
    world.clock.advance(timedelta(seconds=60))
    assert (await client.send("GET", "fabrikam", "/v2/")).status == 401


async def test_listing_repositories_is_a_right_of_its_own_on_abac(client: Client) -> None:
    scope = "registry:catalog:*"
    legacy = await client.token("fabrikam", "puller", scope)
    abac = await client.token("tailwind", "prefixed", scope)
    assert (legacy.status, abac.status) == (200, 401)
    edits.grant_role(
        client.world,
        "prefixed",
        "Container Registry Repository Catalog Lister",
        "registry/tailwind",
    )
    headers = await client.bearer("tailwind", "prefixed", scope)
    response = await client.send("GET", "tailwind", "/acr/v1/_catalog", headers=headers)
    assert (await response.json())["repositories"] == ["other", "team/api"]


async def test_a_revoked_role_grants_no_new_token(client: Client, world: World) -> None:
    assert (await client.exchange("fabrikam", "puller")).status == 200
    edits.revoke_role(world, "puller", "AcrPull", "registry/fabrikam")
    assert (await client.exchange("fabrikam", "puller")).status == 401


async def test_a_refused_sign_in_is_recorded(client: Client, world: World) -> None:
    edits.close_firewall(world, "contoso")
    await client.send("GET", "contoso", "/v2/")
    last = world.operations[-1]
    assert (last.kind, last.status, last.requester.address) == ("login", 403, "198.51.100.7")
