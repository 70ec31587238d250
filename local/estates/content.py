"""Real bytes for described images: layers, configs, manifests and indexes with true digests.

Formats: OCI image specification 1.1 and Docker image manifest version 2, schema 2.
"""

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from local.estates.registry import Artifact, Image, Repository

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"

type Json = dict[str, Any]


@dataclass(frozen=True)
class MediaTypes:
    """The media types of one flavour of image."""

    manifest: str
    index: str
    config: str
    layer: str


FLAVOURS = {
    "docker": MediaTypes(
        DOCKER_MANIFEST,
        DOCKER_LIST,
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ),
    "oci": MediaTypes(
        OCI_MANIFEST,
        OCI_INDEX,
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ),
}

ARTIFACTS: dict[Artifact, tuple[str, str]] = {
    "helmChart": (
        "application/vnd.cncf.helm.config.v1+json",
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    ),
    "signature": ("application/vnd.cncf.notary.signature", "application/jose+json"),
    "sbom": ("application/spdx+json", "text/spdx+json"),
}
"""Type of the artifact (a chart's config, else artifactType) and of its only layer."""


@dataclass(frozen=True)
class Manifest:
    """A manifest or index as it is stored and hashed."""

    digest: str
    media_type: str
    body: bytes


@dataclass
class Content:
    """What one image consists of. The root is the manifest or index that tags point at."""

    root: Manifest
    manifests: dict[str, Manifest] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """The digest of bytes: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def content_of(repository: Repository) -> Iterator[tuple[Image, Content]]:
    """The content of every image of a repository; subjects come before what refers to them."""
    made: dict[str, Content] = {}
    for image in sorted(repository.images, key=lambda each: bool(each.subject)):
        made[image.name] = make(repository.name, image, made.get(image.subject))
        yield image, made[image.name]


def make(repository: str, image: Image, subject: Content | None = None) -> Content:
    """The content of one image, whole or corrupt as described."""
    maker = Maker(repository, image)
    root = maker.root(subject)
    content = Content(root, maker.manifests, maker.blobs)
    for lost in maker.losses():
        content.manifests.pop(lost, None)
        content.blobs.pop(lost, None)
    return content


class Maker:
    """Collects manifests and blobs while it builds the root of one image."""

    def __init__(self, repository: str, image: Image) -> None:
        self.seed = f"{repository}:{image.name}"
        self.image = image
        self.types = FLAVOURS.get(image.media, FLAVOURS["docker"])
        self.manifests: dict[str, Manifest] = {}
        self.blobs: dict[str, bytes] = {}

    def root(self, subject: Content | None) -> Manifest:
        """Build everything; the answer is what a tag points at."""
        if self.image.artifact != "image":
            return self.artifact(subject)
        if self.image.media == "schema1":
            return self.oldest()
        children = [(name, self.platform(name)) for name in self.image.platforms]
        if len(children) == 1 and not self.image.index and not self.image.attested:
            return children[0][1]
        return self.index(children)

    def oldest(self) -> Manifest:
        """A manifest of schema 1: it lists the digests of layers and holds the config as text."""
        _, packed = layer(self.seed, self.image.layer_bytes)
        blob = self.blob(self.types.layer, packed)
        history = encode({"id": blob["digest"][7:], "os": "linux", "architecture": "amd64"})
        body = {
            "schemaVersion": 1,
            "name": self.seed,
            "architecture": "amd64",
            "fsLayers": [{"blobSum": blob["digest"]}],
            "history": [{"v1Compatibility": history.decode()}],
        }
        return self.store(SCHEMA_1, body)

    def platform(self, name: str) -> Manifest:
        """The manifest of an image for one platform."""
        names = [f"base/{name}", *(f"{self.seed}/{name}/{n}" for n in range(1, self.image.layers))]
        tars = [layer(each, self.image.layer_bytes) for each in names]
        config = encode(self.config(name, [diff for diff, _ in tars]))
        return self.manifest(
            config=self.blob(self.types.config, config),
            layers=[self.blob(self.types.layer, packed) for _, packed in tars],
        )

    def config(self, platform: str, diffs: list[str]) -> Json:
        """The image's configuration; its diff ids are the digests of the unpacked layers."""
        return {
            **self.fields(platform),
            "created": "2026-01-01T00:00:00Z",
            "config": {"Cmd": ["/app"], "Labels": {"title": self.seed, **self.image.labels}},
            "rootfs": {"type": "layers", "diff_ids": diffs},
            "history": [
                {"created": "2026-01-01T00:00:00Z", "created_by": f"COPY layer {n}"}
                for n, _ in enumerate(diffs)
            ],
        }

    def index(self, children: list[tuple[str, Manifest]]) -> Manifest:
        """An index of platforms, with an attestation for each if so described."""
        entries = [{**descriptor(child), "platform": self.fields(name)} for name, child in children]
        if self.image.attested:
            entries += [self.attestation(child) for _, child in children]
        return self.store(
            self.types.index,
            {"schemaVersion": 2, "mediaType": self.types.index, "manifests": entries},
        )

    def attestation(self, child: Manifest) -> Json:
        """An entry as buildx adds it to an index for the provenance of a child."""
        statement = encode({"_type": "https://in-toto.io/Statement/v0.1", "subject": child.digest})
        made = self.manifest(
            config=self.blob(self.types.config, encode({"architecture": "unknown"})),
            layers=[self.blob("application/vnd.in-toto+json", statement)],
        )
        return {
            **descriptor(made),
            "platform": {"architecture": "unknown", "os": "unknown"},
            "annotations": {
                "vnd.docker.reference.digest": child.digest,
                "vnd.docker.reference.type": "attestation-manifest",
            },
        }

    def artifact(self, subject: Content | None) -> Manifest:
        """A chart, signature or SBOM: one OCI manifest, perhaps about a subject."""
        kind, layer_type = ARTIFACTS[self.image.artifact]
        self.types = FLAVOURS["oci"]
        is_chart = self.image.artifact == "helmChart"
        config = encode({"name": self.seed, "version": self.image.name}) if is_chart else b"{}"
        extra: Json = {} if is_chart else {"artifactType": kind}
        if subject:
            extra["subject"] = descriptor(subject.root)
        _, packed = layer(self.seed, self.image.layer_bytes)
        return self.manifest(
            config=self.blob(kind if is_chart else EMPTY, config),
            layers=[self.blob(layer_type, packed)],
            extra=extra,
        )

    def manifest(self, *, config: Json, layers: list[Json], extra: Json | None = None) -> Manifest:
        """Store a manifest of a config and layers."""
        kind = self.types.manifest
        body = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers}
        return self.store(kind, body | (extra or {}))

    def store(self, media_type: str, body: Json) -> Manifest:
        """Keep a manifest under its digest."""
        data = encode(body)
        made = Manifest(digest(data), media_type, data)
        self.manifests[made.digest] = made
        return made

    def blob(self, media_type: str, data: bytes) -> Json:
        """Keep a blob; the answer is its descriptor."""
        self.blobs[digest(data)] = data
        return {"mediaType": media_type, "size": len(data), "digest": digest(data)}

    def fields(self, platform: str) -> Json:
        """A platform as the image has it."""
        found = platform_fields(platform)
        if self.image.os_version and "os.version" in found:
            found["os.version"] = self.image.os_version
        return found

    def losses(self) -> Iterator[str]:
        """Digests that a corrupt image lacks: of its first platform."""
        first = json.loads(next(iter(self.manifests.values())).body)
        if self.image.corrupt == "missingManifest":
            yield next(reversed(self.manifests))
        elif self.image.corrupt == "missingChild":
            yield next(iter(self.manifests))
        elif self.image.corrupt == "missingLayer":
            yield first["layers"][-1]["digest"]
        elif self.image.corrupt == "missingConfig":
            yield first["config"]["digest"]


