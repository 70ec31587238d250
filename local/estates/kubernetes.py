"""Azure Kubernetes Service: clusters, nodes and the objects in them."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

import msgspec

from local.estates.base import Age, Described, Resource

ObjectKind = Literal[
    "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "CronJob", "Pod"
]


class NodePool(Described, kw_only=True):
    """Nodes of one kind."""

    name: str = "nodes"
    os: Literal["Linux", "Windows"] = "Linux"
    arch: Literal["amd64", "arm64"] = "amd64"
    count: int = 2
    vm_size: str = "Standard_D4s_v5"
    os_sku: str = ""
    """Ubuntu or Windows2022 unless given."""
    labels: dict[str, str] = {}
    taints: list[str] = []
    """As `az aks nodepool add --node-taints` takes them: `key=value:Effect`."""


class Waiting(Described, kw_only=True):
    """Why containers do not run: `state.waiting` of a container status."""

    reason: str
    message: str = ""
    container: str = ""
    """The first one unless given."""


class ClusterContainer(Described, kw_only=True):
    """A container of a pod."""

    name: str
    image: str
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"


class ClusterEvent(Described, kw_only=True):
    """A Kubernetes event about an object's pod."""

    reason: str
    message: str
    type: Literal["Normal", "Warning"] = "Warning"
    age: Age = timedelta(minutes=5)
    count: int = 1


class OldReplicaSet(Described, kw_only=True):
    """A ReplicaSet with no replicas, kept for a rollback."""

    image: str
    revision: int = 1
    age: Age = timedelta(days=20)


class ClusterObject(Described, kw_only=True):
    """A workload, with its pods when it has replicas."""

    kind: ObjectKind = "Deployment"
    name: str
    namespace: str = "default"
    image: str = ""
    """Short for one container that bears the object's name."""
    containers: list[ClusterContainer] = []
    init_containers: list[ClusterContainer] = []
    ephemeral_containers: list[ClusterContainer] = []
    replicas: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1
    schedule: str = ""
    """Of a CronJob."""
    suspend: bool = False
    image_pull_secrets: list[str] = []
    service_account: str = "default"
    node_selector: dict[str, str] = {}
    tolerates: list[str] = []
    """Keys of taints that its pods tolerate."""
    pool: str = ""
    """Node pool that its pods run on; the first one unless given."""
    waiting: Waiting | None = None
    image_id: str = ""
    """`host/repository@sha256:...` that runs, when it is not what the tag points at now."""
    events: list[ClusterEvent] = []
    old_replica_sets: list[OldReplicaSet] = []
    age: Age = timedelta(days=20)


class PullSecret(Described, kw_only=True):
    """A Secret of type kubernetes.io/dockerconfigjson."""

    name: str
    namespace: str = "default"
    server: str
    username: str
    password: str
    malformed: bool = False
    """Its content is no JSON, as after an edit by hand."""


class ServiceAccount(Described, kw_only=True):
    """A service account with pull secrets or an identity of its own."""

    name: str
    namespace: str = "default"
    image_pull_secrets: list[str] = []
    annotations: dict[str, str] = {}


class Cluster(Resource, kw_only=True):
    """A managed cluster."""

    TYPE: ClassVar[str] = "Microsoft.ContainerService/managedClusters"

    kubelet_identity: str = ""
    """Name of the user-assigned identity that pulls; empty with a service principal."""
    control_identity: str = "system"
    """`system`, or the name of a user-assigned identity. It does not pull."""
    service_principal: str = ""
    kubernetes_version: str = "1.33.2"
    node_image: str = "AKSUbuntu-2204gen2containerd-202609.15.0"
    pools: list[NodePool] = msgspec.field(default_factory=lambda: [NodePool()])
    network: str = ""
    """`network/subnet` of the nodes."""
    outbound: list[str] = []
    """Public addresses that the nodes leave by."""
    outbound_type: Literal["loadBalancer", "userDefinedRouting", "managedNATGateway"] = (
        "loadBalancer"
    )
    private: bool = False
    azure_rbac: bool = True
    fqdn: str = ""
    """`{name}.hcp.{location}.azmk8s.io` unless given."""
    power_state: Literal["Running", "Stopped"] = "Running"
    objects: list[ClusterObject] = []
    secrets: list[PullSecret] = []
    service_accounts: list[ServiceAccount] = []
