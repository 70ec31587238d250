"""Verbs that edit a running estate, and back."""

import pytest

from local.azure import actions, edits
from local.azure.contents.errors import RegistryError
from local.azure.world import World
from tests.local.acr.support import Client, basic


async def test_a_secret_expires_and_is_renewed(client: Client, world: World) -> None:
    builder = edits.identity(world, "builder")
    headers = basic(builder.client_id, "good")
    for change, status in ((edits.expire_secret, 401), (edits.renew_secret, 200)):
        change(world, "builder")
        response = await client.send("GET", "fabrikam", "/v2/", headers=headers)
        assert response.status == status


async def test_a_disabled_identity_is_refused(client: Client, world: World) -> None:
    edits.set_identity(world, "puller", enabled=False)
    assert (await client.exchange("fabrikam", "puller")).status == 401
    edits.set_identity(world, "puller", enabled=True)
    assert (await client.exchange("fabrikam", "puller")).status == 200


async def test_a_regenerated_password_ends_the_old_one(client: Client, world: World) -> None:
    new = edits.rotate_admin_password(world, "fabrikam")
    for password, status in (("fabrikam-admin-1", 401), ("fabrikam-admin-2", 200), (new, 200)):
        headers = basic("fabrikam", password)
        assert (await client.send("GET", "fabrikam", "/v2/", headers=headers)).status == status


async def test_a_role_may_be_granted_with_a_condition(client: Client, world: World) -> None:
    name = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
    edits.grant_role(
        world,
        "nobody",
        "Container Registry Repository Reader",
        "registry/tailwind",
        condition=f"{name} StringEquals 'other'",
    )
    for repository, status in (("other", 200), ("team/api", 401)):
        scope = f"repository:{repository}:pull"
        assert (await client.token("tailwind", "nobody", scope)).status == status


@pytest.mark.parametrize("reference", ["nowhere/app:v1", "nowhere.azurecr.io/app:v1"])
def test_an_unknown_registry_is_a_key_error(world: World, reference: str) -> None:
    with pytest.raises(KeyError):
        actions.delete_manifest(world, reference)


def test_a_verb_is_refused_as_a_client_would_be(world: World) -> None:
    actions.lock(world, "fabrikam.azurecr.io/tools:one", delete_enabled=False)
    with pytest.raises(RegistryError, match="disallowed"):
        actions.untag(world, "fabrikam/tools:one")
    with pytest.raises(RegistryError, match="is not found"):
        actions.delete_manifest(world, "fabrikam/tools:none")


def test_a_tag_that_moves_leaves_its_manifest_untagged(world: World) -> None:
    repository = world.contents["fabrikam"].repositories["tools"]
    old = repository.resolve("one")
    assert old
    assert old.untagged is None
    new = actions.push(world, "fabrikam/tools:one")
    assert (repository.resolve("one"), old.digest in repository.manifests) == (new, True)
    assert old.untagged is not None


def test_a_corrupt_index_lacks_a_child(world: World) -> None:
    child = actions.parts(world, "fabrikam/shop/web:v1")[0]
    actions.corrupt(world, "fabrikam/shop/web:v1", child)
    assert child not in world.contents["fabrikam"].repositories["shop/web"].manifests
    assert "v1" in world.contents["fabrikam"].repositories["shop/web"].tags
