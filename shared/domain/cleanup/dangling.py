"""Which untagged manifests ``--untagged`` and ``--untagged-only`` delete.

Source: acr-cli's own code (cmd/repository/image_functions.go, cmd/acr/purge.go, of March and of
autumn 2026) and issues (pull requests 40, 130, 188, 462, 489, 532); not measured.
Its oddities are kept: from 0.17 on a locked index protects none of its children, and an untagged
index with a subject protects its children but not itself.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from shared.domain.cleanup.model import ManifestEntry, Purge, RefusedError
from shared.domain.cleanup.shelf import Shelf, time_of
from shared.domain.cleanup.versions import Behaviour, behaviour, keeps_short_lists

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
LISTS = frozenset({OCI_INDEX, DOCKER_LIST})
OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"
MAY_REFER = frozenset({OCI_INDEX, OCI_IMAGE, OCI_ARTIFACT})


def dangling(purge: Purge, shelf: Shelf, cutoff: datetime) -> list[ManifestEntry]:
    """The manifests that go, once the tags are gone. Raises RefusedError if not known."""
    knows, counted = behaviour(purge.version), purge.manifest_limits.given
    _refuse_unknown(shelf, knows, purge.version)
    by_age = knows.untagged_honours_ago and not counted
    candidates, spared = [], set[str]()
    for manifest in shelf.manifests.values():
        if not counted and not _is_free(manifest, purge):
            continue
        if shelf.is_tagged(manifest.digest) or (by_age and not _older(manifest, cutoff)):
            if not manifest.media_type or manifest.media_type in LISTS:
                spared.update(_protected(manifest, shelf, knows))
        elif not _is_spared_itself(manifest, shelf, knows, spared):
            candidates.append(manifest)
    going = [manifest for manifest in candidates if manifest.digest not in spared]
    return _counted(purge, going, shelf, cutoff) if counted else _beyond_keep(purge, going, knows)


def subject_of(manifest: ManifestEntry, shelf: Shelf) -> str:
    """What a referrer refers to. Of a manifest that is no index, a reference is its subject."""
    if manifest.media_type not in MAY_REFER:
        return ""
    if manifest.subject or manifest.media_type == OCI_INDEX:
        return manifest.subject
    return next((digest for digest in manifest.references if digest in shelf.manifests), "")


def descendants(digests: Iterable[str], shelf: Shelf) -> Iterator[str]:
    """The digests and, where they are indexes, their children and so on. Each once."""
    waiting, seen = list(digests), set[str]()
    while waiting:
        digest = waiting.pop()
        if digest in seen:
            continue
        seen.add(digest)
        yield digest
        child = shelf.manifests.get(digest)
        if child and child.media_type in LISTS:
            waiting.extend(child.references)


def _older(manifest: ManifestEntry, cutoff: datetime) -> bool:
    return manifest.last_update_time is not None and manifest.last_update_time < cutoff


def _protected(manifest: ManifestEntry, shelf: Shelf, knows: Behaviour) -> Iterable[str]:
    """Whom an index that stays keeps alive."""
    if manifest.media_type == OCI_INDEX and not knows.spares_index_children:
        return ()
    return descendants(manifest.references, shelf)


def _is_spared_itself(
    manifest: ManifestEntry, shelf: Shelf, knows: Behaviour, spared: set[str]
) -> bool:
    """Whether an untagged manifest stays for its own sake. May add its children to ``spared``."""
    if not manifest.media_type:
        return True
    if not knows.spares_referrers or not subject_of(manifest, shelf):
        return False
    if manifest.media_type == OCI_INDEX and manifest.references:
        spared.update(descendants(manifest.references, shelf))
        return False
    return True


def _beyond_keep(purge: Purge, going: list[ManifestEntry], knows: Behaviour) -> list[ManifestEntry]:
    """The newest ``keep`` stay, counted anew after the tags were."""
    if not purge.keep or not knows.untagged_honours_keep:
        return going
    if len(going) <= purge.keep:
        return [] if keeps_short_lists(purge.version) else going
    return _newest_first(going)[purge.keep :]


def _counted(
    purge: Purge, going: list[ManifestEntry], shelf: Shelf, cutoff: datetime
) -> list[ManifestEntry]:
    """What goes by ``--min-...`` and ``--max-untagged-manifests``.

    Locked ones have a rank too, and so has what has no time, which stays. An index that stays
    keeps its children, and nothing goes in their place.
    """
    taken, staying = list[ManifestEntry](), list[str]()
    for rank, manifest in enumerate(_newest_first(going), start=1):
        old = purge.ago is not None and _older(manifest, cutoff)
        told = manifest.last_update_time is not None
        if told and _is_free(manifest, purge) and purge.manifest_limits.let_go(rank, old=old):
            taken.append(manifest)
        elif manifest.media_type in LISTS:
            staying += manifest.references
    spared = {*descendants(staying, shelf)}
    return [manifest for manifest in taken if manifest.digest not in spared]


def _newest_first(manifests: list[ManifestEntry]) -> list[ManifestEntry]:
    """Of one time the lower digest comes first."""
    by_digest = sorted(manifests, key=lambda manifest: manifest.digest)
    return sorted(by_digest, key=lambda one: (time_of(one), one.finer), reverse=True)


def _is_free(manifest: ManifestEntry, purge: Purge) -> bool:
    return purge.include_locked or not manifest.changeable_attributes.locked


def _refuse_unknown(shelf: Shelf, knows: Behaviour, version: str) -> None:
    """Refuse where a release between those that are known meets what they treat differently."""
    held = shelf.manifests.values()
    loose = any(m.media_type in MAY_REFER and not shelf.is_tagged(m.digest) for m in held)
    matters = loose and any(m.media_type == OCI_INDEX or subject_of(m, shelf) for m in held)
    if knows.spares_index_children is None and matters:
        raise RefusedError(
            f"whether acr-cli {version} spares the children of OCI indexes and referrers is "
            f"not known, and {shelf.name} has some"
        )
    if not knows.odd_indexes and any(_is_odd(manifest, shelf) for manifest in held):
        raise RefusedError(
            f"what acr-cli {version} does with indexes that are locked, nested or have a subject "
            f"is not known, and {shelf.name} has one"
        )


def _is_odd(manifest: ManifestEntry, shelf: Shelf) -> bool:
    if manifest.media_type not in LISTS or not manifest.references:
        return False
    children = (shelf.manifests.get(digest) for digest in manifest.references)
    nested = any(child is not None and child.media_type in LISTS for child in children)
    return nested or manifest.changeable_attributes.locked or bool(subject_of(manifest, shelf))
