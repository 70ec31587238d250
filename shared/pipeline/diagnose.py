"""One job: observe, decide, store, record what changed, and have it announced."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus

from msgspec.structs import replace

from shared.adapters.store.index import Entry, lasting
from shared.adapters.store.sweeps import JobDone
from shared.checks import examine
from shared.domain.diagnosis import Diagnosis, conclude
from shared.domain.facts.base import Evidence
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    ImageContent,
    ManifestAnswer,
    ManifestState,
    RegistryAnswer,
    Replications,
)
from shared.domain.findings import Outcome
from shared.domain.forecast import Foreseen, first
from shared.domain.pulls import CauseKind, Job, Pull
from shared.domain.reports import Tally
from shared.pipeline import signals
from shared.pipeline.jobs import put_back
from shared.pipeline.observe import observe
from shared.pipeline.report import report_if_done
from shared.pipeline.services import Services
from shared.pipeline.settle import settle

LAG = timedelta(minutes=15)
"""For so long after a push a replica may not have it; replication is eventually consistent."""
MOST_TAGS = 50
"""Tags of one digest that the index keeps."""
AFRESH = ":afresh"
"""The end of the id of a job that is done once more with services that remember nothing."""
EARLY_TRIES = 3
"""How often a verdict that contradicts its event is looked at again: replicas lag behind."""


async def diagnose(services: Services, job: Job) -> tuple[Diagnosis, ...]:
    """Diagnose the pulls of a job that are still deployed.

    What could not be looked at for a passing reason comes again.
    """
    seen = await observe(services, job)
    known = await services.store.index.of_pulls(seen)
    diagnoses = {pull: decide(job, pull, seen[pull]) for pull in known}
    early = [p for p, found in diagnoses.items() if _premature(job, found, seen[p], known[p])]
    again = [
        pull for pull in diagnoses if _try_again(services, job, seen[pull], early=pull in early)
    ]
    held = early if job.check else [pull for pull in early if pull in again]
    final = [pull for pull in diagnoses if pull not in held]
    save = services.store.diagnoses.save
    contested = await save([(diagnoses[pull], seen[pull]) for pull in final])
    await _remember(services, [(known[pull], seen[pull]) for pull in final])
    await settle(services, job.registry, final)
    if again:
        await put_back(services, job, again)
    if job.sweep:
        for evidence in [*seen.values()][:1]:  # a job is of one registry
            signals.capacity(evidence)
        done = [found for pull, found in diagnoses.items() if pull not in again]
        await _done(services, job, done, over=not again)
    elif contested:
        await _look_afresh(services, job, contested)
    return tuple(diagnoses.values())


async def _look_afresh(services: Services, job: Job, pulls: Collection[Pull]) -> None:
    """Settle which of two looks is right: each knows something that is newer than the other's.

    Such as an event's job that remembers a role from before its repair, which a check has seen.
    """
    if not job.id.endswith(AFRESH):
        again = replace(job, id=job.id + AFRESH, pulls=tuple(pulls))
        await diagnose(services.afresh(), again)


def decide(job: Job, pull: Pull, evidence: Evidence) -> Diagnosis:
    """The diagnosis that follows from evidence. Pure: stored evidence replays."""
    asked = evidence[Asked]
    found = conclude(pull, asked.at, job.cause, examine(evidence), evidence.gaps)
    return replace(found, job=job.id, as_of=asked.as_of)


def _try_again(services: Services, job: Job, evidence: Evidence, *, early: bool) -> bool:
    """Whether a pull comes again. Who asked wants the answer of now: it is given, and told nobody
    else; the watch finds the same for itself.
    """
    if job.check or job.attempt + 1 >= services.settings.job_attempts:
        return False
    return early or _passing_trouble(job, evidence)


def _passing_trouble(job: Job, evidence: Evidence) -> bool:
    """Whether the registry was too busy or down. An event is worth more tries than a sweep."""
    if job.cause.kind is not CauseKind.SWEEP and ManifestAnswer.__name__ in evidence.gaps:
        return True
    answers = (evidence.get(ManifestAnswer), evidence.get(RegistryAnswer))
    return any(seen is not None and seen.answer.passing for seen in answers)


def _premature(job: Job, found: Diagnosis, evidence: Evidence, known: Entry) -> bool:
    """Whether a verdict is held and looked at again: a geo-replica may lag behind.

    It contradicts the event that asked for it; or a registry with replicas calls something missing
    that is new. After a push a replica may take many minutes.
    """
    replicated, missing = _is_replicated(evidence), _is_missing(found)
    lagging = job.cause.kind is CauseKind.PUSHED and replicated
    if job.attempt + 1 >= EARLY_TRIES and not lagging:
        return False
    if job.cause.kind is CauseKind.DELETED:
        return not missing
    if job.cause.kind is CauseKind.PUSHED:
        return missing
    return missing and replicated and not known.gone and _is_new(job, known, evidence[Asked].at)


def _is_new(job: Job, known: Entry, at: datetime) -> bool:
    """Whether a replica may not have the image yet: pushed minutes ago, or never seen there.

    That a workload runs it proves nothing of the replica that was asked: nodes elsewhere pull from
    another one. A sweep waits for no image that was never seen: it wakes nobody, and its report is
    awaited.
    """
    if known.pushed is not None and at - known.pushed < LAG:
        return True
    return known.resolved is None and job.cause.kind is not CauseKind.SWEEP


def _is_replicated(evidence: Evidence) -> bool:
    found = evidence.get(Replications)
    return found is not None and sum(one.endpoint_enabled for one in found.replicas) > 1


def _is_missing(found: Diagnosis) -> bool:
    return any(
        result.check.startswith("existence.") and result.outcome is Outcome.FAIL
        for result in found.results
    )


async def _remember(services: Services, seen: Iterable[tuple[Entry, Evidence]]) -> None:
    """What references resolve to now: tomorrow it may be the only memory."""
    found = {entry.pull.key: (entry, evidence) for entry, evidence in seen}

    def learn(entry: Entry) -> Entry:
        return _learn(entry, found[entry.pull.key][1])

    await services.store.index.revise((entry for entry, _ in found.values()), learn)


def _learn(entry: Entry, evidence: Evidence) -> Entry:
    entry = _foretell(entry, evidence)
    manifest, content = evidence.get(ManifestAnswer), evidence.get(ImageContent)
    if manifest is None:
        return entry
    if not manifest.answer.ok:
        missing = manifest.answer.status == HTTPStatus.NOT_FOUND
        return replace(entry, gone=missing or entry.gone)
    asked = evidence[Asked].at
    if entry.removal and entry.removal.at < asked:
        entry = replace(entry, removal=None)
    return _learn_more(
        replace(
            entry,
            digest=manifest.digest,
            content=lasting(content) if content else entry.content,
            resolved=asked,
            gone=False,
        ),
        evidence,
    )


def _foretell(entry: Entry, evidence: Evidence) -> Entry:
    """What clean-ups will take of it; what could not be foretold stays as it was told before."""
    forecast, told = evidence.get(CleanupForecast), evidence[Asked].at
    if forecast is None:
        before = entry.foreseen
        return replace(entry, foreseen=replace(before, looked=told)) if before else entry
    loss = first(forecast.losses)
    return replace(entry, foreseen=Foreseen(loss.at, loss.by, told) if loss else None)


def _learn_more(entry: Entry, evidence: Evidence) -> Entry:
    """What is of use only once the image is lost: its other tags, its children, its origin."""
    content, state = evidence.get(ImageContent), evidence.get(ManifestState)
    if state and state.digest == entry.digest:
        entry = replace(entry, tags=state.tags[:MOST_TAGS], pushed=state.updated or entry.pushed)
    if content:
        lost = tuple(one.digest for one in content.children if one.present is False)
        entry = replace(entry, lost=lost)
    if content and (content.source or content.revision):
        entry = replace(entry, source=content.source, revision=content.revision)
    return entry


async def _done(services: Services, job: Job, found: Iterable[Diagnosis], *, over: bool) -> None:
    counts = Counter(diagnosis.outcome.label for diagnosis in found)
    tally = Tally(job.registry, dict(counts))
    done = JobDone(job.id, tally, attempt=job.attempt, over=over)
    await services.store.sweeps.done(job.sweep, done)
    await report_if_done(services, job.sweep)
