"""What the registry end sees of images, in every state that a registry can have them in."""

import pytest
from msgspec.structs import replace

from local.azure import actions
from shared.domain.facts.registry import (
    Child,
    ImageContent,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Neighbours,
    SoftDeleted,
)
from shared.domain.images import Platform
from tests.contract.registry.conftest import Azure

WEB = "contoso.azurecr.io/web"
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")


async def test_an_image_that_is_there(azure: Azure) -> None:
    seen = await azure.see(f"{WEB}:v1")
    answer, state, content = seen[ManifestAnswer], seen[ManifestState], seen[ImageContent]
    assert answer.answer.status == 200
    assert answer.digest == state.digest == content.digest != ""
    assert not answer.listed
    assert answer.size > 0
    assert set(state.tags) == {"v1", "stable"}
    assert state.updated is not None
    assert content.platforms == (AMD64,)
    assert content.missing == ()
    assert seen[MonitorAccess].actions == ("metadata_read", "pull")


async def test_an_image_by_its_digest(azure: Azure) -> None:
    digest = (await azure.see(f"{WEB}:v1"))[ManifestAnswer].digest
    seen = await azure.see(f"{WEB}:whatever@{digest}")
    assert seen[ManifestAnswer].answer.status == 200
    assert seen[ManifestAnswer].digest == digest


async def test_an_index_and_its_children(azure: Azure) -> None:
    content = (await azure.see(f"{WEB}:v2"))[ImageContent]
    assert set(content.platforms) == {AMD64, ARM64}
    assert [child.present for child in content.children] == [True, True]


async def test_an_attestation_is_no_platform(azure: Azure) -> None:
    content = (await azure.see(f"{WEB}:built"))[ImageContent]
    assert content.platforms == (AMD64,)
    assert Platform("unknown", "unknown") in {child.platform for child in content.children}


async def test_a_chart_is_no_image(azure: Azure) -> None:
    content = (await azure.see("contoso.azurecr.io/charts/web:1"))[ImageContent]
    assert "helm" in content.config_media_type
    assert content.platforms == ()


async def test_a_child_that_is_gone(azure: Azure) -> None:
    seen = await azure.see("contoso.azurecr.io/broken:child")
    assert seen[ManifestAnswer].answer.status == 200
    assert {child.present for child in seen[ImageContent].children} == {True, False}


@pytest.mark.parametrize("tag", ["layer", "config"])
async def test_a_blob_that_is_gone(azure: Azure, tag: str) -> None:
    seen = await azure.see(f"contoso.azurecr.io/broken:{tag}")
    assert seen[ManifestAnswer].answer.status == 200
    assert len(seen[ImageContent].missing) == 1


async def test_a_missing_tag_and_its_neighbours(azure: Azure) -> None:
    seen = await azure.see(f"{WEB}:v3")
    answer = seen[ManifestAnswer].answer
    assert (answer.status, answer.code) == (404, "MANIFEST_UNKNOWN")
    assert seen[ManifestState].digest == ""
    assert seen.get(ImageContent) is None
    around = seen[Neighbours]
    assert around.repository_exists
    assert around.tags is not None
    assert set(around.tags[:2]) == {"v1", "v2"}
    assert "hidden" not in around.tags
    assert seen[SoftDeleted] == SoftDeleted(enabled=True, found=False)


async def test_a_missing_repository_and_its_neighbours(azure: Azure) -> None:
    seen = await azure.see("contoso.azurecr.io/wep:v1")
    assert seen[ManifestAnswer].answer.code == "NAME_UNKNOWN"
    around = seen[Neighbours]
    assert around.repository_exists is False
    assert around.tags is None
    assert around.repositories is not None
    assert around.repositories[0] == "web"


async def test_what_soft_delete_still_has(azure: Azure) -> None:
    seen = await azure.see(f"{WEB}:purged")
    assert seen[ManifestAnswer].answer.code == "MANIFEST_UNKNOWN"
    assert seen[SoftDeleted].found
    by_digest = await azure.see(f"{WEB}@{seen[SoftDeleted].digest}")
    assert by_digest[SoftDeleted] == seen[SoftDeleted]


async def test_no_soft_delete(azure: Azure) -> None:
    seen = await azure.see("tailwind.azurecr.io/api:gone")
    assert seen[SoftDeleted] == SoftDeleted(enabled=False)


async def test_where_the_catalog_may_not_be_read(azure: Azure) -> None:
    seen = await azure.see("tailwind.azurecr.io/apy:v1")
    assert seen[Neighbours].repository_exists is False
    assert seen[Neighbours].repositories is None


