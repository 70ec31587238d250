"""What a compute platform itself says of a pull that fails, as the texts of one workload."""

from shared.checks.base import CannotTellError
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import PullState, WorkloadState
from shared.explain import CauseLabel, explain

PERSON = "the person who asked"
"""The source of a text that somebody typed: it may be from anywhere, and of any age."""


def insist_on_words(state: WorkloadState, texts: tuple[str, ...]) -> None:
    """Of a workload that fails, and of which no text tells a cause, nothing is ruled out.

    Raises:
        CannotTellError: the texts tell nothing.

    """
    if state.state is not PullState.FAILING:
        return
    read = [explain(text) for text in texts]
    if all(one.cause is CauseLabel.UNKNOWN and not one.candidates for one in read):
        raise CannotTellError("the workload fails, and its platform does not say why")


def told(
    state: WorkloadState | Unavailable, reported: ReportedError | Unavailable
) -> tuple[str, ...]:
    """The platform's own texts about a workload that fails to pull now, the newest first."""
    if isinstance(state, Unavailable) or state.state is not PullState.FAILING:
        return ()
    by_event = reported.text if isinstance(reported, ReportedError) else ""
    if isinstance(reported, ReportedError) and reported.source == PERSON:
        by_event = ""
    return tuple(text for text in (state.message, by_event) if text)
