"""A scripted Azure with one AKS cluster in it, at the wire."""

import base64
from typing import Any

import yaml
from aiohttp import web

from shared.adapters.arm import Arm, ForbiddenError
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.compute import platforms
from shared.compute.aks import Aks
from shared.compute.base import ComputePlatform
from shared.compute.sources import Json
from shared.domain.images import parse_reference
from shared.domain.pulls import Pull, Workload
from shared.settings import Settings
from tests.support.azure import Entra
from tests.support.wire import World, authority_pem

ARM = "management.azure.com"
API = "prod-abc.hcp.westeurope.azmk8s.io"
GROUP = "/subscriptions/s1/resourceGroups/shop"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
NODES = "/subscriptions/s1/resourceGroups/MC_prod"
ADDRESS = f"{NODES}/providers/Microsoft.Network/publicIPAddresses/out"
QUERY = f"POST {ARM}/providers/Microsoft.ResourceGraph/resources"
IMAGE = "contoso.azurecr.io/shop/api:v1"
DIGEST = "sha256:" + "a" * 64
LISTS = {
    "/api/v1/pods": "pods",
    "/apis/apps/v1/deployments": "deployments",
    "/apis/apps/v1/replicasets": "replicasets",
    "/apis/apps/v1/statefulsets": "statefulsets",
    "/apis/apps/v1/daemonsets": "daemonsets",
    "/apis/batch/v1/jobs": "jobs",
    "/apis/batch/v1/cronjobs": "cronjobs",
    "/api/v1/serviceaccounts": "serviceaccounts",
    "/api/v1/events": "events",
}


class NoGraph:
    """A directory that may not be read."""

    async def tenant(self) -> str:
        return ""

    async def service_principal(self, app_id: str) -> Json | None:
        raise ForbiddenError(f"403 reading {app_id}")

    async def application(self, app_id: str) -> Json | None:
        raise ForbiddenError(f"403 reading {app_id}")


def compute(azure: World, settings: Settings) -> tuple[tuple[ComputePlatform, ...], Http]:
    """Every platform over real adapters; close the connections afterwards."""
    http = Http(settings, Lane.BULK, azure.connector)
    credentials = Credentials(settings, Entra())
    arm = Arm(settings, http, credentials)
    return platforms(arm, http, credentials, NoGraph(), settings), http


def script(azure: World, **lists: list[Any]) -> None:
    """A readable cluster that holds these objects."""
    kubeconfig = yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "prod",
                    "cluster": {
                        "server": f"https://{API}",
                        "certificate-authority-data": base64.b64encode(
                            authority_pem().encode()
                        ).decode(),
                    },
                }
            ],
        }
    )
    encoded = base64.b64encode(kubeconfig.encode()).decode()
    row = {
        "id": CLUSTER,
        "name": "prod",
        "type": "microsoft.containerservice/managedclusters",
        "properties": {},
    }
    azure.routes |= {
        f"GET {ARM}/subscriptions": {"value": [{"subscriptionId": "s1"}]},
        QUERY: {"data": [row]},
        f"GET {ARM}{CLUSTER}": cluster(),
        f"POST {ARM}{CLUSTER}/listClusterUserCredential": {
            "kubeconfigs": [{"name": "clusterUser", "value": encoded}]
        },
        f"GET {ARM}{NODES}/providers/Microsoft.Compute/virtualMachineScaleSets": {"value": []},
        f"GET {ARM}{NODES}/providers/Microsoft.Network/virtualNetworks": {"value": []},
        f"GET {ARM}{ADDRESS}": {"properties": {"ipAddress": "20.0.0.1"}},
        **{f"GET {API}{path}": {"items": lists.get(name)} for path, name in LISTS.items()},
    }


def cluster(**properties: Any) -> dict[str, Any]:
    """The cluster as ARM tells it."""
    kubelet = {"resourceId": f"{NODES}/x/kubelet", "clientId": "client", "objectId": "object"}
    sound = {
        "nodeResourceGroup": "MC_prod",
        "identityProfile": {"kubeletidentity": kubelet},
        "agentPoolProfiles": [{"name": "nodes", "osType": "Linux", "vmSize": "Standard_D4s_v5"}],
        "networkProfile": {
            "outboundType": "loadBalancer",
            "loadBalancerProfile": {"effectiveOutboundIPs": [{"id": ADDRESS}]},
        },
    }
    return {"id": CLUSTER, "properties": sound | properties}


def pod(number: int, image: str = IMAGE, **waiting: str) -> dict[str, Any]:
    """A bare pod, running or waiting."""
    name = f"pod-{number:03}"
    state = {"waiting": waiting} if waiting else {"running": {}}
    status = {
        "name": "c",
        "imageID": "" if waiting else f"{image.rpartition(':')[0]}@{DIGEST}",
        "state": state,
    }
    return {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"containers": [{"name": "c", "image": image}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }


def paged(*pages: list[Any]) -> Any:
    """A list in pages, told apart by ``continue``."""

    def answer(request: web.Request) -> web.StreamResponse:
        number = int(request.query.get("continue", "0"))
        more = str(number + 1) if number + 1 < len(pages) else ""
        return web.json_response({"metadata": {"continue": more}, "items": pages[number]})

    return answer


def pull_of(number: int) -> Pull:
    """The pull of a pod."""
    place = f"shop/pod/pod-{number:03}"
    workload = Workload(f"{CLUSTER}/namespaces/{place}", Aks.compute, f"prod/{place}")
    return Pull(workload, parse_reference(IMAGE))
