"""A repository's tags and manifests as purges find them, run after run."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.domain.cleanup.expressions import Pattern
from shared.domain.cleanup.model import ManifestEntry, RefusedError, RepositoryContents, TagEntry

_NEVER = datetime.min.replace(tzinfo=UTC)


class Shelf:
    """What is left of a repository. Tags stand newest first; those of one time as they came."""

    def __init__(self, contents: RepositoryContents) -> None:
        """Take everything that the repository has."""
        self.name = contents.name
        self.tags = sorted(contents.tags, key=time_of, reverse=True)
        self.manifests = {manifest.digest: manifest for manifest in contents.manifests}
        self._names: dict[str, set[str]] = {m.digest: set(m.tags) for m in contents.manifests}
        for tag in contents.tags:
            self._names.setdefault(tag.digest, set()).add(tag.name)

        self._matching: dict[tuple[int, bool], tuple[Pattern, list[TagEntry]]] = {}
        entries: tuple[TagEntry | ManifestEntry, ...] = (*contents.tags, *contents.manifests)
        self._times = sorted(e.last_update_time for e in entries if e.last_update_time)
        self.version = 0

    def is_tagged(self, digest: str) -> bool:
        """Whether a tag points to the manifest, by either listing."""
        return bool(self._names.get(digest))

    def older(self, pattern: Pattern, cutoff: datetime, *, locked: bool) -> list[TagEntry]:
        """The matching tags from before the cutoff, oldest first, with the locked ones or not.

        Raises RefusedError if a matching tag has no time.
        """
        matching = self._matching_tags(pattern, locked=locked)
        return matching[: bisect_left(matching, cutoff, key=time_of)]

    def matching(self, pattern: Pattern) -> list[TagEntry]:
        """Every matching tag, locked or not, newest first. Raises RefusedError as ``older``."""
        return self._matching_tags(pattern, locked=True)[::-1]

    def untag(self, tags: Sequence[TagEntry]) -> None:
        """Take tags away."""
        gone = {tag.name for tag in tags}
        if not gone:
            return
        for tag in tags:
            self._names[tag.digest].discard(tag.name)
        self.tags = [tag for tag in self.tags if tag.name not in gone]
        for _, matching in self._matching.values():
            matching[:] = [tag for tag in matching if tag.name not in gone]
        self.version += 1

    def delete(self, manifests: Iterable[ManifestEntry]) -> None:
        """Take manifests away. They have no tags any more."""
        for manifest in manifests:
            self.manifests.pop(manifest.digest, None)
            self.version += 1

    def next_time(self, cutoff: datetime) -> datetime | None:
        """The oldest time that is not before the cutoff: until that is, a run finds the same."""
        at = bisect_left(self._times, cutoff)
        return self._times[at] if at < len(self._times) else None

    def _matching_tags(self, pattern: Pattern, *, locked: bool) -> list[TagEntry]:
        """Looked for once: matching is what costs. The pattern is kept so that its id stays its."""
        key = (id(pattern), locked)
        if key not in self._matching:
            found = [tag for tag in reversed(self.tags) if pattern.search(tag.name)]
            if timeless := next((tag for tag in found if tag.last_update_time is None), None):
                raise RefusedError(f"the tag {timeless.name[:128]!r} has no lastUpdateTime")
            unlocked = [tag for tag in found if locked or not tag.changeable_attributes.locked]
            self._matching[key] = (pattern, unlocked)
        return self._matching[key][1]


def time_of(entry: TagEntry | ManifestEntry) -> datetime:
    """The entry's time; the beginning of time if it has none."""
    return entry.last_update_time or _NEVER
