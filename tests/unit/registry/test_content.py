"""What a manifest consists of, and which names are alike."""

import hashlib
import json
from typing import Any

import msgspec

from shared.domain.images import Platform
from shared.registry import content
from shared.registry.neighbours import MOST_NAMES, closest
from shared.registry.repository import Repository
from shared.registry.wire import Entry, Manifest, Reference
from tests.support.wire import World, says
from tests.unit.registry.conftest import DATA, HOST

IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
ARM_V7 = {"os": "linux", "architecture": "arm", "variant": "v7"}
SERVER_2022 = {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.1"}


def manifest(**parts: Any) -> Manifest:
    return msgspec.convert(parts, Manifest)


def config_of(body: dict[str, str]) -> tuple[str, bytes]:
    raw = json.dumps(body).encode()
    return "sha256:" + hashlib.sha256(raw).hexdigest(), raw


def test_an_index_serves_the_platforms_that_something_runs_on() -> None:
    found = content.of_manifest(
        "d",
        INDEX,
        manifest(
            manifests=[
                {"digest": "a", "platform": SERVER_2022},
                {
                    "digest": "b",
                    "platform": {"os": "linux", "architecture": "arm", "variant": "v7"},
                },
                {"digest": "c", "platform": {"os": "unknown", "architecture": "unknown"}},
                {"digest": "e"},
            ]
        ),
    )
    assert found.platforms == (
        Platform("windows", "amd64", os_version="10.0.20348.1"),
        Platform("linux", "arm", "v7"),
    )
    assert [child.digest for child in found.children] == ["a", "b", "c", "e"]
    assert found.children[3].platform is None


def test_a_listing_that_does_not_name_an_indexs_children_does_not_tell_enough() -> None:
    assert content.of_entry(Entry(digest="d", media_type=INDEX)) is None
    told = Entry(digest="d", media_type=INDEX, references=(Reference("a", "linux", "amd64"),))
    found = content.of_entry(told)
    assert found is not None
    assert found.platforms == (Platform("linux", "amd64"),)


def test_how_much_a_pull_fetches() -> None:
    layers = [{"digest": "a", "size": 10}, {"digest": "b", "size": 5}]
    assert content.pulled_bytes(manifest(layers=layers, config={"digest": "c", "size": 1})) == 16
    assert content.pulled_bytes(manifest(manifests=[{"digest": "a", "size": 9}])) == 0


async def test_windows_images_tell_their_build_in_the_config(
    registry: World, repository: Repository
) -> None:
    digest, raw = config_of(SERVER_2022)
    registry.routes[f"GET {HOST}/v2/app/blobs/{digest}"] = says(307, Location=f"https://{DATA}/x")
    registry.routes[f"GET {DATA}/x"] = says(200, raw)
    image = manifest(config={"digest": digest, "mediaType": CONFIG})
    entry = Entry(digest="d", os="windows", architecture="amd64")
    plain = content.of_manifest("d", IMAGE, image)
    found, read = await content.with_platform(plain, image, entry, repository)
    assert read == {digest}
    assert found.platforms == (Platform("windows", "amd64", os_version="10.0.20348.1"),)


async def test_a_config_of_another_digest_is_not_believed(
    registry: World, repository: Repository
) -> None:
    digest, _ = config_of(SERVER_2022)
    registry.routes[f"GET {HOST}/v2/app/blobs/{digest}"] = {"os": "linux", "architecture": "x"}
    image = manifest(config={"digest": digest, "mediaType": CONFIG})
    plain = content.of_manifest("d", IMAGE, image)
    found, read = await content.with_platform(plain, image, None, repository)
    assert (found.platforms, read) == ((), frozenset())


async def test_layers_kept_elsewhere_are_not_missing(
    registry: World, repository: Repository
) -> None:
    registry.routes[f"HEAD {HOST}/v2/app/blobs/here"] = says(200)
    image = manifest(layers=[{"digest": "far", "urls": ["https://mcr/x"]}, {"digest": "here"}])
    plain = content.of_manifest("d", IMAGE, image)
    found = await content.with_blobs(plain, image, repository)
    assert (found.missing, found.blobs_asked) == ((), True)
    assert registry.count("HEAD") == 1


async def test_a_blob_that_could_not_be_asked_for_is_not_missing(
    registry: World, repository: Repository
) -> None:
    image = manifest(layers=[{"digest": "unsure"}, {"digest": "gone"}])
    unknown = {"errors": [{"code": "BLOB_UNKNOWN"}]}
    registry.routes[f"HEAD {HOST}/v2/app/blobs/gone"] = says(404)
    registry.routes[f"GET {HOST}/v2/app/blobs/gone"] = says(404, unknown)
    registry.routes[f"HEAD {HOST}/v2/app/blobs/unsure"] = says(403)
    registry.routes[f"GET {HOST}/v2/app/blobs/unsure"] = says(403)
    plain = content.of_manifest("d", IMAGE, image)
    found = await content.with_blobs(plain, image, repository)
    assert (found.missing, found.blobs_asked) == (("gone",), False)


def test_the_most_similar_names_come_first_and_are_few() -> None:
    names = [f"release-{number}" for number in range(5000)] + ["v1.2.4"]
    found = closest("v1.2.3", names)
    assert found[0] == "v1.2.4"
    assert len(found) == MOST_NAMES
