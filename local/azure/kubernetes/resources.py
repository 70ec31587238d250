"""Which API resources there are, and how discovery tells of them."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from local.azure.arm.render.common import Json
from local.azure.kubernetes.errors import missing


class Resource(NamedTuple):
    """An API resource: kind, whether namespaced, name in Azure's data actions, short name."""

    kind: str
    namespaced: bool
    action: str
    short: str


_CORE: Final = {
    "pods": Resource("Pod", True, "pods", "po"),
    "events": Resource("Event", True, "events", "ev"),
    "secrets": Resource("Secret", True, "secrets", ""),
    "serviceaccounts": Resource("ServiceAccount", True, "serviceaccounts", "sa"),
    "namespaces": Resource("Namespace", False, "namespaces", "ns"),
    "nodes": Resource("Node", False, "nodes", "no"),
}
_APPS: Final = {
    "deployments": Resource("Deployment", True, "apps/deployments", "deploy"),
    "replicasets": Resource("ReplicaSet", True, "apps/replicasets", "rs"),
    "daemonsets": Resource("DaemonSet", True, "apps/daemonsets", "ds"),
    "statefulsets": Resource("StatefulSet", True, "apps/statefulsets", "sts"),
}
_BATCH: Final = {
    "jobs": Resource("Job", True, "batch/jobs", ""),
    "cronjobs": Resource("CronJob", True, "batch/cronjobs", "cj"),
}
GROUPS: Final[Mapping[str, Mapping[str, Resource]]] = {
    "v1": _CORE,
    "apps/v1": _APPS,
    "batch/v1": _BATCH,
}
"""`group/version` as in `apiVersion` -> its resources."""


def known(group: str, resource: str) -> Resource:
    """A resource by group and plural name. Raises StatusError 404."""
    found = GROUPS[group].get(resource)
    if found is None:
        raise missing()
    return found


def groups() -> Json:
    """What `/apis` answers."""
    shown = []
    for group in GROUPS:
        name, _, version = group.rpartition("/")
        if name:
            one = {"groupVersion": group, "version": version}
            shown.append({"name": name, "versions": [one], "preferredVersion": one})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": shown}


def listing(group: str) -> Json:
    """What `/api/v1` or `/apis/{group}/{version}` answers."""
    resources = [
        {
            "name": name,
            "singularName": one.kind.lower(),
            "namespaced": one.namespaced,
            "kind": one.kind,
            "verbs": ["get", "list"],
            "shortNames": [one.short] if one.short else [],
        }
        for name, one in GROUPS[group].items()
    ]
    kind = {"kind": "APIResourceList", "apiVersion": "v1"}
    return {**kind, "groupVersion": group, "resources": resources}
