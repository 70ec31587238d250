"""Everything in a cluster, by API resource: workloads with their pods, accounts, secrets, nodes."""

import base64
import json
from collections.abc import Iterator, Mapping
from itertools import chain

from local.azure.arm.render.common import Json
from local.azure.kubernetes.pods import (
    Origin,
    metadata,
    node_name,
    owner,
    pods,
    suffix,
    template,
)
from local.azure.stamps import seconds
from local.estates.identity import stable_guid
from local.estates.kubernetes import ClusterContainer, ClusterObject, NodePool, PullSecret

type Objects = Mapping[str, list[Json]]
# Resource in the plural (`pods`) -> its objects.


def objects(origin: Origin) -> Objects:
    """All objects of a cluster."""
    found: dict[str, list[Json]] = {name: [] for name in _EMPTY}
    for each in origin.cluster.objects:
        for resource, made in _workload(origin, each):
            found[resource].append(made)
    found["secrets"] = [_secret(one) for one in origin.cluster.secrets]
    found["nodes"] = list(chain.from_iterable(_nodes(origin, p) for p in origin.cluster.pools))
    names = {"default", "kube-system", *(each.namespace for each in origin.cluster.objects)}
    found["namespaces"] = [_namespace(name) for name in sorted(names)]
    found["serviceaccounts"] = list(_accounts(origin, names))
    return found


_EMPTY = (
    *("pods", "events", "deployments", "replicasets", "daemonsets", "statefulsets"),
    *("jobs", "cronjobs"),
)
_GROUPS = {
    **dict.fromkeys(("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"), "apps/v1"),
    **dict.fromkeys(("Job", "CronJob"), "batch/v1"),
}


def _workload(origin: Origin, each: ClusterObject) -> Iterator[tuple[str, Json]]:
    meta = metadata(origin, each, each.name)
    made = list(_pods(origin, each, meta))
    if each.kind != "Pod":
        yield f"{each.kind.lower()}s", {"metadata": meta, **_controller(each)}
    if each.kind == "Deployment":
        yield from (("replicasets", one) for one in _replica_sets(origin, each, meta))
    yield from (("pods", pod) for pod in made)
    about = ("Pod", "v1", made[0]["metadata"]) if made else (each.kind, _GROUPS[each.kind], meta)
    yield from (("events", one) for one in _events(origin, each, *about))


def _pods(origin: Origin, each: ClusterObject, meta: Json) -> Iterator[Json]:
    match each.kind:
        case "Deployment":
            replica_set = metadata(origin, each, _set_name(each))
            by = owner("ReplicaSet", "apps/v1", replica_set)
            names = [f"{_set_name(each)}-{suffix(each.name, str(n))}" for n in range(each.replicas)]
        case "StatefulSet":
            by = owner(each.kind, "apps/v1", meta)
            names = [f"{each.name}-{number}" for number in range(each.replicas)]
        case "Pod":
            yield from pods(origin, each, [each.name], None)
            return
        case "CronJob":
            return
        case _:
            by = owner(each.kind, _GROUPS[each.kind], meta)
            names = [f"{each.name}-{suffix(each.name, str(n))}" for n in range(each.replicas)]
    yield from pods(origin, each, names, by)


def _controller(each: ClusterObject) -> Json:
    if each.kind == "CronJob":
        job = {"spec": {"template": template(each)}}
        wanted = {"schedule": each.schedule, "suspend": each.suspend, "jobTemplate": job}
        return {"spec": wanted, "status": {}}
    selector = {"matchLabels": {"app": each.name}}
    ready = 0 if each.waiting else each.replicas
    made: Json = {"template": template(each), "selector": selector}
    if each.kind == "Job":
        return {"spec": made | {"parallelism": each.replicas}, "status": {"active": each.replicas}}
    if each.kind == "DaemonSet":
        return {"spec": made, "status": {"desiredNumberScheduled": each.replicas}}
    status = {"replicas": each.replicas, "readyReplicas": ready}
    return {"spec": made | {"replicas": each.replicas}, "status": status}


def _set_name(each: ClusterObject) -> str:
    return f"{each.name}-{suffix(each.namespace, each.name, 'current') * 2}"


