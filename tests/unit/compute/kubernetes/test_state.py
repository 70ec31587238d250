"""What a cluster says of a pull."""

from datetime import UTC, datetime

import pytest

from shared.compute.kubernetes.objects import Pod
from shared.compute.kubernetes.state import (
    missing_secrets,
    reported_error,
    seen_of,
    workload_state,
)
from shared.domain.facts.workload import PullState
from shared.domain.images import parse_reference
from tests.unit.compute.kubernetes.objects import IMAGE, OLD, decoded, event, metadata, pod

WANTED = parse_reference(IMAGE)
DENIED = f'Failed to pull image "{IMAGE}": failed to authorize: 401 Unauthorized'
BACK_OFF = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{IMAGE}"'}


def test_one_failing_pod_makes_the_pull_fail() -> None:
    bad = pod("bad", IMAGE, waiting=BACK_OFF, phase="Pending")
    seen = seen_of([pod("good", IMAGE), bad], WANTED)
    found = workload_state(seen, [event("bad", "Failed", DENIED)], desired=True)
    assert found.state is PullState.FAILING
    assert (found.instances, found.failing) == (2, 1)
    assert found.reason == "ImagePullBackOff"
    assert found.since == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("reason", ["CrashLoopBackOff", "CreateContainerConfigError"])
def test_a_container_that_fails_after_its_pull_has_its_image(reason: str) -> None:
    seen = seen_of([pod("api", IMAGE, waiting={"reason": reason, "message": "no"})], WANTED)
    found = workload_state(seen, [], desired=True)
    assert (found.state, found.reason) == (PullState.RUNNING, reason)


def test_a_container_that_is_being_created_is_pending() -> None:
    creating = pod("api", IMAGE, waiting={"reason": "ContainerCreating"}, phase="Pending")
    found = workload_state(seen_of([creating], WANTED), [], desired=True)
    assert found.state is PullState.PENDING


def test_a_pod_without_a_node_is_pending_for_the_schedulers_reason() -> None:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/3 nodes are available",
    }
    lost = decoded(
        {
            "metadata": metadata("api"),
            "spec": {"containers": [{"name": "c", "image": IMAGE}]},
            "status": {"phase": "Pending", "conditions": [condition]},
        },
        Pod,
    )
    found = workload_state(seen_of([lost], WANTED), [], desired=True)
    assert (found.state, found.reason) == (PullState.PENDING, "Unschedulable")
    assert found.message == "0/3 nodes are available"


@pytest.mark.parametrize(
    ("desired", "state"), [(True, PullState.PENDING), (False, PullState.STOPPED)]
)
def test_without_pods_it_depends_on_whether_any_are_wanted(desired: bool, state: PullState) -> None:
    assert workload_state([], [], desired=desired).state is state


def test_containers_with_another_image_do_not_count() -> None:
    assert seen_of([pod("api", OLD, waiting=BACK_OFF)], WANTED) == ()


def test_the_error_is_the_newest_event_about_the_failing_pod() -> None:
    events = [
        event("bad", "Failed", DENIED + " (old)", minute=1),
        event("bad", "Failed", DENIED, minute=9),
        event("bad", "Failed", "Error: ImagePullBackOff", minute=10),
        event("other", "Failed", DENIED + " (other)", minute=11),
    ]
    found = reported_error(seen_of([pod("bad", IMAGE, waiting=BACK_OFF)], WANTED), events)
    assert found is not None
    assert found.text == DENIED
    assert found.source == "kubelet event"
    assert found.at == datetime(2026, 3, 1, 0, 9, tzinfo=UTC)


def test_without_events_the_container_may_tell_why() -> None:
    telling = {"reason": "ErrImagePull", "message": "rpc error: code = NotFound"}
    found = reported_error(seen_of([pod("bad", IMAGE, waiting=telling)], WANTED), [])
    assert found is not None
    assert found.text == "rpc error: code = NotFound"
    with_cause = {**BACK_OFF, "message": BACK_OFF["message"] + ": ErrImagePull: 401"}
    found = reported_error(seen_of([pod("bad", IMAGE, waiting=with_cause)], WANTED), [])
    assert found is not None
    assert found.text.endswith("401")


def test_a_mere_back_off_is_no_error_text() -> None:
    assert reported_error(seen_of([pod("bad", IMAGE, waiting=BACK_OFF)], WANTED), []) is None


def test_nothing_is_reported_of_a_pull_that_works() -> None:
    seen = seen_of([pod("good", IMAGE)], WANTED)
    assert reported_error(seen, [event("good", "Failed", DENIED)]) is None


def test_kubelet_tells_which_pull_secrets_are_missing() -> None:
    text = "Unable to retrieve some image pull secrets (acr, other); attempting to pull the image"
    events = [event("api", "FailedToRetrieveImagePullSecret", text)]
    assert missing_secrets([pod("api", IMAGE)], events) == {"acr", "other"}
    assert missing_secrets([pod("web", IMAGE)], events) == frozenset()
