"""How contents change: push, untag, delete, restore, lock, with the rules of locks and policies.

Rules: MicrosoftDocs azure-management-docs container-registry-delete.md, -image-lock.md,
-soft-delete-policy.md; Azure/acr docs/preview/quarantine. All raise RegistryError.
"""

from dataclasses import dataclass
from datetime import datetime

from local.azure.contents import errors
from local.azure.contents.manifest import ManifestInvalidError, parse, platform
from local.azure.contents.model import Contents, Deleted, Manifest, Repository, Tag
from local.estates.content import digest as digest_of
from local.estates.registry import Locks, Registry


@dataclass(frozen=True)
class Push:
    """A manifest to be stored; the reference is a tag or its own digest."""

    repository: str
    reference: str
    media_type: str
    body: bytes


def find_repository(contents: Contents, name: str) -> Repository:
    """A repository that is there."""
    found = contents.repositories.get(name)
    if found is None:
        raise errors.repository_not_found(name)
    return found


def find_manifest(contents: Contents, name: str, reference: str) -> tuple[Repository, Manifest]:
    """A manifest that is there, by tag or digest."""
    repository = find_repository(contents, name)
    found = repository.resolve(reference)
    if found is None:
        raise errors.not_found(name, reference)
    return repository, found


def store(registry: Registry, contents: Contents, push: Push, now: datetime) -> Manifest:
    """Store a manifest, and let the tag point at it. What the tag pointed at may lose its last."""
    digest = digest_of(push.body)
    by_tag = ":" not in push.reference
    if not by_tag and push.reference != digest:
        raise errors.digest_invalid()
    repository = contents.repositories.get(push.repository) or Repository(push.repository, now, now)
    check_writable(repository, push.reference, digest)
    manifest = repository.manifests.get(digest) or new_manifest(contents, repository, push, now)
    if digest not in repository.manifests:
        manifest.quarantined = registry.policies.quarantine == "Enabled"
    contents.repositories[push.repository] = repository
    repository.manifests[digest] = manifest
    repository.updated = manifest.updated = now
    if by_tag:
        point(repository, push.reference, manifest, now)
    return manifest


def check_writable(repository: Repository, reference: str, digest: str) -> None:
    """Whether locks and soft delete let a manifest be pushed."""
    tag = repository.tags.get(reference)
    locked = not repository.locks.write_enabled or (tag and not tag.locks.write_enabled)
    if locked or digest in repository.deleted:
        raise errors.disallowed()


def new_manifest(contents: Contents, repository: Repository, push: Push, now: datetime) -> Manifest:
    """A manifest whose parts are all there."""
    try:
        parsed = parse(push.media_type, push.body)
    except ManifestInvalidError as error:
        raise errors.manifest_invalid(str(error)) from error
    for blob in parsed.blobs:
        if blob not in repository.blobs or blob not in contents.blobs:
            raise errors.manifest_blob_unknown(blob)
    for child in parsed.children:
        if child not in repository.manifests:
            raise errors.manifest_blob_unknown(child)
    architecture, system = platform(contents.blobs.get(parsed.config, b""))
    return Manifest(
        digest=digest_of(push.body),
        media_type=push.media_type,
        body=push.body,
        parsed=parsed,
        created=now,
        updated=now,
        untagged=now,
        architecture=architecture,
        os=system,
    )


def keep_blob(contents: Contents, name: str, data: bytes, now: datetime) -> str:
    """Keep a blob in a repository; the answer is its digest."""
    digest = digest_of(data)
    contents.blobs[digest] = data
    contents.repository(name, now).blobs.add(digest)
    return digest


def point(repository: Repository, name: str, manifest: Manifest, now: datetime) -> None:
    """Let a tag point at a manifest."""
    tag = repository.tags.get(name)
    previous = tag.digest if tag else ""
    if tag is None:
        repository.tags[name] = Tag(name, manifest.digest, now, now)
    else:
        tag.digest, tag.updated = manifest.digest, now
    manifest.untagged = None
    if previous and previous != manifest.digest:
        note_untagged(repository, previous, now)


def note_untagged(repository: Repository, digest: str, now: datetime) -> None:
    """Remember since when a manifest has no tag."""
    manifest = repository.manifests.get(digest)
    if manifest and not repository.tags_of(digest):
        manifest.untagged = now


def untag(contents: Contents, name: str, tag_name: str, now: datetime) -> Tag:
    """Remove a tag; the manifest stays."""
    repository = find_repository(contents, name)
    tag = repository.tags.get(tag_name)
    if tag is None:
        raise errors.tag_unknown(tag_name)
    check_deletable(repository.locks, tag.locks)
    del repository.tags[tag_name]
    repository.updated = now
    note_untagged(repository, tag.digest, now)
    return tag


def delete_manifest(
    registry: Registry, contents: Contents, name: str, digest: str, now: datetime
) -> Manifest:
    """Delete a manifest and every tag on it. Children of an index stay."""
    repository, manifest = find_manifest(contents, name, digest)
    tags = repository.tags_of(digest)
    check_deletable(repository.locks, manifest.locks, *(tag.locks for tag in tags))
    for tag in tags:
        del repository.tags[tag.name]
    del repository.manifests[digest]
    repository.updated = now
    if registry.policies.soft_delete.status == "Enabled":
        repository.deleted[digest] = Deleted(manifest, tags, now)
    return manifest


def delete_repository(
    registry: Registry, contents: Contents, name: str, now: datetime
) -> tuple[list[Manifest], list[Tag]]:
    """Delete a repository with all it holds; nothing when anything in it is locked."""
    repository = find_repository(contents, name)
    manifests, tags = list(repository.manifests.values()), list(repository.tags.values())
    check_deletable(repository.locks, *(m.locks for m in manifests), *(t.locks for t in tags))
    for manifest in manifests:
        delete_manifest(registry, contents, name, manifest.digest, now)
    if not repository.deleted:
        del contents.repositories[name]
    return manifests, tags


def check_deletable(*locks: Locks) -> None:
    """Deletion needs both deleteEnabled and writeEnabled, on everything concerned."""
    if not all(each.delete_enabled and each.write_enabled for each in locks):
        raise errors.disallowed()


def check_readable(repository: Repository, manifest: Manifest, reference: str) -> None:
    """Whether locks and quarantine let a manifest be pulled."""
    tag = repository.tags.get(reference)
    locks = [repository.locks, manifest.locks, *([tag.locks] if tag else [])]
    if not all(each.read_enabled for each in locks):
        raise errors.disallowed()
    if manifest.quarantined:
        raise errors.quarantined() if ":" in reference else errors.tag_not_found(reference)


def restore(
    contents: Contents, name: str, digest: str, tag_name: str, now: datetime, *, force: bool = False
) -> Manifest:
    """Bring a soft-deleted manifest back under a tag. Children of an index are not restored."""
    repository = find_repository(contents, name)
    deleted = repository.deleted.get(digest)
    if deleted is None:
        raise errors.manifest_not_found(name, digest)
    if tag_name in repository.tags and not force:
        raise errors.disallowed()
    del repository.deleted[digest]
    repository.manifests[digest] = deleted.manifest
    deleted.manifest.untagged = now
    repository.updated = now
    if tag_name:
        point(repository, tag_name, deleted.manifest, now)
    return deleted.manifest
