"""Reads a manifest as a registry does: what it needs to know to store, list and link it."""

import json
from dataclasses import dataclass
from typing import Any

from local.estates.content import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, SCHEMA_1

INDEXES = frozenset({DOCKER_LIST, OCI_INDEX})
ACCEPTED = frozenset({DOCKER_MANIFEST, OCI_MANIFEST, *INDEXES})


class ManifestInvalidError(ValueError):
    """A body that is no manifest of the media type it claims."""


@dataclass(frozen=True)
class Child:
    """An entry of an index."""

    digest: str
    media_type: str
    architecture: str
    os: str


@dataclass(frozen=True)
class Parsed:
    """The parts of a manifest that matter to a registry."""

    config: str = ""
    """Digest of the config blob; empty for an index."""
    config_media_type: str = ""
    layers: tuple[str, ...] = ()
    size: int = 0
    """Bytes of config and layers, or of the manifests that an index lists."""
    entries: tuple[Child, ...] = ()
    subject: str = ""
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def blobs(self) -> tuple[str, ...]:
        """Digests of the blobs that must be there."""
        return (self.config, *self.layers) if self.config else self.layers

    @property
    def children(self) -> frozenset[str]:
        """Digests that an index lists."""
        return frozenset(each.digest for each in self.entries)


def parse(media_type: str, body: bytes) -> Parsed:
    """What a manifest says; raises ManifestInvalidError."""
    if media_type not in ACCEPTED:
        raise ManifestInvalidError(f"media type {media_type!r} is not supported")
    try:
        data = json.loads(body)
        if data["schemaVersion"] != 2:  # noqa: PLR2004 (the number of the format)
            raise ManifestInvalidError("schemaVersion must be 2")
        if data.get("mediaType", media_type) != media_type:
            raise ManifestInvalidError("mediaType differs from the Content-Type")
        return _index(data) if media_type in INDEXES else _image(data)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ManifestInvalidError(str(error)) from error


def parse_kept(media_type: str, body: bytes) -> Parsed:
    """What a manifest says that was taken at some time; raises ManifestInvalidError."""
    if media_type != SCHEMA_1:
        return parse(media_type, body)
    layers = json.loads(body)["fsLayers"]
    return Parsed(layers=tuple(each["blobSum"] for each in layers))


def platform(config: bytes) -> tuple[str, str]:
    """Architecture and operating system of an image's config; empty for any other config."""
    try:
        data = json.loads(config)
        return str(data.get("architecture", "")), str(data.get("os", ""))
    except (ValueError, AttributeError):
        return "", ""


def _index(data: dict[str, Any]) -> Parsed:
    entries = tuple(
        Child(
            digest=each["digest"],
            media_type=each["mediaType"],
            architecture=each.get("platform", {}).get("architecture", ""),
            os=each.get("platform", {}).get("os", ""),
        )
        for each in data["manifests"]
    )
    return Parsed(
        entries=entries,
        size=sum(each["size"] for each in data["manifests"]),
        subject=(data.get("subject") or {}).get("digest", ""),
        artifact_type=data.get("artifactType", ""),
        annotations=tuple((data.get("annotations") or {}).items()),
    )


def _image(data: dict[str, Any]) -> Parsed:
    config, layers = data["config"], data["layers"]
    return Parsed(
        config=config["digest"],
        config_media_type=config["mediaType"],
        layers=tuple(each["digest"] for each in layers),
        size=config["size"] + sum(each["size"] for each in layers),
        subject=(data.get("subject") or {}).get("digest", ""),
        artifact_type=data.get("artifactType") or config["mediaType"],
        annotations=tuple((data.get("annotations") or {}).items()),
    )
