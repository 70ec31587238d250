"""An estate of many small workloads, each with a repository of its own."""

from pathlib import Path

import yaml

REGISTRY = "fleet.azurecr.io"


def ship(number: int) -> str:
    """The repository and the workload of that number."""
    return f"ship-{number:03}"


def write_fleet(folder: Path, ships: int, *, registries: tuple[str, ...] = ()) -> Path:
    """An estate file: one cluster that runs so many Deployments from one registry; all healthy.

    Other registries have the same repositories, which nobody uses.
    """
    names = [ship(number) for number in range(ships)]
    reader = "Azure Kubernetes Service RBAC Reader"
    user = "Azure Kubernetes Service Cluster User Role"
    everything = "managementGroup/fleet"
    estate = {
        "subscriptions": [{"name": "fleet", "managementGroups": ["fleet"]}],
        "places": [{"name": "pullwatch", "egress": "198.51.100.20", "identity": "watcher"}],
        "identities": [
            {"name": "watcher", "graphPermissions": ["Application.Read.All"]},
            {"name": "kubelet"},
        ],
        "roleAssignments": [
            *(
                {"principal": "watcher", "role": role, "scope": everything}
                for role in ("Reader", reader, user)
            ),
            {"principal": "kubelet", "role": "AcrPull", "scope": "registry/fleet"},
        ],
        "registries": [
            {
                "name": registry,
                "repositories": [{"name": name, "images": [{"tags": ["1.0"]}]} for name in names],
            }
            for registry in ("fleet", *registries)
        ],
        "clusters": [
            {
                "name": "sea",
                "kubeletIdentity": "kubelet",
                "outbound": ["20.50.1.10"],
                "objects": [{"name": name, "image": f"{REGISTRY}/{name}:1.0"} for name in names],
            }
        ],
    }
    file = folder / "fleet.yaml"
    file.write_text(yaml.safe_dump(estate))
    return file
