"""Who may see what in a cluster, as with Azure RBAC for Kubernetes.

A token for the AKS application, and the data action
`Microsoft.ContainerService/managedClusters/{group}/{resource}/read` at the cluster or namespace.
"""

from dataclasses import dataclass

from aiohttp import web

from local.azure import rights
from local.azure.cloud import CLOUD
from local.azure.entra.tokens import AKS
from local.azure.kubernetes.errors import StatusError
from local.azure.kubernetes.resources import known
from local.estates.identity import Identity
from local.estates.kubernetes import Cluster
from local.estates.model import Estate


@dataclass(frozen=True)
class Question:
    """What is asked for: a list, or one object by name; an empty namespace means all."""

    group: str
    resource: str
    namespace: str = ""
    name: str = ""


def caller(request: web.Request) -> Identity:
    """Whoever the bearer token belongs to. Raises StatusError 401."""
    cloud = request.app[CLOUD]
    who = cloud.bearer(request, AKS)
    if who is None or who.tenant != cloud.estate.tenant:
        raise StatusError(401, "Unauthorized", "Unauthorized")
    return who


def check(estate: Estate, cluster: Cluster, who: Identity, asked: Question) -> None:
    """Raises StatusError 403, in the words of the API server, unless `who` may see it."""
    action = known(asked.group, asked.resource).action
    scope = f"{cluster.id}/namespaces/{asked.namespace}" if asked.namespace else cluster.id
    needed = f"Microsoft.ContainerService/managedClusters/{action}/read"
    if cluster.azure_rbac and rights.may(estate, who, needed, scope, data=True):
        return
    verb = "get" if asked.name else "list"
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    message = (
        f'{asked.resource} is forbidden: User "{who.object_id}" cannot {verb} resource '
        f'"{asked.resource}" in API group "{asked.group.rpartition("/")[0]}" {where}'
    )
    if cluster.azure_rbac:
        message += (
            ": User does not have access to the resource in Azure. "
            "Update role assignment to allow access."
        )
    raise StatusError(403, "Forbidden", message)
