"""Container Apps: apps with their revisions, and jobs. Every start pulls."""

from shared.compute.arm_ids import name_of, parent_of
from shared.compute.base import Discovery
from shared.compute.container_apps_registries import (
    credential,
    entry_for,
    names_environment,
    puller,
)
from shared.compute.container_apps_revisions import (
    error_of,
    images_of,
    state_of,
    state_of_executions,
    template_of,
    uses_of_revision,
    with_image,
)
from shared.compute.egress import WayOut
from shared.compute.facts import Observations, Surroundings, one, together
from shared.compute.finding import in_each
from shared.compute.identity import Identities, identities_of
from shared.compute.reading import text, texts
from shared.compute.sources import Json
from shared.compute.uses import Use, discovery
from shared.domain.diagnosis import Gap
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

APPS_API = "2025-01-01"
LINUX_AMD64 = RuntimePlatforms((Platform("linux", "amd64"),))


class ContainerApps:
    """Apps and jobs. They pull with an ARM token, through their environment's network."""

    compute = Compute.CONTAINER_APPS
    resource_types: tuple[str, ...] = ("microsoft.app/containerapps", "microsoft.app/jobs")

    def __init__(self, shared: Surroundings) -> None:
        self._shared = shared
        self._arm = shared.arm

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        """Images of every revision of the apps, and of the jobs."""
        found = await self._shared.inventory.find(self.resource_types, subscriptions)
        return await in_each(found, self._in_resource)

    async def observe(self, pull: Pull) -> Observations:
        """The compute end of one pull."""
        return await together(
            self._shared.identity(lambda: self._puller(pull)),
            one(attempt(RegistryCredential, lambda: self._credential(pull))),
            one(attempt(Egress, lambda: self._egress(pull.workload.id))),
            one(attempt(PrivatePath, lambda: self._private_path(pull))),
            self._state(pull),
        ) + (LINUX_AMD64,)

    async def _in_resource(self, resource: Json) -> Discovery:
        workload = Workload(text(resource, "id"), self.compute, text(resource, "name"))
        if _is_job(workload.id):
            images = images_of(template_of(resource))
            return discovery(Use(workload, image, Standing.IDLE) for image in images)
        return await self._in_app(workload, resource)

    async def _in_app(self, workload: Workload, app: Json) -> Discovery:
        """Each revision has a template of its own; the app shows that of the newest."""
        stopped = text(app, "properties", "runningStatus") == "Stopped"
        try:
            revisions = await self._revisions(workload.id)
        except CouldNotLookError as why:
            newest = [Use(workload, image) for image in images_of(template_of(app))]
            return discovery(newest, [Gap(workload.id, f"its revisions: {why}")])
        uses = [
            use
            for revision in revisions
            for use in uses_of_revision(workload, revision, stopped=stopped)
        ]
        made = {use.image for use in uses}
        unmade = [image for image in images_of(template_of(app)) if image not in made]
        return discovery([*uses, *(Use(workload, image) for image in unmade)])

    async def _puller(self, pull: Pull) -> PullIdentity:
        app = await self._get(pull.workload.id)
        entry = entry_for(app, pull.image.registry)
        environment = Identities()
        if names_environment(entry):
            environment = identities_of(await self._environment(app))
        return puller(entry, pull.image.registry, identities_of(app), environment)

    async def _credential(self, pull: Pull) -> RegistryCredential:
        app = await self._get(pull.workload.id)
        return credential(app, entry_for(app, pull.image.registry))

    async def _egress(self, app_id: str) -> Egress:
        """Without a NAT gateway or a route, the environment's addresses may change."""
        app = await self._get(app_id)
        environment = await self._environment(app)
        subnet = _subnet(environment)
        way = await self._shared.egress.of_subnets([subnet]) if subnet else None
        way = way or WayOut(_own_addresses(app, environment), complete=False)
        return Egress(
            addresses=way.addresses,
            complete=way.complete,
            network=parent_of(subnet) if subnet else "",
        )

    async def _private_path(self, pull: Pull) -> PrivatePath:
        subnet = _subnet(await self._environment(await self._get(pull.workload.id)))
        network = parent_of(subnet) if subnet else ""
        return await self._shared.private_path.read(network, pull.image.registry)

    async def _state(self, pull: Pull) -> Observations:
        try:
            if _is_job(pull.workload.id):
                executions = await self._arm.list(f"{pull.workload.id}/executions", APPS_API)
                return (state_of_executions(executions),)
            revisions = with_image(await self._revisions(pull.workload.id), pull.image)
            state, error = state_of(revisions), error_of(revisions)
        except CouldNotLookError as why:
            return (Unavailable.of(WorkloadState, str(why)),)
        return state, *((error,) if error else ())

    async def _get(self, app_id: str) -> Json:
        return await self._arm.get(app_id, APPS_API)

    async def _revisions(self, app_id: str) -> tuple[Json, ...]:
        return await self._arm.list(f"{app_id}/revisions", APPS_API)

    async def _environment(self, app: Json) -> Json:
        """An app names its environment in ``managedEnvironmentId``, a job in ``environmentId``."""
        named = ("managedEnvironmentId", "environmentId")
        ids = [one for name in named if (one := text(app, "properties", name))]
        if not ids:
            raise CouldNotLookError(f"{name_of(text(app, 'id'))} names no environment")
        return await self._arm.get(ids[0], APPS_API)


def _is_job(resource_id: str) -> bool:
    return "/microsoft.app/jobs/" in resource_id.lower()


def _subnet(environment: Json) -> str:
    return text(environment, "properties", "vnetConfiguration", "infrastructureSubnetId")


def _own_addresses(app: Json, environment: Json) -> tuple[str, ...]:
    told = texts(app, "properties", "outboundIpAddresses")
    fixed = text(environment, "properties", "staticIp")
    return tuple(sorted(told)) or ((fixed,) if fixed else ())
