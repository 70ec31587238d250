"""Azure Kubernetes Service: nodes pull for pods, in their network."""

from shared.compute.aks_cluster import CLUSTER_API, node_pools
from shared.compute.aks_identity import AksIdentity, pull_secrets, registry_credential
from shared.compute.aks_network import AksNetwork
from shared.compute.base import Discovery
from shared.compute.facts import Observations, Surroundings, one, together
from shared.compute.finding import in_each
from shared.compute.kubernetes.clusters import POD
from shared.compute.kubernetes.objects import PodSpec
from shared.compute.kubernetes.placement import runtime_platforms
from shared.compute.kubernetes.state import Seen, reported_error, seen_of, workload_state
from shared.compute.kubernetes.workloads import Member, uses_of, using
from shared.compute.reading import text
from shared.compute.sources import Json
from shared.compute.uses import discovery
from shared.domain.facts.base import CouldNotLookError, Unavailable, attempt
from shared.domain.facts.workload import (
    Egress,
    PrivatePath,
    PullIdentity,
    PullSecrets,
    PullState,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.pulls import Compute, Pull, Standing

CLUSTERS_AT_ONCE = 4


class Aks:
    """
    Clusters and the workloads in them.

    A pull may also name a cluster as its workload: then it is about the nodes' own identity,
    network and platforms, and Kubernetes is not asked.
    """

    compute = Compute.AKS
    resource_types: tuple[str, ...] = ("microsoft.containerservice/managedclusters",)

    def __init__(self, shared: Surroundings) -> None:
        self._shared = shared
        self._identity = AksIdentity(shared.arm, shared.clusters)
        self._network = AksNetwork(shared.arm, shared.egress)

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        """Every image that pods and their owners name. A cluster that cannot be read is a gap."""
        found = await self._shared.inventory.find(self.resource_types, subscriptions)
        return await in_each(found, self._in_cluster, at_once=CLUSTERS_AT_ONCE)

    async def observe(self, pull: Pull) -> Observations:
        """The compute end of one pull; what is read of a cluster serves all its pulls."""
        seen = _Observed(self._shared, self._identity, self._network, pull)
        return await together(
            self._shared.identity(seen.identity),
            one(attempt(Egress, seen.egress)),
            one(attempt(PrivatePath, seen.private_path)),
            one(attempt(RuntimePlatforms, seen.platforms)),
            *((seen.secrets(), seen.state()) if seen.is_object else ()),
        )

    async def _in_cluster(self, cluster: Json) -> Discovery:
        cluster_id = text(cluster, "id")
        view = await self._shared.clusters.view(cluster_id)
        return discovery(uses_of(view.workloads.members), view.gaps)


class _Observed:
    """One pull of one cluster, while it is observed. Its reads raise CouldNotLookError."""

    def __init__(
        self,
        shared: Surroundings,
        identity: AksIdentity,
        network: AksNetwork,
        pull: Pull,
    ) -> None:
        self._shared = shared
        self._clusters = shared.clusters
        self._identity = identity
        self._network = network
        self._pull = pull
        self._id, place, _ = pull.workload.id.partition("/namespaces/")
        self.is_object = bool(place)

    async def identity(self) -> PullIdentity:
        cluster = await self._cluster()
        if not self.is_object:
            return await self._identity.of_nodes(cluster)
        return await self._identity.of_members(cluster, await self._members(), self._pull.image)

    async def egress(self) -> Egress:
        return await self._network.egress(await self._cluster())

    async def private_path(self) -> PrivatePath:
        network = await self._network.network(await self._cluster())
        return await self._shared.private_path.read(network, self._pull.image.registry)

    async def platforms(self) -> RuntimePlatforms:
        pools = node_pools(await self._cluster())
        members = await self._members() if self.is_object else ()
        return runtime_platforms(pools, [one.spec for one in members] or [PodSpec()])

    async def secrets(self) -> Observations:
        try:
            seen = await self._identity.secrets(self._id, await self._members())
        except CouldNotLookError as why:
            return (Unavailable.of(PullSecrets, str(why)),)
        credential = registry_credential(seen, self._pull.image)
        return pull_secrets(seen), *((credential,) if credential else ())

    async def state(self) -> Observations:
        try:
            members = await self._members()
            seen = await self._seen(members)
        except CouldNotLookError as why:
            return (Unavailable.of(WorkloadState, str(why)),)
        failing = any(one.state is PullState.FAILING for one in seen)
        try:
            events = await self._clusters.events(self._id) if failing else ()
        except CouldNotLookError:  # the containers' own words are left
            events = ()
        desired = any(one.standing is Standing.ACTIVE for one in members)
        error = reported_error(seen, events)
        return workload_state(seen, events, desired=desired), *((error,) if error else ())

    async def _cluster(self) -> Json:
        return await self._shared.arm.get(self._id, CLUSTER_API)

    async def _members(self) -> tuple[Member, ...]:
        """The workload's members with the image; all of them where none has it (yet)."""
        members = (await self._clusters.view(self._id)).workloads.of(self._pull.workload.id)
        if not members:
            raise CouldNotLookError(f"{self._pull.workload.name} is not in the cluster any more")
        return using(members, self._pull.image) or members

    async def _seen(self, members: tuple[Member, ...]) -> tuple[Seen, ...]:
        view = await self._clusters.view(self._id)
        if POD in view.unlisted:
            raise CouldNotLookError(view.unlisted[POD])
        pods = [member.pod for member in members if member.pod]
        return seen_of(pods, self._pull.image)
