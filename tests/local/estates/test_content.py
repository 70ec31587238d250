"""Generated images: true digests, the same on every start."""

import gzip
import hashlib
import json

import pytest

from local.estates.content import DOCKER_LIST, OCI_INDEX, Content, content_of, make
from local.estates.registry import Image, Repository


def image(**fields: object) -> Image:
    return Image(name="v1", tags=["v1"], **fields)  # type: ignore[arg-type]


def test_every_digest_is_that_of_the_bytes() -> None:
    content = make("app", image(platforms=["linux/amd64", "linux/arm64"]))
    for digest, manifest in content.manifests.items():
        assert digest == "sha256:" + hashlib.sha256(manifest.body).hexdigest()
    for digest, data in content.blobs.items():
        assert digest == "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_config_lists_the_unpacked_layers() -> None:
    content = make("app", image(layers=3))
    manifest = json.loads(content.root.body)
    config = json.loads(content.blobs[manifest["config"]["digest"]])
    unpacked = [gzip.decompress(content.blobs[each["digest"]]) for each in manifest["layers"]]
    assert config["rootfs"]["diff_ids"] == [
        "sha256:" + hashlib.sha256(each).hexdigest() for each in unpacked
    ]


def test_the_same_description_makes_the_same_digest() -> None:
    assert make("app", image()).root == make("app", image()).root
    assert make("app", image()).root != make("other", image()).root


@pytest.mark.parametrize(
    ("fields", "media_type"),
    [
        ({"platforms": ["linux/amd64", "linux/arm64"]}, DOCKER_LIST),
        ({"index": True, "media": "oci"}, OCI_INDEX),
        ({"attested": True, "media": "oci"}, OCI_INDEX),
    ],
)
def test_an_index(fields: dict[str, object], media_type: str) -> None:
    assert make("app", image(**fields)).root.media_type == media_type


def test_an_attestation_is_a_child_for_no_platform() -> None:
    content = make("app", image(attested=True, media="oci"))
    platforms = [each["platform"]["os"] for each in json.loads(content.root.body)["manifests"]]
    assert platforms == ["linux", "unknown"]


@pytest.mark.parametrize("corrupt", ["missingChild", "missingLayer", "missingConfig"])
def test_a_corrupt_image_lacks_one_thing(corrupt: str) -> None:
    fields: dict[str, object] = {"platforms": ["linux/amd64", "linux/arm64"]}
    whole, broken = make("app", image(**fields)), make("app", image(corrupt=corrupt, **fields))
    assert whole.root == broken.root
    lost = len(whole.manifests | whole.blobs) - len(broken.manifests | broken.blobs)
    assert lost == 1


def test_a_signature_refers_to_its_subject() -> None:
    signature = Image(name="sig", artifact="signature", subject="v1")
    made: dict[str, Content] = {
        each.name: content
        for each, content in content_of(Repository(name="app", images=[signature, image()]))
    }
    subject = json.loads(made["sig"].root.body)["subject"]
    assert subject["digest"] == made["v1"].root.digest
