"""App Service: web apps and function apps that run containers, and their slots."""

from msgspec.structs import replace

from shared.compute import app_service_identity as who
from shared.compute.app_service_images import fx_versions, in_site_containers
from shared.compute.app_service_network import SiteNetwork
from shared.compute.app_service_sites import Sites
from shared.compute.arm_ids import name_of, parent_of
from shared.compute.base import Discovery
from shared.compute.facts import Observations, Surroundings, one, together
from shared.compute.finding import in_each
from shared.compute.identity import identities_of
from shared.compute.reading import text
from shared.compute.sources import Json
from shared.compute.uses import Use, discovery, names
from shared.domain.facts.base import CouldNotLookError, attempt
from shared.domain.facts.workload import (
    Egress,
    PrivatePath,
    PullIdentity,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform
from shared.domain.pulls import Compute, Pull, Standing, Workload


class AppService:
    """Sites and slots. Each slot has identities, settings and images of its own."""

    compute = Compute.APP_SERVICE
    resource_types: tuple[str, ...] = ("microsoft.web/sites", "microsoft.web/sites/slots")

    def __init__(self, shared: Surroundings) -> None:
        self._shared = shared
        self._sites = Sites(shared.arm)
        self._network = SiteNetwork(shared.arm, shared.egress)

    async def discover(self, subscriptions: tuple[str, ...]) -> Discovery:
        """Images of linuxFxVersion, windowsFxVersion and sitecontainers."""
        found = await self._shared.inventory.find(self.resource_types, subscriptions)
        return await in_each(found, self._in_site)

    async def observe(self, pull: Pull) -> Observations:
        """The compute end of one pull."""
        site_id = pull.workload.id
        return await together(
            self._shared.identity(lambda: self._puller(pull)),
            one(attempt(RegistryCredential, lambda: self._credential(pull))),
            one(attempt(Egress, lambda: self._egress(site_id))),
            one(attempt(PrivatePath, lambda: self._private_path(pull))),
            one(attempt(RuntimePlatforms, lambda: self._platforms(site_id))),
            one(attempt(WorkloadState, lambda: self._state(site_id))),
        )

    async def _in_site(self, site: Json) -> Discovery:
        site_id = text(site, "id")
        workload = Workload(site_id, self.compute, _called(site_id))
        standing = Standing.SLOT if _is_slot(site_id) else Standing.ACTIVE
        standing = Standing.IDLE if _is_stopped(site) else standing
        images = await self._sites.images(site)
        return discovery(Use(workload, image, standing) for image in images)

    async def _puller(self, pull: Pull) -> PullIdentity:
        site_id, server = pull.workload.id, pull.image.registry
        identities = identities_of(await self._sites.get(site_id))
        config = await self._sites.config(site_id)
        if in_site_containers(fx_versions(config)):
            container = await self._container(pull)
            found = who.by_site_container(container, identities, server)
        elif who.uses_managed_identity(config):
            found = who.by_managed_identity(config, identities)
        else:
            found = who.by_settings(await self._sites.settings(site_id), identities, server)
        related = {**found.related, **await self._sites.neighbours(site_id)}
        return replace(found, related=related)

    async def _credential(self, pull: Pull) -> RegistryCredential:
        config = await self._sites.config(pull.workload.id)
        if in_site_containers(fx_versions(config)):
            return who.credential_of_site_container(await self._container(pull))
        if who.uses_managed_identity(config):
            return RegistryCredential(configured=True)
        settings = await self._sites.settings(pull.workload.id)
        return who.credential_in_settings(settings, pull.image.registry)

    async def _container(self, pull: Pull) -> Json:
        for container in await self._sites.containers(pull.workload.id):
            if names(text(container, "properties", "image"), pull.image):
                return container
        raise CouldNotLookError(f"{pull.workload.name} has no container with this image any more")

    async def _egress(self, site_id: str) -> Egress:
        return await self._network.egress(await self._sites.get(site_id))

    async def _private_path(self, pull: Pull) -> PrivatePath:
        network = await self._network.network(await self._sites.get(pull.workload.id))
        return await self._shared.private_path.read(network, pull.image.registry)

    async def _platforms(self, site_id: str) -> RuntimePlatforms:
        config = await self._sites.config(site_id)
        windows = bool(text(config, "windowsFxVersion"))
        return RuntimePlatforms((Platform("windows" if windows else "linux", "amd64"),))

    async def _state(self, site_id: str) -> WorkloadState:
        if _is_stopped(await self._sites.get(site_id)):
            return WorkloadState(state=PullState.STOPPED, reason="Stopped")
        raise CouldNotLookError(
            "App Service does not tell ARM whether a container was pulled; its docker log does"
        )


def _is_stopped(site: Json) -> bool:
    return text(site, "properties", "state") == "Stopped"


def _is_slot(site_id: str) -> bool:
    return "/slots/" in site_id.lower()


def _called(site_id: str) -> str:
    if _is_slot(site_id):
        return f"{name_of(parent_of(site_id))}/{name_of(site_id)}"
    return name_of(site_id)
