"""Where a pull is locked out: at the repository, the tag or the manifest."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import ReadLocks
from shared.domain.facts.registry import Answer, ManifestState
from shared.registry.repository import DISALLOWED_CODE, Repository
from shared.registry.wire import Locks, OneRepository

DISALLOWED = 405


def disallowed(answer: Answer) -> bool:
    """Whether the registry has what was asked for, and does not hand it out."""
    return answer.status == DISALLOWED or answer.code == DISALLOWED_CODE


async def read(repository: Repository, reference: str) -> tuple[ReadLocks, ManifestState | None]:
    """Read the locks that may stand in the way, and what is kept of the manifest."""
    by_tag = ":" not in reference
    own, tag = await asyncio.gather(
        _tried(repository.own),
        _tried(lambda: repository.tag(reference)) if by_tag else _nothing(),
    )
    digest = reference if not by_tag else (tag.digest if tag else "")
    entry = await _tried(lambda: repository.attributes(digest)) if digest else None
    state = entry.state() if entry else None
    locks = ReadLocks(
        repository=_locks(own).read_enabled is False if own else None,
        tag=not tag.readable if tag else None,
        manifest=not state.read_enabled if state else None,
    )
    return locks, state


def _locks(own: OneRepository) -> Locks:
    return own.changeable_attributes or Locks()


async def _tried[T](look: Callable[[], Awaitable[T]]) -> T | None:
    try:
        return await look()
    except CouldNotLookError:
        return None


async def _nothing() -> None:
    return None
