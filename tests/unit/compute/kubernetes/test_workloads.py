"""Whose pods, which images, how they stand."""

from typing import Any

import pytest

from shared.compute.kubernetes.objects import Pod
from shared.compute.kubernetes.workloads import Workloads, uses_of, using
from shared.compute.uses import discovery
from shared.domain.images import parse_reference
from shared.domain.pulls import Standing
from tests.unit.compute.kubernetes.objects import (
    CLUSTER,
    DIGEST,
    IMAGE,
    OLD,
    controller,
    decoded,
    metadata,
    pod,
    template,
    workloads,
)


def pulls(found: Workloads) -> dict[tuple[str, str], Standing]:
    """Workload name and tag -> standing."""
    every = discovery(uses_of(found.members)).pulls
    return {(pull.workload.name, pull.image.tag): pull.standing for pull in every}


def test_a_pod_belongs_to_the_topmost_owner() -> None:
    found = workloads(
        pod("api-1-x", IMAGE, owner="ReplicaSet/api-1"),
        ReplicaSet=[
            controller("api-1", owner="Deployment/api", replicas=1, template=template(IMAGE))
        ],
        Deployment=[controller("api", replicas=1, template=template(IMAGE))],
    )
    (pull,) = discovery(uses_of(found.members)).pulls
    assert pull.workload.id == f"{CLUSTER}/namespaces/shop/deployment/api"
    assert pull.workload.name == "prod/shop/deployment/api"
    assert len(found.of(pull.workload.id.upper())) == 3


def test_a_pod_of_a_job_of_a_cronjob_belongs_to_the_cronjob() -> None:
    found = workloads(
        pod("night-1-x", IMAGE, owner="Job/night-1"),
        Job=[controller("night-1", owner="CronJob/night", template=template(IMAGE))],
        CronJob=[controller("night", jobTemplate={"spec": {"template": template(IMAGE)}})],
    )
    assert pulls(found) == {("prod/shop/cronjob/night", "v1"): Standing.ACTIVE}


def test_a_cronjob_between_runs_is_idle() -> None:
    night = controller("night", jobTemplate={"spec": {"template": template(IMAGE)}})
    assert pulls(workloads(CronJob=[night])) == {("prod/shop/cronjob/night", "v1"): Standing.IDLE}


def test_an_old_replica_set_is_what_one_would_roll_back_to() -> None:
    found = workloads(
        ReplicaSet=[
            controller("api-0", owner="Deployment/api", replicas=0, template=template(OLD)),
            controller("api-1", owner="Deployment/api", replicas=2, template=template(IMAGE)),
        ],
        Deployment=[controller("api", replicas=2, template=template(IMAGE))],
    )
    assert pulls(found) == {
        ("prod/shop/deployment/api", "v1"): Standing.ACTIVE,
        ("prod/shop/deployment/api", "v0"): Standing.ROLLBACK,
    }


def test_a_deployment_scaled_to_zero_is_idle_not_a_rollback() -> None:
    found = workloads(
        ReplicaSet=[
            controller("api-1", owner="Deployment/api", replicas=0, template=template(IMAGE))
        ],
        Deployment=[controller("api", replicas=0, template=template(IMAGE))],
    )
    assert pulls(found) == {("prod/shop/deployment/api", "v1"): Standing.IDLE}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "standing"),
    [
        ("Deployment", {}, {}, Standing.ACTIVE),
        ("StatefulSet", {"replicas": 0}, {}, Standing.IDLE),
        ("StatefulSet", {"replicas": 1}, {}, Standing.ACTIVE),
        ("ReplicaSet", {"replicas": 0}, {}, Standing.IDLE),
        ("DaemonSet", {}, {"desiredNumberScheduled": 0}, Standing.IDLE),
        ("DaemonSet", {}, {"desiredNumberScheduled": 3}, Standing.ACTIVE),
        ("Job", {}, {}, Standing.ACTIVE),
        ("Job", {"suspend": True}, {}, Standing.IDLE),
        ("Job", {"parallelism": 0}, {}, Standing.IDLE),
    ],
)
def test_how_a_controller_stands(
    kind: str, spec: dict[str, Any], status: dict[str, Any], standing: Standing
) -> None:
    one = controller("it", status=status, template=template(IMAGE), **spec)
    assert pulls(workloads(**{kind: [one]})) == {(f"prod/shop/{kind.lower()}/it", "v1"): standing}


