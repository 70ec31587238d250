"""Revisions and executions: what Container Apps starts, and what it says of it."""

from collections.abc import Iterable, Iterator

from shared.compute.reading import flag, items, mapping, moment, number, text
from shared.compute.sources import Json
from shared.compute.uses import Use, names
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import PullState, WorkloadState
from shared.domain.images import ImageReference
from shared.domain.pulls import Standing, Workload

_DONE = frozenset({"Running", "Succeeded", "Processing"})


def images_of(template: Json) -> tuple[str, ...]:
    """The images of a template's containers and init containers."""
    containers = (*items(template, "initContainers"), *items(template, "containers"))
    return tuple(image for one in containers if (image := text(one, "image")))


def template_of(resource: Json) -> Json:
    """The template of an app, a job or a revision."""
    return mapping(resource, "properties", "template")


def uses_of_revision(workload: Workload, revision: Json, *, stopped: bool) -> Iterator[Use]:
    """A revision's images; an inactive one is what one would go back to."""
    standing = Standing.ROLLBACK
    if flag(revision, "properties", "active"):
        idle = stopped or not number(revision, "properties", "replicas")
        standing = Standing.IDLE if idle else Standing.ACTIVE
    for image in images_of(template_of(revision)):
        yield Use(workload, image, standing)


def with_image(revisions: Iterable[Json], image: ImageReference) -> tuple[Json, ...]:
    """The revisions with an image, active ones first, then the newest first."""
    found = [r for r in revisions if any(names(one, image) for one in images_of(template_of(r)))]
    found.sort(key=lambda one: text(one, "properties", "createdTime"), reverse=True)
    return tuple(sorted(found, key=lambda one: not flag(one, "properties", "active")))


def state_of(revisions: tuple[Json, ...]) -> WorkloadState:
    """
    The state of the revisions with an image: the first active one that complains counts.

    A revision without an error that is not healthy may have been pulled or not: it is pending.
    Raises CouldNotLookError where there is none.
    """
    if not revisions:
        raise CouldNotLookError("no revision has this image any more")
    states = [_state(one) for one in revisions]
    order = (PullState.FAILING, PullState.PENDING, PullState.RUNNING, PullState.STOPPED)
    return min(states, key=lambda state: order.index(state.state))


def error_of(revisions: tuple[Json, ...]) -> ReportedError | None:
    """The ``provisioningError`` of an active revision."""
    for one in revisions:
        error = text(one, "properties", "provisioningError")
        if error and flag(one, "properties", "active"):
            return ReportedError(
                error, f"revision {text(one, 'name')}", moment(one, "properties", "createdTime")
            )
    return None


def state_of_executions(executions: tuple[Json, ...]) -> WorkloadState:
    """
    The state of a job, from its newest execution.

    Raises:
        CouldNotLookError: it failed; Container Apps does not tell ARM why.

    """
    newest = max(executions, key=lambda one: text(one, "properties", "startTime"), default=None)
    if newest is None:
        return WorkloadState(state=PullState.STOPPED, reason="never ran")
    status, started = (
        text(newest, "properties", "status"),
        moment(newest, "properties", "startTime"),
    )
    if status not in _DONE:
        raise CouldNotLookError(
            f"the last execution is {status or 'of unknown status'}, and ARM does not tell why"
        )
    state = PullState.STOPPED if status == "Succeeded" else PullState.RUNNING
    return WorkloadState(state=state, reason=status, since=started)


def _state(revision: Json) -> WorkloadState:
    error = text(revision, "properties", "provisioningError")
    health = text(revision, "properties", "healthState")
    replicas = number(revision, "properties", "replicas")
    if not flag(revision, "properties", "active"):
        state, reason = PullState.STOPPED, "inactive"
    elif error:
        state, reason = PullState.FAILING, text(revision, "properties", "provisioningState")
    elif health == "Unhealthy":
        state, reason = PullState.PENDING, health
    elif replicas:
        state, reason = PullState.RUNNING, health
    else:
        state, reason = PullState.STOPPED, "scaled to zero"
    return WorkloadState(
        state=state,
        reason=reason,
        message=error,
        since=moment(revision, "properties", "createdTime"),
        instances=replicas,
        failing=1 if state is PullState.FAILING else 0,
    )
