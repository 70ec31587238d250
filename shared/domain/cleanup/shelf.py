"""A repository's tags and manifests as purges find them, run after run."""

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.domain.cleanup.model import ManifestEntry, RepositoryContents, TagEntry

_NEVER = datetime.min.replace(tzinfo=UTC)


class Shelf:
    """What is left of a repository. Tags stand newest first; those of one time as they came."""

    def __init__(self, contents: RepositoryContents) -> None:
        """Take everything that the repository has."""
        self.name = contents.name
        self.tags = sorted(
            contents.tags, key=lambda tag: tag.last_update_time or _NEVER, reverse=True
        )
        self.manifests = {manifest.digest: manifest for manifest in contents.manifests}
        self._names: dict[str, set[str]] = {m.digest: set(m.tags) for m in contents.manifests}
        for tag in contents.tags:
            self._names.setdefault(tag.digest, set()).add(tag.name)

    def is_tagged(self, digest: str) -> bool:
        """Whether a tag points to the manifest, by either listing."""
        return bool(self._names.get(digest))

    def untag(self, tags: Iterable[TagEntry]) -> None:
        """Take tags away."""
        gone = {tag.name for tag in tags}
        if not gone:
            return
        for tag in self.tags:
            if tag.name in gone:
                self._names[tag.digest].discard(tag.name)
        self.tags = [tag for tag in self.tags if tag.name not in gone]

    def delete(self, manifests: Iterable[ManifestEntry]) -> None:
        """Take manifests away. They have no tags any more."""
        for manifest in manifests:
            self.manifests.pop(manifest.digest, None)
