"""The health of one registry, asked for without any image."""

import logging

from msgspec.structs import replace

from shared.adapters.store.sweeps import JobDone
from shared.checks import examine
from shared.checks.health import steps_of
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import Evidence, Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import RegistryAnswer
from shared.domain.findings import Finding, Outcome
from shared.domain.health import HealthStep, RegistryHealth
from shared.domain.images import ImageReference
from shared.domain.pulls import Compute, Job, Pull, Workload
from shared.domain.reports import Tally
from shared.pipeline.report import report_if_done
from shared.pipeline.services import Services

log = logging.getLogger(__name__)

OF_REGISTRIES = ("network.", "capacity.", "cleanup.lint", "cleanup.unreadable")
"""Families of checks that say something of a registry without an image."""
ANY = "any"


async def registry_health(services: Services, host: str, repository: str = "") -> RegistryHealth:
    """Look at a registry and decide. Nothing is stored. What could not be seen is told."""
    entries = services.store.index.of_registry(host)
    in_use = sorted({entry.pull.image.repository async for entry in entries})
    try:
        seen = await services.registry.health(host, repository, in_use)
    except Exception as error:
        log.exception("observing %s failed", host)
        seen = (Unavailable.of(RegistryAnswer, f"the observer failed: {type(error).__name__}"),)
    nobody = Workload(id="", compute=Compute.AKS, name="")
    pull = Pull(nobody, ImageReference(host, repository or ANY, ANY))
    evidence = Evidence([Asked(pull, services.now()), *seen])
    steps = tuple(steps_of(evidence))
    findings = _findings(evidence)
    return RegistryHealth(
        registry=host,
        at=services.now(),
        outcome=_outcome(steps, findings),
        steps=steps,
        findings=findings,
        unseen=tuple(Gap(what, why) for what, why in evidence.gaps.items()),
    )


async def look_at_registry(services: Services, job: Job) -> None:
    """A job of a sweep that looks at a registry itself: what it finds stands in the report."""
    health = await registry_health(services, job.registry)
    done = JobDone(job.id, Tally(job.registry, {}), attempt=job.attempt, health=health)
    await services.store.sweeps.done(job.sweep, done)
    await report_if_done(services, job.sweep)


def _findings(evidence: Evidence) -> tuple[Finding, ...]:
    """What the checks find of the registry itself, the worst first."""
    results = [one for one in examine(evidence) if one.check.startswith(OF_REGISTRIES)]
    found = [replace(finding, explains=()) for result in results for finding in result.findings]
    return tuple(sorted(found, key=lambda finding: -finding.outcome))


def _outcome(steps: tuple[HealthStep, ...], findings: tuple[Finding, ...]) -> Outcome:
    outcomes = [one.outcome for one in steps] + [one.outcome for one in findings]
    return max(outcomes, default=Outcome.UNKNOWN)
