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
    architecture: str = ""
    os: str = ""
    """As the config says, if it is an image's."""
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

    def children(self) -> set[str]:
        """Digests that the indexes here list."""
        return {digest for each in self.manifests.values() for digest in each.parsed.children}

    def tag_names(self) -> dict[str, list[str]]:
        """Digest -> names of its tags that may be listed, sorted."""
        found: dict[str, list[str]] = {}
        for name, tag in sorted(self.tags.items()):
            if tag.locks.list_enabled:
                found.setdefault(tag.digest, []).append(name)
        return found


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
    past: dict[str, list[tuple[datetime, Repository | None]]] = field(default_factory=dict)
    """What replicas that lag behind still show: repository -> since when it was how (None: not
    there). Empty while none lags."""

    def repository(self, name: str, now: datetime) -> Repository:
        """A repository, made when it is not there yet."""
        return self.repositories.setdefault(name, Repository(name, now, now))

    def size(self) -> int:
        """Bytes of everything that a manifest needs; what is soft-deleted counts (and costs)."""
        manifests = [m for r in self.repositories.values() for m in r.manifests.values()]
        for repository in self.repositories.values():
            manifests += [each.manifest for each in repository.deleted.values()]
        needed = {digest for each in manifests for digest in each.parsed.blobs}
        blobs = sum(len(self.blobs.get(digest, b"")) for digest in needed)
        return blobs + sum(len(each.body) for each in manifests)