async def test_quarantine_looks_like_a_missing_tag_but_is_told(azure: Azure) -> None:
    seen = await azure.see(f"{WEB}:detained")
    assert seen[ManifestAnswer].answer.status == 404
    assert seen[ManifestState].quarantined


async def test_a_tag_locked_against_reading_is_refused(azure: Azure) -> None:
    seen = await azure.see(f"{WEB}:unreadable")
    assert seen[ManifestAnswer].answer.status == 405
    assert "405" in seen.gaps["ImageContent"]


@pytest.mark.parametrize("tag", ["hidden", "unlisted"])
async def test_what_no_listing_shows_is_there_all_the_same(azure: Azure, tag: str) -> None:
    pulls = dict.fromkeys(map(azure.pull, (f"{WEB}:{tag}", f"{WEB}:v1", f"{WEB}:v2")))
    seen = azure.evidence(await azure.end.observe(pulls))
    answer = seen[f"{WEB}:{tag}"][ManifestAnswer]
    assert answer.answer.status == 200
    assert not answer.listed
    assert seen[f"{WEB}:v1"][ManifestAnswer].listed


async def test_several_images_see_what_one_sees(azure: Azure) -> None:
    tags = ("v1", "v2", "built", "purged", "hidden", "unreadable", "unlisted", "detained", "no")
    images = [f"{WEB}:{tag}" for tag in tags]
    together = azure.evidence(await azure.end.observe({azure.pull(one): None for one in images}))
    for image in images:
        alone = await azure.see(image)
        first, second = together[image][ManifestAnswer], alone[ManifestAnswer]
        assert (first.answer.status, first.digest) == (second.answer.status, second.digest), image
        assert together[image].get(ManifestState) == alone.get(ManifestState), image
        assert _content(together[image].get(ImageContent)) == _content(alone.get(ImageContent))
        assert together[image].gaps.keys() == alone.gaps.keys(), image


async def test_a_broken_index_is_seen_in_a_listing_too(azure: Azure) -> None:
    images = ["contoso.azurecr.io/broken:child", "contoso.azurecr.io/broken:layer"]
    seen = azure.evidence(await azure.end.observe({azure.pull(one): None for one in images}))
    assert seen[images[0]][ManifestAnswer].listed
    assert {one.present for one in seen[images[0]][ImageContent].children} == {True, False}


async def test_what_was_just_deleted_is_seen_to_be_gone(azure: Azure) -> None:
    images = [f"{WEB}:v1", f"{WEB}:v2"]
    pulls = {azure.pull(one): None for one in images}
    before = azure.evidence(await azure.end.observe(pulls))
    assert before[images[0]][ManifestAnswer].answer.status == 200
    actions.untag(azure.world, "contoso/web:v1")
    after = azure.evidence(await azure.end.observe(pulls))
    assert after[images[0]][ManifestAnswer].answer.code == "MANIFEST_UNKNOWN"
    assert after[images[1]][ManifestAnswer].answer.status == 200


async def test_an_untagged_image_that_runs_is_seen_to_be_there_still(azure: Azure) -> None:
    digest = (await azure.see(f"{WEB}:v2"))[ManifestAnswer].digest
    actions.untag(azure.world, "contoso/web:v2")
    pull = replace(azure.pull(f"{WEB}:v2"), running=digest)
    seen = azure.evidence(await azure.end.observe({pull: None}))[f"{WEB}:v2"]
    assert seen[ManifestAnswer].answer.code == "MANIFEST_UNKNOWN"
    assert seen[ManifestState].digest == digest
    actions.delete_manifest(azure.world, f"contoso/web@{digest}")
    seen = azure.evidence(await azure.end.observe({pull: None}))[f"{WEB}:v2"]
    assert seen[ManifestState].digest == ""


@pytest.mark.parametrize("name", ["../x", "web?x=1", "Web", "a b", "web/../../oauth2"])
async def test_what_is_no_name_is_not_asked_for(azure: Azure, name: str) -> None:
    pull = azure.pull(f"{WEB}:v1")
    bad = azure.renamed(pull, name)
    seen = azure.evidence(await azure.end.observe({bad: None}))[str(bad.image)]
    assert "no image's name" in seen.gaps["ManifestAnswer"]
    assert azure.asked("contoso.azurecr.io", lambda route: "/v2/{" in route) == 0


def _content(found: ImageContent | None) -> object:
    if found is None:
        return None
    children: list[Child] = sorted(found.children, key=lambda child: child.digest)
    return found.digest, found.media_type, found.config_media_type, found.platforms, children