@pytest.mark.parametrize("condition", ["Complete", "Failed"])
def test_a_finished_job_pulls_no_more(condition: str) -> None:
    done = {"conditions": [{"type": condition, "status": "True"}]}
    job = controller("once", status=done, template=template(IMAGE))
    assert (
        pulls(workloads(pod("once-x", IMAGE, owner="Job/once", phase="Succeeded"), Job=[job])) == {}
    )


def test_bare_pods_and_static_pods_are_their_own_workloads() -> None:
    found = workloads(pod("debug", IMAGE), pod("proxy-node1", IMAGE, owner="Node/node1"))
    assert {name for name, _ in pulls(found)} == {
        "prod/shop/pod/debug",
        "prod/shop/pod/proxy-node1",
    }


def test_an_owner_of_an_unknown_kind_is_the_workload() -> None:
    found = workloads(
        pod("api-1-x", IMAGE, owner="ReplicaSet/api-1"),
        ReplicaSet=[controller("api-1", owner="Rollout/api", replicas=1, template=template(IMAGE))],
    )
    assert pulls(found) == {("prod/shop/rollout/api", "v1"): Standing.ACTIVE}


def test_pods_whose_owner_cannot_be_told_are_not_given_a_wrong_name() -> None:
    orphan = pod("api-1-x", IMAGE, owner="ReplicaSet/api-1")
    assert pulls(workloads(orphan, ReplicaSet=None)) == {}


def test_init_and_ephemeral_containers_pull_too() -> None:
    init, debug = "contoso.azurecr.io/init:v1", "contoso.azurecr.io/debug:v1"
    one = pod(
        "api",
        IMAGE,
        initContainers=[{"name": "i", "image": init}],
        ephemeralContainers=[{"name": "e", "image": debug}],
    )
    images = {str(pull.image) for pull in discovery(uses_of(workloads(one).members)).pulls}
    assert images == {IMAGE, init, debug}


@pytest.mark.parametrize(
    ("image_id", "running"),
    [
        (f"contoso.azurecr.io/shop/api@{DIGEST}", DIGEST),
        (f"docker-pullable://contoso.azurecr.io/shop/api@{DIGEST}", DIGEST),
        (DIGEST, ""),
        ("", ""),
    ],
)
def test_the_running_digest_is_that_of_the_manifest_only(image_id: str, running: str) -> None:
    (pull,) = discovery(uses_of(workloads(pod("api", IMAGE, image_id=image_id)).members)).pulls
    assert pull.running == running


def test_a_pod_that_is_on_its_way_out_pulls_no_more() -> None:
    leaving = decoded(
        {
            "metadata": {**metadata("api"), "deletionTimestamp": "2026-03-01T00:00:00Z"},
            "spec": {"containers": [{"name": "c", "image": IMAGE}]},
        },
        Pod,
    )
    assert pulls(workloads(leaving)) == {}


def test_missing_and_null_parts_of_objects_are_empty() -> None:
    bare = decoded({"metadata": {"name": "x", "namespace": "shop", "ownerReferences": None}}, Pod)
    null = decoded({"metadata": {"name": "y"}, "spec": {"containers": None}}, Pod)
    assert pulls(workloads(bare, null)) == {}


def test_the_members_with_an_image_are_told_apart_however_the_image_is_written() -> None:
    found = workloads(pod("a", "contoso.azurecr.io/shop/api"), pod("b", IMAGE))
    latest = parse_reference("contoso.azurecr.io/shop/api:latest")
    assert [m.workload.name for m in using(found.members, latest)] == ["prod/shop/pod/a"]


def test_owners_that_own_each_other_do_not_go_round_for_ever() -> None:
    found = workloads(
        pod("a-x", IMAGE, owner="ReplicaSet/a"),
        ReplicaSet=[
            controller("a", owner="ReplicaSet/b", replicas=1, template=template(IMAGE)),
            controller("b", owner="ReplicaSet/a", replicas=1, template=template(IMAGE)),
            controller("self", owner="ReplicaSet/self", replicas=1, template=template(IMAGE)),
        ],
    )
    assert len({pull.workload.id for pull in discovery(uses_of(found.members)).pulls}) == 3
