"""A whole repository, read as a purge finds it, from the local ACR."""

from datetime import timedelta

import pytest

from shared.domain.cleanup import RegistryContents, RepositoryContents, doomed, parse_purge
from shared.domain.facts.base import CouldNotLookError
from shared.domain.pulls import Registry
from tests.contract.registry.conftest import Azure

HOST = "contoso.azurecr.io"


async def registry(azure: Azure, host: str = HOST) -> Registry:
    return next(one for one in (await azure.end.registries()).known if one.login_server == host)


async def read(azure: Azure, name: str = "web", *, bodies: bool = True) -> RepositoryContents:
    return await azure.end.contents(await registry(azure), name, bodies=bodies)


async def test_tags_with_their_times_and_manifests_with_their_tags(azure: Azure) -> None:
    found = await read(azure)
    assert {tag.name for tag in found.tags} >= {"v1", "stable", "v2", "built", "unreadable"}
    assert "hidden" not in {tag.name for tag in found.tags}, "a listing does not tell of it"
    listed = {manifest.digest for manifest in found.manifests}
    assert [tag.name for tag in found.tags if tag.digest not in listed] == ["unlisted"]
    assert all(tag.last_update_time for tag in found.tags)
    assert all(manifest.last_update_time for manifest in found.manifests)
    (v1,) = [manifest for manifest in found.manifests if "v1" in manifest.tags]
    assert set(v1.tags) == {"stable", "v1"}


async def test_an_index_has_its_children_and_they_are_no_orphans(azure: Azure) -> None:
    found = await read(azure)
    (index,) = [manifest for manifest in found.manifests if "v2" in manifest.tags]
    assert len(index.references) == 2
    purge = parse_purge("acr purge --untagged-only")
    gone = doomed(purge, RegistryContents((found,)), azure.world.now() + timedelta(days=1))
    assert gone.refused == ()
    assert not {f"web@{child}" for child in index.references} & set(gone.manifests)


async def test_without_bodies_nothing_but_the_listings_is_asked(azure: Azure) -> None:
    await read(azure, bodies=False)
    assert azure.asked(HOST, lambda route: "/manifests/" in route) == 0
    assert azure.asked(HOST, lambda route: "_manifests" in route) == 1
    assert azure.asked(HOST, lambda route: "_tags" in route) == 1


async def test_a_repository_that_is_not_there_is_empty(azure: Azure) -> None:
    assert await read(azure, "nothing") == RepositoryContents("nothing")


async def test_the_catalog_names_the_repositories(azure: Azure) -> None:
    assert set(await azure.end.catalog(await registry(azure))) >= {"web", "broken", "charts/web"}


async def test_what_may_not_be_listed_could_not_be_looked_at(azure: Azure) -> None:
    tailwind = await registry(azure, "tailwind.azurecr.io")
    with pytest.raises(CouldNotLookError):
        await azure.end.catalog(tailwind)
    assert [t.name for t in (await azure.end.contents(tailwind, "api", bodies=True)).tags] == ["v1"]


async def test_no_token_goes_to_a_registry_that_is_not_known(azure: Azure) -> None:
    with pytest.raises(CouldNotLookError, match="known"):
        await azure.end.contents(Registry("evil.azurecr.io", "/x"), "web", bodies=True)


@pytest.mark.parametrize("name", ["../v2", "a b", "UPPER", ""])
async def test_what_is_no_name_goes_into_no_request(azure: Azure, name: str) -> None:
    with pytest.raises(CouldNotLookError):
        await read(azure, name)
