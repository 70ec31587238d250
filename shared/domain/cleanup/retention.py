"""The retention policy: untagged Docker manifests, days after they became untagged.

Source: container-registry-retention-policy.md. When a manifest became untagged is in no listing: of
those that are untagged already its lastUpdateTime stands for it, and one from before the policy
stays. Whether children of an index that stays are spared is not documented; they are here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from shared.domain.cleanup.dangling import DOCKER_LIST, LISTS, descendants
from shared.domain.cleanup.model import Loss, LossKind, ManifestEntry, RetentionPolicy, TagEntry
from shared.domain.cleanup.shelf import Shelf

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
TAKEN = frozenset({DOCKER_MANIFEST, DOCKER_LIST})
BY = "retention policy"


class Retention:
    """The policy at work on one repository."""

    def __init__(
        self, policy: RetentionPolicy | None, shelf: Shelf, span: tuple[datetime, datetime]
    ) -> None:
        """Note what is untagged already. Without a policy nothing is ever due."""
        now, self._until = span
        self._shelf = shelf
        self._due: dict[str, datetime] = {}
        self._next: datetime | None = None
        self._days = None if policy is None else timedelta(days=max(0, policy.days))
        if policy is None or self._days is None:
            return
        for digest, manifest in shelf.manifests.items():
            since = manifest.last_update_time
            if since is None or shelf.is_tagged(digest):
                continue
            if policy.since is None or since >= policy.since:
                self._note(manifest, max(now, since + self._days))

    def untagged(self, tags: Iterable[TagEntry], at: datetime) -> None:
        """Tags went; what has none now is due ``days`` later."""
        if self._days is None:
            return
        for digest in {tag.digest for tag in tags}:
            manifest = self._shelf.manifests.get(digest)
            if manifest and not self._shelf.is_tagged(digest):
                self._note(manifest, at + self._days)

    def losses(self, before: datetime, *, include: bool = False) -> Iterator[Loss]:
        """What goes before a time (or at it), and take it from the shelf."""
        if self._next is None or before < self._next:
            return
        ripe = sorted(
            (at, digest)
            for digest, at in self._due.items()
            if at < before or (include and at == before)
        )
        spared = self._children_of_what_stays({digest for _, digest in ripe})
        for at, digest in ripe:
            if digest in spared:
                continue
            del self._due[digest]
            manifest = self._shelf.manifests.get(digest)
            if manifest and not self._shelf.is_tagged(digest):
                self._shelf.delete([manifest])
                yield Loss(at, BY, "", self._shelf.name, "", digest, LossKind.RETENTION)
        self._next = min(self._due.values(), default=None)

    def _note(self, manifest: ManifestEntry, at: datetime) -> None:
        open_to_it = not manifest.changeable_attributes.locked
        if manifest.media_type in TAKEN and open_to_it and at <= self._until:
            self._due[manifest.digest] = at
            self._next = at if self._next is None else min(at, self._next)

    def _children_of_what_stays(self, going: set[str]) -> set[str]:
        staying = (
            manifest
            for digest, manifest in self._shelf.manifests.items()
            if manifest.media_type in LISTS and digest not in going
        )
        return {child for index in staying for child in descendants(index.references, self._shelf)}
