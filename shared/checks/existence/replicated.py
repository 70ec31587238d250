"""Has an image that was just pushed come to every replica?"""

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_image, about_workload, listed
from shared.checks.told import PERSON, insist_on_words, told
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked, Remembered, ReportedError
from shared.domain.facts.registry import ManifestAnswer, ManifestState, Replications
from shared.domain.facts.workload import WorkloadState
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.explain import CauseLabel, explain

LAG = timedelta(minutes=15)
"""For so long after a push a replica may not have it; replication is eventually consistent."""
NOT_FOUND = frozenset(
    {
        CauseLabel.NOT_FOUND_TAG,
        CauseLabel.NOT_FOUND_MANIFEST,
        CauseLabel.NOT_FOUND_REPOSITORY,
    }
)

NOT_YET = Problem(
    code="EXISTENCE_NOT_YET_REPLICATED",
    outcome=Outcome.WARN,
    title="{image} has not come to every replica of {login_server} yet",
    explanation="It was pushed {minutes} minutes ago and is there, but {workload} was told 'not "
    "found': replicas in {regions} get it with a delay.",
    fix=(
        "Wait a few minutes; then restart what still fails",
        "az acr replication list --registry {registry} --output table",
    ),
    link=links.REPLICATION,
    confidence=Confidence.LIKELY,
)


def perhaps_late(
    finding: Finding, replications: Replications | Unavailable, memory: Remembered | Unavailable
) -> Finding:
    """A finding that something is missing, less sure where a replica may just not have it yet.

    The monitor is routed to one replica, and it may be any. What was seen there before is not late.
    """
    if isinstance(replications, Unavailable):
        return finding
    if isinstance(memory, Remembered) and (memory.last_seen or memory.deleted_at):
        return finding
    regions = _serving(replications)
    if len(regions) < 2:  # noqa: PLR2004 - one is no replica
        return finding
    late = (
        f"It was never seen there before: if it was pushed minutes ago, the replica that was asked "
        f"may not have it yet (there are some in {listed(regions)}). "
    )
    explained = f"{finding.explanation.rstrip()} {late}".rstrip()
    return replace(finding, explanation=explained, confidence=Confidence.LIKELY)


def _serving(replications: Replications) -> list[str]:
    return [one.region for one in replications.replicas if one.endpoint_enabled]


@check("existence.replicated", NOT_YET, advisory=True)
def replicas_have_it(  # noqa: PLR0917 - each parameter is a fact
    asked: Asked,
    seen: ManifestAnswer,
    replications: Replications,
    state: ManifestState | Unavailable,
    workload: WorkloadState | Unavailable,
    reported: ReportedError | Unavailable,
) -> Iterable[Finding]:
    """A workload that was told "not found" was not told so by a replica that lags behind."""
    regions = _serving(replications)
    if len(regions) < 2:  # noqa: PLR2004 - one is no replica
        raise NotApplicableError("the registry has no replica")
    if not seen.answer.ok:
        raise NotApplicableError("the image itself is not there")
    texts = (*told(workload, reported), *_of_a_person(reported))
    if not any(explain(text).cause in NOT_FOUND for text in texts):
        insist_on_words(known(workload), texts)
        return
    pushed = known(state).updated
    if pushed is not None and timedelta() <= asked.at - pushed < LAG:
        yield NOT_YET.found(
            subject=str(asked.pull.image),
            minutes=str(int((asked.at - pushed).total_seconds() // 60)),
            regions=listed(regions),
            **about_image(asked.pull.image),
            **about_workload(asked.pull),
        )


def _of_a_person(reported: ReportedError | Unavailable) -> tuple[str, ...]:
    """What somebody typed counts as well: of an image that is minutes old it is no old text."""
    if isinstance(reported, Unavailable) or reported.source != PERSON:
        return ()
    return (reported.text,)


CHECKS = (replicas_have_it,)
