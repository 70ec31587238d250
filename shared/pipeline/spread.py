"""A problem that one pull has may hit others: those that share what is at fault are looked at soon.

Asking of one image, or an event, finds a revoked role or a closed firewall at a single pull. The
others would be found by the next sweep only, and the alert would name one workload of many.
"""

from collections.abc import AsyncIterator, Iterable
from itertools import takewhile

from shared.adapters.store.index import Entry
from shared.domain.changes import StatusChange
from shared.domain.incidents import Incident, Transition
from shared.domain.pulls import LONGEST_JOB, Cause, CauseKind, Job, Pull, short_hash
from shared.pipeline.jobs import enqueue
from shared.pipeline.services import Services

COMPLETE = (CauseKind.SWEEP, CauseKind.RECHECK, CauseKind.FORESEEN)
"""What looks at everyone anyway, and what follows from here: neither spreads any further."""
OF_IMAGES = ("EXISTENCE_", "REFERENCE_", "CLEANUP_")


async def look_at_others(
    services: Services, incident: Incident, changes: Iterable[StatusChange]
) -> None:
    """Enqueue one job for other pulls that an incident which opens now may hit as well.

    At most 100 pulls, the likeliest first. The job's id is that of the incident and its episode,
    so that however often this is called there is one.
    """
    found = [one for one in changes if one.cause.kind not in COMPLETE]
    if not found or not any(p.transition is Transition.OPENED for p in incident.promised):
        return
    first = found[0]
    hit = {one.pull.key for one in incident.affected}
    others = [
        entry.pull
        async for entry in _near(services, incident, first.pull)
        if entry.pull.key not in hit
    ]
    if not others:
        return
    likeliest = sorted(others, key=lambda pull: (-_kinship(pull, first.pull), pull))
    job = Job(
        id=short_hash("others", incident.id, str(incident.episode)),
        registry=first.pull.image.registry,
        pulls=tuple(likeliest[:LONGEST_JOB]),
        cause=Cause(kind=CauseKind.RECHECK, at=services.now()),
    )
    await enqueue(services, [job])


async def _near(services: Services, incident: Incident, pull: Pull) -> AsyncIterator[Entry]:
    """Pulls that may share the subject: of the same image, workload or registry."""
    index, image, finding = services.store.index, pull.image, incident.finding
    if finding.code.startswith(OF_IMAGES):
        for entry in await index.of_repository(image.registry, image.repository):
            if entry.pull.image == image or finding.subject != str(image):
                yield entry
        return
    own = pull.workload.id.lower()
    is_own = bool(own) and own in finding.subject.lower()
    async for entry in index.of_registry(image.registry):
        if not is_own or entry.pull.workload.id.lower() == own:
            yield entry


def _kinship(one: Pull, other: Pull) -> int:
    """How much two workloads have in common: subscription, group, cluster, namespace."""
    parts = (pull.workload.id.lower().split("/") for pull in (one, other))
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*parts, strict=False)))