def _replica_sets(origin: Origin, each: ClusterObject, meta: Json) -> Iterator[Json]:
    by = owner("Deployment", "apps/v1", meta)
    newest = max((old.revision for old in each.old_replica_sets), default=0) + 1
    yield {
        "metadata": metadata(origin, each, _set_name(each), by) | _revision(newest),
        "spec": {"replicas": each.replicas, "template": template(each)},
        "status": {"replicas": each.replicas},
    }
    for old in each.old_replica_sets:
        name = f"{each.name}-{suffix(each.name, str(old.revision)) * 2}"
        meta = metadata(origin, each, name, by) | _revision(old.revision)
        meta["creationTimestamp"] = seconds(origin.world.clock.before_start(old.age))
        containers = [ClusterContainer(name=each.name, image=old.image)]
        yield {
            "metadata": meta,
            "spec": {"replicas": 0, "template": template(each, containers)},
            "status": {"replicas": 0},
        }


def _revision(number: int) -> Json:
    return {"annotations": {"deployment.kubernetes.io/revision": str(number)}}


def _events(
    origin: Origin, each: ClusterObject, kind: str, group: str, meta: Json
) -> Iterator[Json]:
    for number, event in enumerate(each.events):
        moment = seconds(origin.world.clock.before_start(event.age))
        about = {"kind": kind, "apiVersion": group, "name": meta["name"], "uid": meta["uid"]}
        yield {
            "metadata": metadata(
                origin, each, f"{meta['name']}.{suffix(event.message, str(number))}"
            ),
            "involvedObject": about | {"namespace": each.namespace},
            "reason": event.reason,
            "message": event.message,
            "type": event.type,
            "count": event.count,
            "firstTimestamp": moment,
            "lastTimestamp": moment,
            "source": {"component": "kubelet"},
            "reportingComponent": "kubelet",
        }


def _secret(one: PullSecret) -> Json:
    login = base64.b64encode(f"{one.username}:{one.password}".encode()).decode()
    entry = {"username": one.username, "password": one.password, "auth": login}
    config = json.dumps({"auths": {one.server: entry}}).encode()
    if one.malformed:
        config = config[:-2]
    return {
        "metadata": {"name": one.name, "namespace": one.namespace, "resourceVersion": "1"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(config).decode()},
    }


def _accounts(origin: Origin, namespaces: set[str]) -> Iterator[Json]:
    described = {(one.namespace, one.name): one for one in origin.cluster.service_accounts}
    implied = {(namespace, "default") for namespace in namespaces}
    used = {(each.namespace, each.service_account) for each in origin.cluster.objects}
    for namespace, name in sorted(described.keys() | implied | used):
        one = described.get((namespace, name))
        meta: Json = {"name": name, "namespace": namespace, "resourceVersion": "1"}
        made: Json = {"metadata": meta}
        if one is not None:
            meta["annotations"] = dict(one.annotations)
            made["imagePullSecrets"] = [{"name": secret} for secret in one.image_pull_secrets]
        yield made


def _namespace(name: str) -> Json:
    return {"metadata": {"name": name, "resourceVersion": "1"}, "status": {"phase": "Active"}}


def _nodes(origin: Origin, pool: NodePool) -> Iterator[Json]:
    labels = {
        "kubernetes.io/os": pool.os.lower(),
        "kubernetes.io/arch": pool.arch,
        "kubernetes.azure.com/agentpool": pool.name,
        "agentpool": pool.name,
        "topology.kubernetes.io/region": origin.cluster.location,
        **pool.labels,
    }
    info = {
        "operatingSystem": pool.os.lower(),
        "architecture": pool.arch,
        "kubeletVersion": f"v{origin.cluster.kubernetes_version}",
        "containerRuntimeVersion": "containerd://1.7.28-1",
        "osImage": "Ubuntu 22.04.5 LTS" if pool.os == "Linux" else "Windows Server 2022 Datacenter",
        "kernelVersion": "5.15.0-1096-azure" if pool.os == "Linux" else "10.0.20348.2700",
    }
    for number in range(pool.count):
        name = node_name(pool.name, number)
        uid = stable_guid("node", origin.cluster.id, name)
        yield {
            "metadata": {"name": name, "uid": uid, "labels": labels, "resourceVersion": "1"},
            "spec": {},
            "status": {"nodeInfo": info, "conditions": [{"type": "Ready", "status": "True"}]},
        }
