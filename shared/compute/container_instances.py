"""Container Instances: a group pulls when it starts, with what the group itself holds."""

from shared.compute.arm_ids import parent_of
from shared.compute.base import Discovery
from shared.compute.container_groups import (
    credential,
    error_of,
    images_of,
    is_over,
    puller,
    state_of,
    subnets,
)
from shared.compute.egress import UNKNOWN_WAY
from shared.compute.facts import Observations, Surroundings, one, together
from shared.compute.finding import in_each
from shared.compute.reading import text
from shared.compute.sources import Json
from shared.compute.uses import Use, discovery
from shared.domain.facts.base import CouldNotLookError, Unavailable, attempt
from shared.domain.facts.workload import (
    Egress,
    PrivatePath,
    PullIdentity,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform
from shared.domain.pulls import Compute, Pull, Standing, Workload

GROUPS_API = "2023-05-01"


class ContainerInstances:
    """Container groups."""

    compute = Compute.CONTAINER_INSTANCES
    resource_types: tuple[str, ...] = ("microsoft.containerinstance/containergroups",)

    def __init__(self, shared: Surroundings) -> None:
        self._shared = shared

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        """Images of the groups' containers; Resource Graph holds them all."""
        found = await self._shared.inventory.find(self.resource_types, subscriptions)
        return await in_each(found, self._in_group)

    async def observe(self, pull: Pull) -> Observations:
        """The compute end of one pull."""
        return await together(
            self._shared.identity(lambda: self._puller(pull)),
            one(attempt(RegistryCredential, lambda: self._credential(pull))),
            one(attempt(Egress, lambda: self._egress(pull))),
            one(attempt(PrivatePath, lambda: self._private_path(pull))),
            one(attempt(RuntimePlatforms, lambda: self._platforms(pull))),
            self._state(pull),
        )

    async def _in_group(self, group: Json) -> Discovery:
        workload = Workload(text(group, "id"), self.compute, text(group, "name"))
        standing = Standing.IDLE if is_over(group) else Standing.ACTIVE
        return discovery([Use(workload, image, standing) for image in images_of(group)])

    async def _puller(self, pull: Pull) -> PullIdentity:
        return puller(await self._get(pull), pull.image.registry)

    async def _credential(self, pull: Pull) -> RegistryCredential:
        return credential(await self._get(pull), pull.image.registry)

    async def _egress(self, pull: Pull) -> Egress:
        """Without a NAT gateway or a route, a group leaves by any address of the service."""
        own = subnets(await self._get(pull))
        way = await self._shared.egress.of_subnets(own) if own else None
        way = way or UNKNOWN_WAY
        network = parent_of(own[0]) if own else ""
        return Egress(addresses=way.addresses, complete=way.complete, network=network)

    async def _private_path(self, pull: Pull) -> PrivatePath:
        own = subnets(await self._get(pull))
        network = parent_of(own[0]) if own else ""
        return await self._shared.private_path.read(network, pull.image.registry)

    async def _platforms(self, pull: Pull) -> RuntimePlatforms:
        system = text(await self._get(pull), "properties", "osType").lower()
        return RuntimePlatforms((Platform(system or "linux", "amd64"),))

    async def _state(self, pull: Pull) -> Observations:
        try:
            group = await self._get(pull)
            state, error = state_of(group, pull.image), error_of(group, pull.image)
        except CouldNotLookError as why:
            return (Unavailable.of(WorkloadState, str(why)),)
        return state, *((error,) if error else ())

    async def _get(self, pull: Pull) -> Json:
        return await self._shared.arm.get(pull.workload.id, GROUPS_API)
