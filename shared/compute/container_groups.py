"""
A container group as ARM tells (Microsoft.ContainerInstance/containerGroups, ``properties``).

``instanceView`` is there only when one group is read, not in lists.
"""

from msgspec.structs import replace

from shared.compute.identity import anonymous, host_of, identities_of, managed_identity, named_user
from shared.compute.reading import items, mapping, moment, text
from shared.compute.sources import Json
from shared.compute.uses import names
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import (
    PullIdentity,
    PullState,
    RegistryCredential,
    WorkloadState,
)
from shared.domain.images import ImageReference

CREDENTIALS = "imageRegistryCredentials"
_SYSTEM = ("system", "[system]")
"""How people name a system-assigned identity, as Container Apps and the command line take it."""
_OVER = frozenset({"Stopped", "Succeeded", "Failed"})


def containers_of(group: Json) -> tuple[Json, ...]:
    """Init containers, then containers."""
    return (
        *items(group, "properties", "initContainers"),
        *items(group, "properties", "containers"),
    )


def images_of(group: Json) -> tuple[str, ...]:
    """The images of all containers."""
    return tuple(image for one in containers_of(group) if (image := _image(one)))


def is_over(group: Json) -> bool:
    """Whether the group runs no more, so that only its next start pulls."""
    return text(group, "properties", "instanceView", "state") in _OVER


def puller(group: Json, server: str) -> PullIdentity:
    """
    The identity, user or nobody that ``imageRegistryCredentials`` names for a server.

    Only user-assigned identities can pull: a system-assigned one is not known before the group is.
    """
    identities, entry = identities_of(group), _entry(group, server)
    others = {name: one for name, one in identities.principals().items() if one}
    if entry is not None and text(entry, "identity"):
        named = text(entry, "identity")
        own = named.lower() in _SYSTEM
        return managed_identity(
            identities, "" if own else named, where=f"{CREDENTIALS}.identity", audience=None
        )
    if entry is not None and text(entry, "username"):
        found = named_user(text(entry, "username"), server, where=f"{CREDENTIALS}.username")
        return replace(found, related=others)
    return anonymous(where=CREDENTIALS, related=others)


def credential(group: Json, server: str) -> RegistryCredential:
    """How the group logs in; passwords are never shown."""
    entry, wanted = _entry(group, server), f"{CREDENTIALS}.identity"
    if entry is None:
        return RegistryCredential(configured=False, wanted=wanted)
    if text(entry, "identity"):
        return RegistryCredential(configured=True)
    user = text(entry, "username")
    return RegistryCredential(configured=bool(user), username=user, wanted=wanted)


def subnets(group: Json) -> tuple[str, ...]:
    """The ids of the group's subnets, none for a group with a public address."""
    return tuple(text(one, "id") for one in items(group, "properties", "subnetIds"))


def state_of(group: Json, image: ImageReference) -> WorkloadState:
    """
    The state of an image's containers: failing while one waits after a failed pull.

    Raises:
        CouldNotLookError: none has the image, or ARM shows no state.

    """
    views = [_view(one) for one in containers_of(group) if names(_image(one), image)]
    if not views:
        raise CouldNotLookError("no container of the group has this image any more")
    states = [_state(view) for view in views]
    order = (PullState.FAILING, PullState.RUNNING, PullState.PENDING)
    worst = min(states, key=lambda state: order.index(state.state))
    if is_over(group) and worst.state is not PullState.FAILING:
        over = text(group, "properties", "instanceView", "state")
        return WorkloadState(state=PullState.STOPPED, reason=over, instances=len(views))
    failing = sum(state.state is PullState.FAILING for state in states)
    return replace(worst, instances=len(views), failing=failing)


def error_of(group: Json, image: ImageReference) -> ReportedError | None:
    """The last failed pull of an image, as an event of its container tells."""
    for one in containers_of(group):
        failed = _failed_pull(_view(one)) if names(_image(one), image) else None
        if failed is not None:
            return ReportedError(
                text(failed, "message"), "container group event", moment(failed, "lastTimestamp")
            )
    return None


def _entry(group: Json, server: str) -> Json | None:
    entries = items(group, "properties", CREDENTIALS)
    return next((one for one in entries if host_of(text(one, "server")) == server), None)


def _image(container: Json) -> str:
    return text(container, "properties", "image")


def _view(container: Json) -> Json:
    return mapping(container, "properties", "instanceView")


def _state(view: Json) -> WorkloadState:
    current = mapping(view, "currentState")
    failed = _failed_pull(view)
    if failed is not None:
        return WorkloadState(
            state=PullState.FAILING,
            reason=text(current, "detailStatus") or text(failed, "name"),
            message=text(failed, "message"),
            since=moment(failed, "firstTimestamp"),
        )
    match text(current, "state"):
        case "Running" | "Terminated":
            state = PullState.RUNNING
        case "Waiting":
            state = PullState.PENDING
        case other:
            raise CouldNotLookError(f"ARM shows no state of the container ({other or 'none'})")
    reason, since = text(current, "detailStatus"), moment(current, "startTime")
    return WorkloadState(state=state, reason=reason, since=since)


def _failed_pull(view: Json) -> Json | None:
    """The newest failed pull, unless a later pull or start went well."""
    events = items(view, "events")
    told = sorted(events, key=lambda event: text(event, "lastTimestamp"))
    failed = None
    for event in told:
        if text(event, "name") in {"Pulled", "Started"}:
            failed = None
        elif text(event, "name") == "Failed" and "pull" in text(event, "message").lower():
            failed = event
    return failed
