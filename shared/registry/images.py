"""The images of one repository, observed with as few requests as can be."""

import asyncio
from collections.abc import Collection
from contextlib import suppress

from shared.adapters.concurrency import each
from shared.adapters.resilience import cached
from shared.domain.facts.base import (
    CouldNotLookError,
    Unavailable,
    attempt,
)
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    ManifestAnswer,
    ManifestState,
    Neighbours,
    Reach,
    SoftDeleted,
)
from shared.domain.images import Digest
from shared.domain.pulls import Registry
from shared.registry import content, listing, locks
from shared.registry.answers import (
    FORBIDDEN,
    MANIFEST_UNKNOWN,
    NAME_UNKNOWN,
    Reply,
    describe,
    obstacle,
)
from shared.registry.base import Contents
from shared.registry.listing import Listing
from shared.registry.neighbours import Surroundings
from shared.registry.one_image import (
    NOTHING_KEPT,
    Asked,
    Observations,
    index_content,
    kept,
    locked,
    there,
    unseen,
)
from shared.registry.repository import NotThereError, Repository
from shared.registry.wire import Entry, Manifest

THOROUGH = 3
AT_ONCE = 8
FEW_CHILDREN = 4
"""Children of an index that are asked for one by one; a listing answers for more in one request."""
MOST_KNOWN = 4096
"""Indexes whose content a process keeps."""

NOT_THERE = "the registry does not have the manifest"


