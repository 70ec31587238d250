"""The estate in which each kind of image is deployed, several times on every compute platform."""

import json
from collections.abc import Iterator

from bench.needed import ABAC, HELD, HOME, KINDS, SHUT, SOFT, Json, Kind

REGISTRIES = (HOME, SOFT, HELD, SHUT, ABAC)
PULLER, NODES = "puller", "20.50.1.10"
REPLICAS = 3
"""Deployments of each image on the one cluster."""


def describe() -> str:
    """The estate as a file for `local.estates.load`."""
    estate: Json = {
        "subscriptions": [{"name": "main", "managementGroups": ["root"]}],
        "places": [{"name": "pullwatch", "egress": "198.51.100.20", "identity": "pullwatch"}],
        "identities": [{"name": "pullwatch"}, {"name": PULLER}],
        "roleAssignments": [*_roles()],
        "registries": [_registry(name) for name in REGISTRIES],
        "clusters": [_cluster()],
        "environments": [{"name": "apps", "outbound": ["20.80.4.41"]}],
        "containerApps": [_app(number, kind) for number, kind in enumerate(KINDS)],
        "webApps": [_site(number, kind) for number, kind in enumerate(KINDS)],
        "containerGroups": [_group(number, kind) for number, kind in enumerate(KINDS)],
    }
    return json.dumps(estate, indent=1)


def _roles() -> Iterator[Json]:
    for role in (
        "Reader",
        "Azure Kubernetes Service RBAC Reader",
        "Azure Kubernetes Service Cluster User Role",
    ):
        yield {"principal": "pullwatch", "role": role, "scope": "managementGroup/root"}
    for name in REGISTRIES:
        yield {"principal": PULLER, "role": "AcrPull", "scope": f"registry/{name}"}


def _registry(name: str) -> Json:
    special: dict[str, Json] = {
        SOFT: {"policies": {"softDelete": {"status": "Enabled", "days": 7}}},
        HELD: {"policies": {"quarantine": "Enabled"}},
        SHUT: {"firewall": {"defaultAction": "Deny", "allow": [NODES]}},
        ABAC: {"roleAssignmentMode": "AbacRepositoryPermissions"},
    }
    repositories = [
        {"name": kind.repository, "images": list(kind.images)}
        for kind in KINDS
        if kind.registry == name and kind.images
    ]
    return {"name": name, "sku": "Premium", "repositories": repositories, **special.get(name, {})}


def _cluster() -> Json:
    return {
        "name": "aks",
        "kubeletIdentity": PULLER,
        "outbound": [NODES],
        "pools": [{"count": 2}],
        "objects": [
            {"name": f"aks-{number}-{replica}", "image": kind.image}
            for number, kind in enumerate(KINDS)
            for replica in range(REPLICAS)
        ],
    }


def _signed_in(kind: Kind) -> Json:
    return {"server": f"{kind.registry}.azurecr.io", "identity": PULLER}


def _workload(name: str, kind: Kind) -> Json:
    return {"name": name, "image": kind.image, "identity": {"user": [PULLER]}}


def _app(number: int, kind: Kind) -> Json:
    about = {"environment": "apps", "registries": [_signed_in(kind)], "minReplicas": 1}
    return _workload(f"app-{number}", kind) | about


def _site(number: int, kind: Kind) -> Json:
    told = {"acrUseManagedIdentityCreds": True, "acrUserManagedIdentity": PULLER}
    return _workload(f"web-{number}", kind) | told | {"outbound": ["20.70.3.30"]}


def _group(number: int, kind: Kind) -> Json:
    return _workload(f"aci-{number}", kind) | {"credentials": [_signed_in(kind)]}
