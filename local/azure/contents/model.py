"""What a registry holds: repositories, tags, manifests and blobs, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from local.azure.contents.manifest import Parsed
from local.estates.registry import Locks


@dataclass
class Tag:
    """A name for a manifest."""

    name: str
    digest: str
    created: datetime
    updated: datetime
    locks: Locks = field(default_factory=Locks)


@dataclass
class Manifest:
    """A manifest or index."""

    digest: str
    media_type: str
    body: bytes
    parsed: Parsed
    created: datetime
    updated: datetime
    untagged: datetime | None
    """Since when no tag points at it."""
    locks: Locks = field(default_factory=Locks)
    quarantined: bool = False


@dataclass
class Deleted:
    """A soft-deleted manifest with the tags it had."""

    manifest: Manifest
    tags: list[Tag]
    time: datetime


@dataclass
class Repository:
    """Manifests under one name."""

    name: str
    created: datetime
    updated: datetime
    tags: dict[str, Tag] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)
    """Digests of the blobs that were pushed here."""
    deleted: dict[str, Deleted] = field(default_factory=dict)
    locks: Locks = field(default_factory=Locks)

    def resolve(self, reference: str) -> Manifest | None:
        """The manifest of a tag or digest."""
        if ":" in reference:
            return self.manifests.get(reference)
        tag = self.tags.get(reference)
        return self.manifests.get(tag.digest) if tag else None

    def tags_of(self, digest: str) -> list[Tag]:
        """Tags that point at a manifest, by name."""
        return sorted(
            (tag for tag in self.tags.values() if tag.digest == digest), key=lambda tag: tag.name
        )

    def referrers(self, digest: str) -> Iterator[Manifest]:
        """Manifests whose subject is this digest."""
        return (each for each in self.manifests.values() if each.parsed.subject == digest)

    def parents(self, digest: str) -> Iterator[Manifest]:
        """Indexes that list this digest."""
        return (each for each in self.manifests.values() if digest in each.parsed.children)


@dataclass
class Upload:
    """A blob on its way in."""

    id: str
    repository: str
    started: datetime
    data: bytearray = field(default_factory=bytearray)


@dataclass
class Contents:
    """Everything in one registry."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    throttled_until: datetime | None = None
    """Until then every request is answered 429."""

    def repository(self, name: str, now: datetime) -> Repository:
        """A repository, made when it is not there yet."""
        return self.repositories.setdefault(name, Repository(name, now, now))

    def size(self) -> int:
        """Bytes of all blobs and manifests."""
        manifests = (m for r in self.repositories.values() for m in r.manifests.values())
        return sum(map(len, self.blobs.values())) + sum(len(each.body) for each in manifests)
