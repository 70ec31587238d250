"""What a cluster says of a pull right now: container states and events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec import Struct

from shared.compute.kubernetes.objects import ContainerStatus, Event, Pod
from shared.compute.uses import names
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import PullState, WorkloadState
from shared.domain.images import ImageReference

PULL_TROUBLES = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""Reasons of kubelet's image manager (kubernetes pkg/kubelet/images/types.go)."""
_BEFORE_PULL = frozenset({"ContainerCreating", "PodInitializing", ""})
_BACK_OFF = "Back-off pulling image"
_FAILED_PULL = ("Failed to pull image", "Failed to inspect image", "Failed to apply default image")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Seen(Struct, frozen=True):
    """One container of one pod, as far as its image is concerned."""

    state: PullState
    pod: Pod
    reason: str = ""
    message: str = ""


def seen_of(pods: Iterable[Pod], image: ImageReference) -> tuple[Seen, ...]:
    """Every container that runs an image."""
    return tuple(seen for pod in pods for seen in _in_pod(pod, image))


def workload_state(
    seen: Iterable[Seen], events: Iterable[Event], *, desired: bool
) -> WorkloadState:
    """
    The state of a pull: failing where any pod fails to pull.

    ``desired`` is whether pods are wanted; without any, the workload is then pending.
    """
    seen, events = tuple(seen), tuple(events)
    failing = [one for one in seen if one.state is PullState.FAILING]
    for state in (PullState.FAILING, PullState.RUNNING, PullState.PENDING):
        if here := [one for one in seen if one.state is state]:
            worst = next((one for one in here if one.message), here[0])
            return WorkloadState(
                state=state,
                reason=worst.reason,
                message=worst.message,
                since=_since(worst, events),
                instances=len(seen),
                failing=len(failing),
            )
    return WorkloadState(state=PullState.PENDING if desired else PullState.STOPPED)


def reported_error(seen: Iterable[Seen], events: Iterable[Event]) -> ReportedError | None:
    """
    The live error text of a failing pull: the newest event about the pods, else what their
    containers wait for. A mere "back-off" does not say why.
    """
    failing = [one for one in seen if one.state is PullState.FAILING]
    told = [event for one in failing for event in about(one.pod, events) if is_failed_pull(event)]
    if told:
        newest = max(told, key=lambda event: event.last or _EARLIEST)
        return ReportedError(newest.message or "", "kubelet event", newest.last)
    texts = [one.message for one in failing if one.message]
    telling = [text for text in texts if not _is_mere_back_off(text)]
    return ReportedError(telling[0], "container status") if telling else None


def is_failed_pull(event: Event) -> bool:
    """Whether an event tells why a pull failed."""
    return event.reason in {"Failed", "InspectFailed"} and (event.message or "").startswith(
        _FAILED_PULL
    )


def missing_secrets(pods: Iterable[Pod], events: Iterable[Event]) -> frozenset[str]:
    """
    Names of pull secrets that kubelet could not retrieve, from its events
    (``Unable to retrieve some image pull secrets (a, b); ...``).
    """
    told = (
        event.message or ""
        for pod in pods
        for event in about(pod, events)
        if event.reason == "FailedToRetrieveImagePullSecret"
    )
    listed = (text.partition("(")[2].partition(")")[0] for text in told)
    return frozenset(name.strip() for names in listed for name in names.split(",") if name.strip())


def about(pod: Pod, events: Iterable[Event]) -> Iterator[Event]:
    """The events about a pod."""
    for event in events:
        who = event.involved_object
        if (who.namespace, who.name) == (pod.metadata.namespace, pod.metadata.name):
            yield event


def _in_pod(pod: Pod, image: ImageReference) -> Iterator[Seen]:
    statuses = {status.name: status for status in pod.status.all_containers}
    for container in pod.spec.all_containers:
        if not names(container.image or "", image):
            continue
        status = statuses.get(container.name)
        yield _unstarted(pod) if status is None else _started(pod, status)


def _unstarted(pod: Pod) -> Seen:
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            return Seen(PullState.PENDING, pod, condition.reason, condition.message)
    return Seen(PullState.PENDING, pod, pod.status.phase)


def _started(pod: Pod, status: ContainerStatus) -> Seen:
    waiting = status.state.waiting if status.state else None
    if waiting is None:
        state = PullState.RUNNING if status.state else PullState.PENDING
        return Seen(state, pod)
    if waiting.reason in PULL_TROUBLES:
        return Seen(PullState.FAILING, pod, waiting.reason, waiting.message)
    if waiting.reason in _BEFORE_PULL and not status.image_id:
        return Seen(PullState.PENDING, pod, waiting.reason, waiting.message)
    # a container that crashes or cannot be made has its image
    return Seen(PullState.RUNNING, pod, waiting.reason, waiting.message)


def _since(one: Seen, events: Iterable[Event]) -> datetime | None:
    if one.state is PullState.FAILING:
        told = [event.first for event in about(one.pod, events) if is_failed_pull(event)]
        known = [moment for moment in told if moment is not None]
        if known:
            return min(known)
    return one.pod.status.start_time


def _is_mere_back_off(text: str) -> bool:
    return text.startswith(_BACK_OFF) and ": " not in text.removeprefix(_BACK_OFF)
