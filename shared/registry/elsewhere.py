"""What is left of a missing image: its manifest without the tag, or in another registry."""

import asyncio
from collections.abc import Sequence

from shared.domain.facts.base import CouldNotLookError, Observation
from shared.domain.facts.beside import Elsewhere
from shared.domain.facts.registry import ManifestState
from shared.domain.images import Digest
from shared.registry.images import kept
from shared.registry.repository import Repository

MOST_REGISTRIES = 5
"""Registries that are asked for one digest, with at most two requests each: token and HEAD."""


async def look(
    home: Repository, others: Sequence[Repository], digest: Digest
) -> tuple[Observation, ...]:
    """What is kept of the manifest at home, if it is there, and which others have it."""
    asked = others[:MOST_REGISTRIES]
    state, found = await asyncio.gather(
        _kept(home, digest), asyncio.gather(*(_holds(other, digest) for other in asked))
    )
    told = Elsewhere(
        digest=digest,
        here=bool(state.digest) if state else None,
        login_servers=tuple(one.host for one, yes in zip(asked, found, strict=True) if yes),
        asked=len(asked),
        known=len(others),
    )
    return (told, state) if state and state.digest else (told,)


async def _kept(home: Repository, digest: Digest) -> ManifestState | None:
    try:
        return await kept(home, digest)
    except CouldNotLookError:
        return None


async def _holds(other: Repository, digest: Digest) -> bool:
    try:
        return await other.holds(digest)
    except CouldNotLookError:
        return False
