"""Puts the images of an estate into a registry's contents."""

from copy import deepcopy
from datetime import datetime

from local.azure.contents.manifest import parse_kept, platform
from local.azure.contents.model import Contents, Deleted, Manifest, Repository, Tag
from local.estates.content import Content, content_of
from local.estates.registry import Image, Locks, Registry


def fill(registry: Registry, started: datetime) -> Contents:
    """Contents as described, with ages counted back from the start."""
    contents = Contents()
    for described in registry.repositories:
        oldest = max((image.age for image in described.images), default=None)
        repository = contents.repository(described.name, started - oldest if oldest else started)
        repository.locks = deepcopy(described.locks)
        for image, content in content_of(described):
            add(contents, repository, image, content, started)
    return contents


def add(
    contents: Contents, repository: Repository, image: Image, content: Content, started: datetime
) -> None:
    """Add one image: its blobs, manifests, tags and locks."""
    pushed = started - image.age
    contents.blobs |= content.blobs
    repository.blobs |= content.blobs.keys()
    repository.updated = max(repository.updated, pushed)
    for made in content.manifests.values():
        is_root = made.digest == content.root.digest
        parsed = parse_kept(made.media_type, made.body)
        repository.manifests[made.digest] = Manifest(
            digest=made.digest,
            media_type=made.media_type,
            body=made.body,
            parsed=parsed,
            created=pushed,
            updated=pushed,
            architecture=platform(content.blobs.get(parsed.config, b""))[0],
            os=platform(content.blobs.get(parsed.config, b""))[1],
            untagged=None if is_root and image.tags else untagged(image, started),
            locks=deepcopy(image.locks) if is_root else Locks(),
            quarantined=image.quarantined and is_root,
        )
    tags = [tag(image, name, content.root.digest, pushed) for name in image.tags]
    if image.deleted_for is not None:
        root = repository.manifests.pop(content.root.digest)
        repository.deleted[root.digest] = Deleted(root, tags, started - image.deleted_for)
    else:
        repository.tags |= {each.name: each for each in tags}


def untagged(image: Image, started: datetime) -> datetime:
    """When a manifest lost its last tag; as old as itself if it never had one."""
    return started - (image.age if image.untagged_for is None else image.untagged_for)


def tag(image: Image, name: str, digest: str, pushed: datetime) -> Tag:
    """A tag of an image."""
    return Tag(name, digest, pushed, pushed, deepcopy(image.tag_locks.get(name, Locks())))
