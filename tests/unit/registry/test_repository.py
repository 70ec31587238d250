"""Questions to one repository, with answers that the real thing gives seldom or never."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import Reach
from shared.registry import listing
from shared.registry import tokens as tokens_module
from shared.registry.listing import Listing
from shared.registry.repository import Repository
from shared.registry.wire import Entry, Locks, TagEntry
from tests.support.wire import World, says
from tests.unit.registry.conftest import HOST, TOKEN

MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "x"}).encode()
DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
OTHER = "sha256:" + "0" * 64
LATEST = f"GET {HOST}/v2/app/manifests/latest"
MANIFESTS = f"GET {HOST}/acr/v1/app/_manifests"
UNKNOWN = {"errors": [{"code": "MANIFEST_UNKNOWN"}]}


async def test_a_manifest_of_another_digest_is_garbled(
    registry: World, repository: Repository
) -> None:
    registry.routes[LATEST] = says(200, MANIFEST, Docker_Content_Digest=OTHER)
    assert (await repository.manifest("latest")).answer.reach is Reach.GARBLED
    registry.routes[f"GET {HOST}/v2/app/manifests/{OTHER}"] = says(200, MANIFEST)
    assert (await repository.manifest(OTHER)).answer.reach is Reach.GARBLED
    registry.routes[LATEST] = says(200, MANIFEST, Docker_Content_Digest=DIGEST)
    assert (await repository.manifest("latest")).answer.ok


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"', b'{"layers": 1}'])
async def test_what_is_no_manifest_is_garbled(
    registry: World, repository: Repository, body: bytes
) -> None:
    registry.routes[LATEST] = says(200, body)
    assert (await repository.manifest("latest")).answer.reach is Reach.GARBLED


async def test_an_old_token_that_is_refused_is_renewed_once(
    registry: World, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "_FRESH", 0)
    registry.routes[LATEST] = [says(401), says(200, MANIFEST)]
    assert (await repository.manifest("latest")).answer.ok
    assert registry.count(TOKEN) == 2


async def test_a_new_token_that_is_refused_is_an_answer(
    registry: World, repository: Repository
) -> None:
    registry.routes[LATEST] = says(401, {"errors": [{"code": "UNAUTHORIZED"}]})
    assert (await repository.manifest("latest")).answer.code == "UNAUTHORIZED"
    assert registry.count(TOKEN) == 1


async def test_a_head_that_finds_nothing_proves_nothing(
    registry: World, repository: Repository
) -> None:
    registry.routes[f"HEAD {HOST}/v2/app/manifests/{DIGEST}"] = says(404)
    with pytest.raises(CouldNotLookError):
        await repository.has_manifest(DIGEST)
    registry.routes[f"GET {HOST}/v2/app/manifests/{DIGEST}"] = says(404, UNKNOWN)
    assert not await repository.has_manifest(DIGEST)


async def test_a_blob_that_is_redirected_is_there(registry: World, repository: Repository) -> None:
    registry.routes[f"HEAD {HOST}/v2/app/blobs/{DIGEST}"] = says(307, Location="https://x/")
    assert await repository.has_blob(DIGEST)
    assert registry.count("HEAD") == 1


async def test_names_are_quoted(registry: World, repository: Repository) -> None:
    odd = replace(repository, name="a b/../?c#d")
    await odd.manifest("x y/../#")
    assert registry.requests[-1].raw_path == "/v2/a%20b/../%3Fc%23d/manifests/x%20y%2F..%2F%23"


def page(*digests: str, **headers: str) -> Any:
    entries = [{"digest": digest, "tags": [f"t{digest[-1]}"]} for digest in digests]
    return says(200, {"manifests": entries}, **headers)


async def test_every_page_is_followed(registry: World, repository: Repository) -> None:
    link = '</acr/v1/app/_manifests?last=1&n=1000>; rel="next"'
    registry.routes[MANIFESTS] = [page("d1", Link=link), page("d2", "d3")]
    assert (await listing.watch(repository)).tags == {"t1": "d1", "t2": "d2", "t3": "d3"}
    assert registry.requests[-1].query["last"] == "1"


@pytest.mark.parametrize(
    "link",
    [
        '</acr/v1/app/_manifests?last=1>; title="x"; rel="next"',
        "</acr/v1/app/_manifests?last=0>; rel=prev, </acr/v1/app/_manifests?last=1>; rel=next",
    ],
)
async def test_a_link_is_read_however_it_is_written(
    registry: World, repository: Repository, link: str
) -> None:
    registry.routes[MANIFESTS] = [page("d1", Link=link), page("d2")]
    assert (await listing.watch(repository)).tags == {"t1": "d1", "t2": "d2"}
    assert registry.requests[-1].query["last"] == "1"


async def test_a_link_to_another_host_is_not_followed_and_the_listing_is_not_complete(
    registry: World, repository: Repository
) -> None:
    registry.routes[MANIFESTS] = page("d1", Link='<https://evil.example/x>; rel="next"')
    with pytest.raises(CouldNotLookError, match="next page"):
        await listing.watch(repository)
    assert registry.count("GET evil.example") == 0


async def test_a_page_that_fails_concludes_nothing(registry: World, repository: Repository) -> None:
    link = '</acr/v1/app/_manifests?last=1>; rel="next"'
    registry.routes[MANIFESTS] = [page("d1", Link=link), says(500)]
    with pytest.raises(CouldNotLookError, match="500"):
        await listing.watch(repository)


async def test_a_listing_without_end_is_given_up(
    registry: World, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES_TO_WATCH", 3)
    link = '</acr/v1/app/_manifests?last=1>; rel="next"'
    registry.routes[MANIFESTS] = page("d1", Link=link)
    with pytest.raises(CouldNotLookError, match="more than 3 pages"):
        await listing.watch(repository)
    assert registry.count(MANIFESTS) == 3


async def test_what_is_worth_few_pages_gets_few(registry: World, repository: Repository) -> None:
    link = '</acr/v1/app/_manifests?last=1>; rel="next"'
    registry.routes[MANIFESTS] = page("d1", Link=link)
    found = await listing.read(repository, 2, tags=False)
    assert not found.complete
    assert registry.count(MANIFESTS) == 2


ENTRY = Entry(digest=DIGEST, media_type="application/vnd.oci.image.manifest.v1+json")


@pytest.mark.parametrize(
    ("entry", "tag", "stands_in"),
    [
        (ENTRY, TagEntry("v1", DIGEST), True),
        (ENTRY, TagEntry("v1", OTHER), False),
        (ENTRY, TagEntry("v1", DIGEST, None, Locks(read_enabled=False)), False),
        (Entry(digest=DIGEST), TagEntry("v1", DIGEST), False),
        (
            Entry(
                digest=DIGEST,
                media_type="x",
                changeable_attributes=Locks(quarantine_state="Quarantined"),
            ),
            TagEntry("v1", DIGEST),
            False,
        ),
        (
            Entry(digest=DIGEST, media_type="x", changeable_attributes=Locks(read_enabled=False)),
            TagEntry("v1", DIGEST),
            False,
        ),
    ],
)
def test_a_listing_stands_in_only_for_what_is_plainly_pullable(
    entry: Entry, tag: TagEntry, stands_in: bool
) -> None:
    found = Listing({DIGEST: entry}, {"v1": tag})
    assert (found.find("v1") is entry) is stands_in
    assert found.find("v2") is None


def test_a_strange_time_is_no_time() -> None:
    assert Entry(digest=DIGEST, last_update_time="yesterday").state().updated is None
