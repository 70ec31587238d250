"""Kubernetes objects for tests, as the API server writes them."""

from typing import Any

import msgspec

from shared.compute.kubernetes.objects import Controller, Event, Pod, Secret, ServiceAccount
from shared.compute.kubernetes.workloads import Contents, Workloads

CLUSTER = (
    "/subscriptions/s1/resourceGroups/shop/providers/Microsoft.ContainerService"
    "/managedClusters/prod"
)
IMAGE = "contoso.azurecr.io/shop/api:v1"
OLD = "contoso.azurecr.io/shop/api:v0"
DIGEST = "sha256:" + "a" * 64


def metadata(name: str, owner: str = "", namespace: str = "shop") -> dict[str, Any]:
    """Metadata; ``owner`` is such as ``ReplicaSet/api-1``."""
    kind, _, owned_by = owner.partition("/")
    owners = [{"kind": kind, "name": owned_by, "controller": True, "uid": "u", "apiVersion": "v1"}]
    found: dict[str, Any] = {"name": name, "namespace": namespace, "uid": f"uid-{name}"}
    return found | ({"ownerReferences": owners} if owner else {})


def containers(*images: str) -> list[dict[str, str]]:
    """Containers c0, c1..."""
    return [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]


def template(*images: str, **spec: Any) -> dict[str, Any]:
    """A template for pods."""
    return {"metadata": {}, "spec": {"containers": containers(*images), **spec}}


def controller(name: str, *, owner: str = "", status: Any = None, **spec: Any) -> Controller:
    """A Deployment or the like."""
    document = {"metadata": metadata(name, owner), "spec": spec, "status": status or {}}
    return decoded(document, Controller)


def pod(
    name: str,
    *images: str,
    owner: str = "",
    phase: str = "Running",
    waiting: dict[str, str] | None = None,
    image_id: str = "",
    **spec: Any,
) -> Pod:
    """A pod whose containers all have one state."""
    state = {"waiting": waiting} if waiting else {"running": {"startedAt": "2026-03-01T00:00:00Z"}}
    statuses = [
        {"name": f"c{number}", "image": image, "imageID": image_id, "state": state}
        for number, image in enumerate(images)
    ]
    document = {
        "metadata": metadata(name, owner),
        "spec": {"containers": containers(*images), **spec},
        "status": {
            "phase": phase,
            "startTime": "2026-03-01T00:00:00Z",
            "containerStatuses": statuses,
        },
    }
    return decoded(document, Pod)


def event(about: str, reason: str, message: str, minute: int = 0) -> Event:
    """A warning about a pod of the namespace shop."""
    document = {
        "metadata": metadata(f"{about}.17"),
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": about},
        "reason": reason,
        "message": message,
        "type": "Warning",
        "firstTimestamp": "2026-03-01T00:00:00Z",
        "lastTimestamp": f"2026-03-01T00:{minute:02}:00Z",
    }
    return decoded(document, Event)


def account(name: str, *secrets: str, **annotations: str) -> ServiceAccount:
    """A service account."""
    document = {
        "metadata": {**metadata(name), "annotations": annotations},
        "imagePullSecrets": [{"name": secret} for secret in secrets],
    }
    return decoded(document, ServiceAccount)


def secret(**data: str) -> Secret:
    """A secret; names have ``_`` for the leading dot."""
    return decoded({"data": {k.replace("_", "."): v for k, v in data.items()}}, Secret)


def workloads(*pods: Pod, **controllers: list[Controller] | None) -> Workloads:
    """A cluster with these pods and controllers by kind; None is a kind that cannot be listed."""
    kinds = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")
    every = {kind: controllers.get(kind, []) for kind in kinds}
    listed = {kind: tuple(some) for kind, some in every.items() if some is not None}
    return Workloads(CLUSTER, "prod", Contents(listed, pods))


def decoded[T](document: Any, kind: type[T]) -> T:
    """Go over the wire."""
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)
