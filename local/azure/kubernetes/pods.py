"""Pods of a cluster's workloads: spec as described, status as it is."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local.azure.arm.render.common import Json
from local.azure.kubernetes.running import Running
from local.azure.stamps import seconds
from local.azure.world import World
from local.estates.identity import stable_guid
from local.estates.kubernetes import Cluster, ClusterContainer, ClusterObject


@dataclass(frozen=True)
class Origin:
    """What the objects of one cluster are made from."""

    world: World
    cluster: Cluster
    running: Running


def suffix(*parts: str) -> str:
    """Five letters and digits that are always the same for the same parts."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:5]


def metadata(origin: Origin, each: ClusterObject, name: str, owner: Json | None = None) -> Json:
    """`metadata` of an object in the namespace of a workload."""
    made: Json = {
        "name": name,
        "namespace": each.namespace,
        "uid": stable_guid("uid", origin.cluster.id, each.namespace, each.kind, name),
        "resourceVersion": "1",
        "creationTimestamp": seconds(origin.world.clock.before_start(each.age)),
        "labels": {"app": each.name},
    }
    return made | ({"ownerReferences": [owner]} if owner else {})


def owner(kind: str, group: str, meta: Json) -> Json:
    """An owner reference to the controller of this metadata."""
    return {
        "apiVersion": group,
        "kind": kind,
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def spec(each: ClusterObject, containers: Sequence[ClusterContainer] | None = None) -> Json:
    """A pod's spec, as in the template of a controller."""
    made: Json = {
        "containers": _containers(each.containers if containers is None else containers),
        "serviceAccountName": each.service_account,
        "restartPolicy": "Never" if each.kind in {"Job", "CronJob"} else "Always",
    }
    if each.init_containers:
        made["initContainers"] = _containers(each.init_containers)
    if each.image_pull_secrets:
        made["imagePullSecrets"] = [{"name": name} for name in each.image_pull_secrets]
    if each.node_selector:
        made["nodeSelector"] = dict(each.node_selector)
    if each.tolerates:
        made["tolerations"] = [{"key": key, "operator": "Exists"} for key in each.tolerates]
    return made


def template(each: ClusterObject, containers: Sequence[ClusterContainer] | None = None) -> Json:
    """A pod template."""
    return {"metadata": {"labels": {"app": each.name}}, "spec": spec(each, containers)}


def pods(
    origin: Origin, each: ClusterObject, names: Sequence[str], by: Json | None
) -> Iterator[Json]:
    """The pods of a workload, all in the same state."""
    for number, name in enumerate(names):
        made = spec(each)
        made["nodeName"] = node_name(each.pool, number)
        if each.ephemeral_containers:
            made["ephemeralContainers"] = _containers(each.ephemeral_containers)
        meta = metadata(origin, each, name, by)
        yield {"metadata": meta, "spec": made, "status": _status(origin, each)}


def node_name(pool: str, number: int) -> str:
    """The name of a node of a pool."""
    return f"aks-{pool}-12345678-vmss{number:06d}"


def _containers(containers: Sequence[ClusterContainer]) -> list[Json]:
    return [
        {"name": one.name, "image": one.image, "imagePullPolicy": one.image_pull_policy}
        for one in containers
    ]


def _status(origin: Origin, each: ClusterObject) -> Json:
    stuck = _stuck(each)
    started = seconds(origin.world.clock.before_start(each.age))
    main = [_container_status(origin, each, one, stuck, started) for one in each.containers]
    status: Json = {
        "phase": "Pending" if stuck else "Running",
        "startTime": started,
        "containerStatuses": main,
        "conditions": [{"type": "Ready", "status": "False" if stuck else "True"}],
    }
    if each.init_containers:
        status["initContainerStatuses"] = [
            _container_status(origin, each, one, stuck, started) for one in each.init_containers
        ]
    return status


def _stuck(each: ClusterObject) -> str:
    """The container that waits; empty if none does."""
    if each.waiting is None:
        return ""
    return each.waiting.container or each.containers[0].name


def _container_status(
    origin: Origin, each: ClusterObject, one: ClusterContainer, stuck: str, started: str
) -> Json:
    is_stuck = bool(each.waiting) and one.name == stuck
    status: Json = {
        "name": one.name,
        "image": one.image,
        "imageID": "" if is_stuck else _image_id(origin, each, one),
        "ready": not is_stuck,
        "started": not is_stuck,
        "restartCount": 0,
        "state": {"running": {"startedAt": started}},
    }
    if is_stuck and each.waiting:
        waiting = {"reason": each.waiting.reason, "message": each.waiting.message}
        status["state"] = {"waiting": waiting}
    return status


def _image_id(origin: Origin, each: ClusterObject, one: ClusterContainer) -> str:
    """What the estate says runs, if it is of that repository; else what it started with."""
    found = origin.running.image_id(one.image)
    said = each.image_id
    is_meant = said and one.image.startswith(said.partition("@")[0])
    return said if is_meant else found
