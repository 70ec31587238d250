"""The images of one repository, observed with as few requests as can be."""

import asyncio
from collections.abc import Collection

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
from shared.registry.answers import FORBIDDEN, Reply, describe, obstacle
from shared.registry.base import Contents
from shared.registry.listing import Listing
from shared.registry.neighbours import Surroundings
from shared.registry.one_image import (
    Asked,
    Observations,
    beside,
    index_content,
    locked,
    there,
    unseen,
)
from shared.registry.repository import Repository
from shared.registry.wire import Entry

THOROUGH = 3
AT_ONCE = 8
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
        if len(references) > 1 and (await repository.access()).allows("metadata_read"):
            try:
                return await self._listing(repository, most, tags=tags)
            except CouldNotLookError:
                pass  # each image is asked for instead, and tells why if that fails too
        return Listing(complete=False)

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
        return await there(asked, reply, listed)

    async def _missing(self, asked: Asked, reference: str, reply: Reply) -> Observations:
        look, repository = self._surroundings, asked.repository
        return (
            ManifestAnswer(answer=reply.answer),
            await attempt(ManifestState, lambda: beside(repository, reference, reply)),
            Unavailable.of(ImageContent, NOT_THERE),
            await attempt(Neighbours, lambda: look.look(repository, reference)),
            await attempt(
                SoftDeleted, lambda: look.soft_deleted(asked.registry, repository, reference)
            ),
        )