class Images:
    """Observes images. What a digest consists of never changes, so it is kept."""

    def __init__(
        self, surroundings: Surroundings, listing_seconds: float, thorough: int = THOROUGH
    ) -> None:
        """
        Share a listing for so many seconds; 0 shares it with those who wait for it only.

        Of up to ``thorough`` images at once, config and layers are asked for too.
        """
        self._surroundings = surroundings
        self._thorough = thorough
        self._listing = cached(listing.read, seconds=listing_seconds)
        self.kept = cached(kept, seconds=listing_seconds if thorough else 0)
        self._index = cached(index_content, seconds=None, most=MOST_KNOWN)
        self._known: dict[Digest, ImageContent] = {}

    def remember(self, known: Contents) -> None:
        """Take in what indexes consist of, read by another process perhaps."""
        if len(self._known) + len(known) > MOST_KNOWN:
            self._known.clear()
        self._known.update(known)

    async def observe(
        self,
        registry: Registry,
        repository: Repository,
        references: Collection[str],
        *,
        whole: bool = False,
    ) -> dict[str, Observations]:
        """
        Observe the images by their references (tags or digests).

        One is asked for itself. Several are looked up in one listing, and only what it does not
        plainly answer is asked for: what is not in it may be hidden. With ``whole`` that is the
        listing which `whole` makes anyway.
        """
        asked = Asked(registry, repository, thorough=len(references) <= self._thorough)
        listed = await self._listed(repository, references, whole=whole)
        found = await asyncio.gather(
            *(self._image(asked, reference, listed) for reference in references)
        )
        return dict(zip(references, found, strict=True))

    async def whole(self, repository: Repository) -> Listing:
        """
        List every tag and manifest of a repository.

        Raises:
            NotThereError: there is no such repository.
            CouldNotLookError: it could not be read to its end.

        """
        found = await self._listing(repository, listing.MOST_PAGES_TO_FORESEE, tags=True)
        if not found.complete:
            most = listing.MOST_PAGES_TO_FORESEE
            raise CouldNotLookError(f"{repository.host}/{repository.name} has over {most} pages")
        return found

    async def children(
        self, repository: Repository, indexes: Collection[Entry]
    ) -> dict[str, tuple[str, ...]]:
        """
        Read what indexes list, by their digests; what is known is not asked for again.

        Raises:
            CouldNotLookError: one of them could not be read.

        """

        async def read(entry: Entry) -> tuple[str, ...]:
            found = content.of_entry(entry) or self._known.get(Digest(entry.digest))
            found = found or await self._index(repository, entry.digest)
            return tuple(child.digest for child in found.children)

        found = await each(indexes, read, at_once=AT_ONCE)
        return dict(zip((entry.digest for entry in indexes), found, strict=True))

    async def _listed(
        self, repository: Repository, references: Collection[str], *, whole: bool
    ) -> Listing:
        tags = whole or any(":" not in reference for reference in references)
        most = min(listing.MOST_PAGES, len(references))
        if whole:
            most = listing.MOST_PAGES_TO_FORESEE
        if len(references) > 1:
            return await self._pages(repository, most, tags=tags)
        return Listing(complete=False)

    async def _pages(self, repository: Repository, most: int, *, tags: bool) -> Listing:
        """At most so many pages; nothing where they cannot be read: then each is asked for."""
        if (await repository.access()).allows("metadata_read"):
            with suppress(CouldNotLookError):  # asking for each tells why if that fails, too
                return await self._listing(repository, most, tags=tags)
        return Listing(complete=False)

    async def _with_children(self, asked: Asked, reply: Reply, listed: Listing) -> Listing:
        """One page answers for the children of a large index, and for the index itself."""
        children = reply.read(Manifest).manifests or ()
        if listed.manifests or len(children) <= FEW_CHILDREN:
            return listed
        return await self._pages(asked.repository, 1, tags=False)

    async def _image(self, asked: Asked, reference: str, listed: Listing) -> Observations:
        try:
            if entry := listed.find(reference):
                return await self._from_listing(asked, entry, listed)
            return await self._from_registry(asked, reference, listed)
        except CouldNotLookError as why:
            return unseen(str(why))

    async def _from_listing(self, asked: Asked, entry: Entry, listed: Listing) -> Observations:
        answer = ManifestAnswer(
            answer=Answer(reach=Reach.ANSWERED, status=200),
            digest=Digest(entry.digest),
            media_type=entry.media_type or "",
            size=entry.image_size or 0,
            listed=True,
        )

        async def read() -> ImageContent:
            found = content.of_entry(entry) or self._known.get(Digest(entry.digest))
            found = found or await self._index(asked.repository, entry.digest)
            return await content.with_children(found, asked.repository, listed)

        return answer, entry.state(), await attempt(ImageContent, read)

    async def _from_registry(self, asked: Asked, reference: str, listed: Listing) -> Observations:
        reply = await asked.repository.manifest(reference)
        if reply.gone:
            return await self._missing(asked, reference, reply)
        if reply.answer.reach is not Reach.ANSWERED or reply.answer.status == FORBIDDEN:
            return unseen(obstacle(reply.answer))
        if locks.disallowed(reply.answer):
            return await locked(asked, reference, reply)
        if not reply.answer.ok:
            rest = unseen(describe(reply.answer))[1:]
            return ManifestAnswer(answer=reply.answer), *rest
        return await there(asked, reply, await self._with_children(asked, reply, listed))

    async def _missing(self, asked: Asked, reference: str, reply: Reply) -> Observations:
        """What is kept under the name; where that is no quarantine, what is around it."""
        state = await attempt(ManifestState, lambda: self._beside(asked, reference, reply))
        found = (
            ManifestAnswer(answer=reply.answer),
            state,
            Unavailable.of(ImageContent, NOT_THERE),
        )
        if isinstance(state, ManifestState) and state.quarantined:
            return found
        return *found, *await self._around(asked, reference, reply, state)

    async def _around(
        self, asked: Asked, reference: str, reply: Reply, state: ManifestState | Unavailable
    ) -> Observations:
        """What could be restored; where nothing can, what was meant perhaps."""
        look, repository, code = self._surroundings, asked.repository, reply.answer.code
        deleted = await attempt(
            SoftDeleted, lambda: look.soft_deleted(asked.registry, repository, reference)
        )
        restorable = isinstance(deleted, SoftDeleted) and deleted.found
        if restorable and code == MANIFEST_UNKNOWN and state == NOTHING_KEPT:
            return (deleted,)
        exists = False if code == NAME_UNKNOWN else None
        near = await attempt(Neighbours, lambda: look.look(repository, reference, exists=exists))
        return near, deleted

    async def _beside(self, asked: Asked, reference: str, reply: Reply) -> ManifestState:
        """What is kept under a name that is "not found": a quarantined image looks like that."""
        if reply.answer.code == NAME_UNKNOWN:
            return NOTHING_KEPT
        if ":" in reference:
            return await self.kept(asked.repository, reference)
        try:
            tag = await asked.repository.tag(reference)
        except NotThereError:
            return NOTHING_KEPT
        return await self.kept(asked.repository, tag.digest)
