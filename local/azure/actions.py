"""Verbs on a running registry: what a person or a pipeline does to it.

References are `registry/repository:tag`, `@sha256:...` instead of the tag, or with the login server
in front. `by` is the name of an identity of the estate. Refusals raise RegistryError, an unknown
registry KeyError. Verbs of clean-up are in `local.azure.cleaning`.
"""

import uuid
from dataclasses import replace
from typing import Final

from local.azure.contents import changes
from local.azure.contents.model import Manifest
from local.azure.operations import Requester
from local.azure.targets import Target, record, requester, target
from local.azure.world import World
from local.estates.content import make
from local.estates.registry import Image, Locks

CLI: Final = "AZURECLI/2.91.0"
DOCKER: Final = "docker/28.4.0"


def push(world: World, text: str, image: Image | None = None, *, by: str = "") -> Manifest:
    """Push an image under a tag; without a description, a new one for linux/amd64."""
    at = target(world, text)
    described = image or Image(tags=[at.reference], name=f"{at.reference}-{uuid.uuid4().hex}")
    content = make(at.repository, described)
    now = world.now()
    for data in content.blobs.values():
        changes.keep_blob(at.contents, at.repository, data, now)
    children = [each for each in content.manifests.values() if each is not content.root]
    made = None
    for each in (*children, content.root):
        to = at if each is content.root else replace(at, reference=each.digest)
        order = changes.Push(at.repository, to.reference, each.media_type, each.body)
        made = changes.store(at.registry, at.contents, order, now)
        record(world, to, "push", manifest=made, who=requester(world, by, "PUT", DOCKER))
    assert made  # noqa: S101 (the root is always pushed)
    return made


def delete_manifest(world: World, text: str, *, by: str = "") -> Manifest:
    """Delete a manifest with every tag on it, as `az acr repository delete --image` does."""
    at = target(world, text)
    _, manifest = changes.find_manifest(at.contents, at.repository, at.reference)
    remove(world, replace(at, reference=manifest.digest), requester(world, by, "DELETE", CLI))
    return manifest


def remove(world: World, at: Target, who: Requester) -> None:
    """Delete the manifest whose digest the target names."""
    gone = changes.delete_manifest(
        at.registry, at.contents, at.repository, at.reference, world.now()
    )
    record(world, at, "delete", manifest=gone, who=who)


def delete_repository(world: World, text: str, *, by: str = "") -> list[Manifest]:
    """Delete a repository with everything in it."""
    at = target(world, text)
    manifests, _ = changes.delete_repository(at.registry, at.contents, at.repository, world.now())
    who = requester(world, by, "DELETE", CLI)
    for each in manifests:
        record(world, replace(at, reference=each.digest), "delete", manifest=each, who=who)
    return manifests


def untag(world: World, text: str, *, by: str = "") -> None:
    """Remove a tag; the manifest stays and no event tells of it."""
    at = target(world, text)
    untag_as(world, at, requester(world, by, "DELETE", CLI))


def untag_as(world: World, at: Target, who: Requester) -> None:
    """Remove the tag that the target names on behalf of someone."""
    gone = changes.untag(at.contents, at.repository, at.reference, world.now())
    manifest = at.contents.repositories[at.repository].manifests.get(gone.digest)
    record(world, at, "untag", manifest=manifest, who=who)


def restore(world: World, text: str, digest: str, *, by: str = "") -> Manifest:
    """Bring a soft-deleted manifest back under the tag of the reference."""
    at = target(world, text)
    now = world.now()
    manifest = changes.restore(at.contents, at.repository, digest, at.reference, now)
    who = requester(world, by, "POST", CLI)
    record(world, at, "restore", manifest=manifest, who=who)
    return manifest


def import_image(world: World, text: str, source: str, *, by: str = "") -> Manifest:
    """Copy a manifest with all it needs from a registry, as `az acr import` does; digests stay."""
    to, start = target(world, text), target(world, source)
    _, wanted = changes.find_manifest(start.contents, start.repository, start.reference)
    made = _copied(world, start, to, wanted)
    record(world, to, "import", manifest=made, who=requester(world, by, "POST", CLI))
    return made


def _copied(world: World, start: Target, to: Target, wanted: Manifest) -> Manifest:
    now = world.now()
    for child in wanted.parsed.children:
        _, part = changes.find_manifest(start.contents, start.repository, child)
        _copied(world, start, replace(to, reference=child), part)
    for blob in wanted.parsed.blobs:
        changes.keep_blob(to.contents, to.repository, start.contents.blobs[blob], now)
    reference = to.reference or wanted.digest
    order = changes.Push(to.repository, reference, wanted.media_type, wanted.body)
    return changes.store(to.registry, to.contents, order, now)


def lock(world: World, text: str, **wanted: bool) -> Locks:
    """Set locks (`delete_enabled=False`) of a repository, a tag or a manifest."""
    at = target(world, text)
    locks = locks_of(at)
    for name, value in wanted.items():
        if name not in Locks.__struct_fields__:
            raise KeyError(name)
        setattr(locks, name, value)
    return locks


def locks_of(at: Target) -> Locks:
    """The locks of what a reference names."""
    if not at.reference:
        return changes.find_repository(at.contents, at.repository).locks
    repository, manifest = changes.find_manifest(at.contents, at.repository, at.reference)
    tag = repository.tags.get(at.reference)
    return tag.locks if tag else manifest.locks


def quarantine(world: World, text: str, *, on: bool = True, by: str = "") -> Manifest:
    """Quarantine a manifest, or release it, which tells the world of the push."""
    at = target(world, text)
    _, manifest = changes.find_manifest(at.contents, at.repository, at.reference)
    released = manifest.quarantined and not on
    manifest.quarantined = on
    if released:
        who = requester(world, by, "PATCH", CLI)
        record(world, at, "release", manifest=manifest, who=who)
    return manifest


def corrupt(world: World, text: str, digest: str) -> None:
    """Lose a child or blob of a manifest, as old purges and faulty copies do."""
    at = target(world, text)
    repository = changes.find_repository(at.contents, at.repository)
    repository.manifests.pop(digest, None)
    repository.blobs.discard(digest)


def parts(world: World, text: str) -> list[str]:
    """Digests of the children, or of config and layers, that a manifest needs."""
    at = target(world, text)
    _, manifest = changes.find_manifest(at.contents, at.repository, at.reference)
    return [*(each.digest for each in manifest.parsed.entries), *manifest.parsed.blobs]
