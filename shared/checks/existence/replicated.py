"""Has an image that was just pushed come to every replica?"""

from collections.abc import Iterable
from datetime import timedelta

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.names import about_image, about_workload, listed
from shared.checks.told import insist_on_words, told
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked, ReportedError
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


@check("existence.replicated", NOT_YET, advisory=True)
def replicas_have_it(  # noqa: PLR0917 - each parameter is a fact
    asked: Asked,
    seen: ManifestAnswer,
    replications: Replications,
    state: ManifestState | Unavailable,
    workload: WorkloadState,
    reported: ReportedError | Unavailable,
) -> Iterable[Finding]:
    """A workload that was told "not found" was not told so by a replica that lags behind."""
    regions = [one.region for one in replications.replicas if one.endpoint_enabled]
    if len(regions) < 2:  # noqa: PLR2004 - one is no replica
        raise NotApplicableError("the registry has no replica")
    if not seen.answer.ok:
        raise NotApplicableError("the image itself is not there")
    texts = told(workload, reported)
    if not any(explain(text).cause in NOT_FOUND for text in texts):
        insist_on_words(workload, texts)
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


CHECKS = (replicas_have_it,)
