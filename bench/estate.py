"""Estates of any size for measuring: healthy ones, so that what is measured is the looking."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PULLER = "puller"
REGISTRY_ROLES = ("Reader", "Azure Kubernetes Service RBAC Reader")
CLUSTER_USER = "Azure Kubernetes Service Cluster User Role"

type Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """How large an estate is. With several `platforms` every image is a multi-arch index.

    Every image is deployed by a Deployment on AKS; with `spread` by an app or a group of one of
    the other three compute platforms too, in turn.
    """

    registries: int = 1
    repositories: int = 30
    """Of all registries together."""
    images: int = 10
    """Of each repository, one tag each."""
    platforms: tuple[str, ...] = ("linux/amd64",)
    spread: bool = True
    used: int = 0
    """Images of each repository that are deployed; 0 means all."""

    @property
    def total(self) -> int:
        """How many images are deployed."""
        return self.repositories * (self.used or self.images)

    @property
    def pulls(self) -> int:
        """How many pairs of a workload and an image there are."""
        return self.total * (2 if self.spread else 1)


def image_names(shape: Shape) -> Iterator[str]:
    """Every deployed image as a workload names it."""
    for number in range(shape.repositories):
        server = f"{_registry(shape, number)}.azurecr.io"
        for tag in range(shape.used or shape.images):
            yield f"{server}/{_repository(number)}:v{tag}"


def describe(shape: Shape) -> str:
    """The estate as a file for `local.estates.load`: JSON, which is YAML too."""
    images = list(image_names(shape))
    estate: Json = {
        "subscriptions": [{"name": "main", "managementGroups": ["root"]}],
        "places": [
            {"name": "pullwatch", "egress": "198.51.100.20", "identity": "pullwatch"},
            {"name": "laptop", "egress": "198.51.100.5"},
        ],
        "identities": [{"name": "pullwatch"}, {"name": PULLER}],
        "roleAssignments": _roles(shape),
        "registries": [_described(shape, number) for number in range(shape.registries)],
        "clusters": [_cluster(images)],
        **(_others(images) if shape.spread else {}),
    }
    return json.dumps(estate, indent=1)


def _roles(shape: Shape) -> list[Json]:
    reads = [
        {"principal": "pullwatch", "role": role, "scope": "managementGroup/root"}
        for role in (*REGISTRY_ROLES, CLUSTER_USER)
    ]
    pulls = [
        {"principal": PULLER, "role": "AcrPull", "scope": f"registry/{_registry(shape, number)}"}
        for number in range(shape.registries)
    ]
    return reads + pulls


def _described(shape: Shape, number: int) -> Json:
    name = _registry(shape, number)
    mine = [n for n in range(shape.repositories) if _registry(shape, n) == name]
    images = [
        {"tags": [f"v{tag}"], "platforms": shape.platforms, "layerBytes": 64}
        for tag in range(shape.images)
    ]
    repositories = [{"name": _repository(each), "images": images} for each in mine]
    return {"name": name, "sku": "Premium", "repositories": repositories}


def _cluster(images: list[str]) -> Json:
    return {
        "name": "bench-aks",
        "kubeletIdentity": PULLER,
        "outbound": ["20.50.1.10"],
        "pools": [{"count": 4}],
        "objects": [{"name": f"d{n}", "image": image} for n, image in enumerate(images)],
    }


def _others(images: list[str]) -> Json:
    kinds = ("containerApps", "webApps", "containerGroups")
    found: Json = {kind: [] for kind in kinds}
    for number, image in enumerate(images):
        kind = kinds[number % len(kinds)]
        found[kind].append(_workload(kind, f"w{number}", image))
    return {"environments": [{"name": "apps", "outbound": ["20.80.4.41"]}], **found}


def _workload(kind: str, name: str, image: str) -> Json:
    server = image.partition("/")[0]
    signed_in: Json = {"server": server, "identity": PULLER}
    about: Json = {"name": name, "image": image, "identity": {"user": [PULLER]}}
    match kind:
        case "containerApps":
            return about | {"environment": "apps", "registries": [signed_in], "minReplicas": 1}
        case "webApps":
            told = {"acrUseManagedIdentityCreds": True, "acrUserManagedIdentity": PULLER}
            return about | told | {"outbound": ["20.70.3.30"]}
        case _:
            return about | {"credentials": [signed_in]}


def _registry(shape: Shape, repository: int) -> str:
    return f"bench{repository % shape.registries}"


def _repository(number: int) -> str:
    return f"team-{number % 7}/service-{number}"
