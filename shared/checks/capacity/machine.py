"""Can the machine that pulls take the image?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import check
from shared.checks.names import about_image, about_workload
from shared.checks.told import insist_on_words, told
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked, ReportedError
from shared.domain.facts.workload import WorkloadState
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.pulls import Compute
from shared.domain.text import plain
from shared.explain import CauseLabel, explain

QPS = "pull qps exceeded"
"""What the kubelet says of its own limit (kubernetes pkg/kubelet/images)."""


NODE_DISK = Problem(
    code="CAPACITY_NODE_DISK_FULL",
    outcome=Outcome.FAIL,
    title="A machine that pulls {image} for {workload} has no room left on its disk",
    explanation="The layers are fetched and cannot be unpacked. Nothing is wrong with the "
    "registry. The platform says: {text}",
    fix=("{free}", "Use machines with larger disks, or a smaller image"),
    link=links.NODE_DISK,
    confidence=Confidence.LIKELY,
)


PULL_QPS = Problem(
    code="CAPACITY_KUBELET_PULL_QPS",
    outcome=Outcome.FAIL,
    title="A node holds back the pull of {image} for {workload}: too many at once",
    explanation="The kubelet limits its own pulls (registryPullQPS 5, registryBurst 10). It asks "
    "again by itself; if it lasts, more pods start on the node than it can fetch for.",
    fix=(
        "Wait; spread the starts over nodes and time",
        "Let nodes pull in parallel, and keep images: imagePullPolicy IfNotPresent",
    ),
    link=links.KUBELET,
    confidence=Confidence.LIKELY,
)


@check("capacity.node", NODE_DISK, PULL_QPS, advisory=True)
def machine_can_pull(
    asked: Asked, state: WorkloadState, reported: ReportedError | Unavailable
) -> Iterable[Finding]:
    """The platform does not report that the machine itself cannot take the image."""
    texts = told(state, reported)
    for text in texts:
        problem = _on_machine(text)
        if problem:
            yield problem.found(
                subject=asked.pull.workload.id,
                text=plain(text, 300),
                free=_free(asked),
                **about_image(asked.pull.image),
                **about_workload(asked.pull),
            )
            return
    insist_on_words(state, texts)


def _on_machine(text: str) -> Problem | None:
    if QPS in text.lower():
        return PULL_QPS
    return NODE_DISK if explain(text).cause is CauseLabel.DISK_FULL_NODE else None


def _free(asked: Asked) -> str:
    if asked.pull.workload.compute is Compute.AKS:
        return "kubectl describe nodes | grep -E '^Name:|DiskPressure'"
    return f"Free or enlarge the disk where {asked.pull.workload.name} runs"


CHECKS = (machine_can_pull,)