def platform_fields(name: str) -> Json:
    """`linux/arm/v7` as the fields of an OCI platform."""
    system, arch, *variant = name.split("/")
    fields = {"architecture": arch, "os": system}
    if system == "windows":
        fields["os.version"] = "10.0.20348.2700"
    return fields | ({"variant": variant[0]} if variant else {})


def descriptor(manifest: Manifest) -> Json:
    """How another manifest points at this one."""
    return {
        "mediaType": manifest.media_type,
        "size": len(manifest.body),
        "digest": manifest.digest,
    }


def encode(body: Json) -> bytes:
    """JSON bytes, always the same for the same body."""
    return json.dumps(body, separators=(",", ":")).encode()


@lru_cache(maxsize=4096)
def layer(seed: str, size: int) -> tuple[str, bytes]:
    """A layer with one file of random bytes: the digest of the tar, and the tar in gzip."""
    data = random.Random(seed).randbytes(size)  # noqa: S311 (content, not a secret)
    unpacked = io.BytesIO()
    with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo(f"app/{hashlib.sha256(seed.encode()).hexdigest()[:12]}")
        entry.size = size
        tar.addfile(entry, io.BytesIO(data))
    return digest(unpacked.getvalue()), gzip.compress(unpacked.getvalue(), mtime=0)
