"""Both ends of some pulls, observed side by side."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus

from shared.adapters.concurrency import each
from shared.adapters.store.index import Entry
from shared.checks.existence.platforms import needed
from shared.checks.told import PERSON
from shared.domain.facts.base import Evidence, Fact, Observation, Unavailable
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.pull import Asked, Remembered, ReportedError
from shared.domain.facts.registry import (
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    ManifestState,
    RegistryProfile,
    SoftDeleted,
)
from shared.domain.facts.workload import (
    Egress,
    PullIdentity,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Digest
from shared.domain.pulls import CauseKind, Job, Pull
from shared.pipeline.services import Services
from shared.registry.base import Contents

log = logging.getLogger(__name__)

REGISTRY_END: tuple[type[Fact], ...] = (
    RegistryProfile,
    LoginServerAddress,
    ManifestAnswer,
    CleanupForecast,
)
WORKLOAD_END: tuple[type[Fact], ...] = (PullIdentity, Egress, RuntimePlatforms, WorkloadState)
NO_RUNTIME = Unavailable.of(RuntimePlatforms, "not observed")
AT_ONCE = 16
"""Pulls whose compute end is observed at the same time."""


async def observe(services: Services, job: Job) -> dict[Pull, Evidence]:
    """Evidence for every pull of a job. Never raises for what could not be looked at.

    What every diagnosis needs is there or has a reason why not: nothing is silently absent.
    """
    asked = _question(services, job)
    found, memories = await asyncio.gather(
        each(job.pulls, partial(_compute_end, services), at_once=AT_ONCE),
        services.store.index.of_pulls(job.pulls),
    )
    ends = dict(zip(job.pulls, found, strict=True))
    identities = {pull: Evidence(seen).get(PullIdentity) for pull, seen in ends.items()}
    first = await _registry_end(services, identities, _contents(memories.values()))
    rest = [_with_rest(services, p, memories.get(p), ends[p], first[p]) for p in job.pulls]
    registry = dict(zip(job.pulls, await asyncio.gather(*rest), strict=True))
    return {
        pull: _evidence(
            [asked(pull), *_context(job, memories.get(pull)), *ends[pull], *registry[pull]]
        )
        for pull in job.pulls
    }


def _question(services: Services, job: Job) -> Callable[[Pull], Asked]:
    """The question of now. A sweep lists a registry once for many: it is as old as its listings."""
    now = services.now()
    as_of = now - services.age
    at = as_of if job.cause.kind is CauseKind.SWEEP else now
    return partial(Asked, at=at, as_of=as_of)


def _contents(entries: Iterable[Entry]) -> Contents:
    return {entry.content.digest: entry.content for entry in entries if entry.content}


def _lost(
    pull: Pull, memory: Entry | None, end: Iterable[Observation], seen: Iterable[Observation]
) -> Digest:
    """The digest that is missing, which the index may know; of an index, a lost child.

    It is one that the workload pulls: nobody misses an attestation, or what is for other machines.
    What is in quarantine is not lost.
    """
    seen = tuple(seen)
    if any(isinstance(one, ManifestState) and one.quarantined for one in seen):
        return Digest("")
    for one in seen:
        if isinstance(one, ManifestAnswer) and one.answer.status == HTTPStatus.NOT_FOUND:
            return pull.image.digest or (memory.digest if memory else Digest("")) or pull.running
        if isinstance(one, ImageContent):
            runtime = Evidence(end).get(RuntimePlatforms)
            pulled = needed(one.children, runtime or NO_RUNTIME)
            parts = one.children if pulled is None else pulled
            return next((part.digest for part in parts if part.present is False), Digest(""))
    return Digest("")


def _evidence(observations: Iterable[Observation]) -> Evidence:
    evidence = Evidence(observations)
    asked = evidence[Asked]
    wanted = REGISTRY_END + (WORKLOAD_END if asked.pull.workload.id else ())
    return evidence.demand(wanted, "the observer said nothing about it")


async def _compute_end(services: Services, pull: Pull) -> tuple[Observation, ...]:
    if not pull.workload.id:
        return ()  # only the registry end was asked for
    platform = services.platform(pull.workload.compute)
    try:
        return await platform.observe(pull) if platform else ()
    except Exception as error:
        log.exception("observing %s failed", pull.workload.id)
        return _blind(WORKLOAD_END, error)


async def _registry_end(
    services: Services,
    identities: Mapping[Pull, PullIdentity | None],
    known: Contents,
) -> Mapping[Pull, tuple[Observation, ...]]:
    try:
        return await services.registry.observe(identities, known)
    except Exception as error:
        log.exception("observing a registry failed")
        return dict.fromkeys(identities, _blind(REGISTRY_END, error))


def _blind(kinds: tuple[type[Fact], ...], error: Exception) -> tuple[Observation, ...]:
    reason = f"the observer failed: {type(error).__name__}"
    return tuple(Unavailable.of(kind, reason) for kind in kinds)


def _context(job: Job, memory: Entry | None) -> Iterable[Observation]:
    if job.error_text:
        yield ReportedError(job.error_text, PERSON, None)
    if memory:
        yield remembered(memory)


def remembered(memory: Entry) -> Remembered:
    """What the index knew, as the fact."""
    own, removal = memory.pull.image.tag, memory.removal
    return Remembered(
        digest=memory.digest,
        tags=tuple(dict.fromkeys((own, *memory.tags) if own else memory.tags)),
        last_seen=memory.resolved,
        deleted_at=removal.at if removal else None,
        deleted_by=removal.actor if removal else "",
        user_agent=removal.user_agent if removal else "",
        address=removal.address if removal else "",
        way=removal.kind if removal else "",
        source=memory.source,
        revision=memory.revision,
        children=tuple(one.digest for one in memory.content.children) if memory.content else (),
    )


async def _with_rest(
    services: Services,
    pull: Pull,
    memory: Entry | None,
    end: tuple[Observation, ...],
    seen: tuple[Observation, ...],
) -> tuple[Observation, ...]:
    """Of an image that is not there, or not whole, also what is left of it elsewhere."""
    digest = _lost(pull, memory, end, seen)
    if not digest:
        return seen
    restorable = any(isinstance(one, SoftDeleted) and one.found for one in seen)
    try:
        rest = await services.registry.elsewhere(pull, digest, restorable=restorable)
    except Exception:
        log.exception("looking for what is left of %s failed", pull.image)
        return seen
    return (*seen, *rest)
