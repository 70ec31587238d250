"""What is left of a missing image: its manifest without the tag, or in another registry."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from shared.domain.facts.base import CouldNotLookError, Observation
from shared.domain.facts.beside import Elsewhere
from shared.domain.facts.registry import ManifestState
from shared.domain.images import Digest
from shared.registry.repository import Repository

PATIENCE = 1.5
"""Seconds that another registry has to answer."""
LEFT_OUT = 300.0
"""Seconds for which one that had not is not asked again."""
MOST_REGISTRIES = 5
"""Registries that are asked for one digest, with at most two requests each: token and HEAD."""


class ElsewhereLooker:
    """Looks for what is left of a missing image. Who was slow is left out for a while.

    Somebody waits for the card: that it may tell one way more to bring an image back is not worth
    a wait for another registry, and never one for each image that is lost.
    """

    def __init__(self, kept: Callable[[Repository, str], Awaitable[ManifestState]]) -> None:
        """Read with ``kept`` what is beside a manifest at home. Nobody was slow yet."""
        self._kept = kept
        self._slow: dict[str, float] = {}

    async def look(
        self, home: Repository, others: Sequence[Repository], digest: Digest
    ) -> tuple[Observation, ...]:
        """What is kept of the manifest at home, if it is there, and which others have it."""
        now = time.monotonic()
        quick = [one for one in others if self._slow.get(one.host, 0) <= now][:MOST_REGISTRIES]
        state, found = await asyncio.gather(
            self._at_home(home, digest),
            asyncio.gather(*(self._holds(other, digest) for other in quick)),
        )
        told = Elsewhere(
            digest=digest,
            here=bool(state.digest) if state else None,
            login_servers=tuple(one.host for one, yes in zip(quick, found, strict=True) if yes),
            asked=sum(yes is not None for yes in found),
            known=len(others),
        )
        return (told, state) if state and state.digest else (told,)

    async def _at_home(self, home: Repository, digest: Digest) -> ManifestState | None:
        try:
            return await self._kept(home, digest)
        except CouldNotLookError:
            return None

    async def _holds(self, other: Repository, digest: Digest) -> bool | None:
        """None where nobody answered in time, or could be asked."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await other.holds(digest)
        except TimeoutError:
            self._slow[other.host] = time.monotonic() + LEFT_OUT
        except CouldNotLookError:
            pass
        return None
