"""App Service, Container Apps and Container Instances as an estate describes them."""

from datetime import timedelta
from typing import ClassVar, Literal

import msgspec

from local.estates.base import Age, AssignedIdentity, Described, Resource


class SiteContainer(Described, kw_only=True):
    """A container of a site whose linuxFxVersion is `sitecontainers`."""

    name: str
    image: str
    is_main: bool = False
    auth_type: Literal["Anonymous", "UserCredentials", "SystemIdentity", "UserAssigned"] = (
        "SystemIdentity"
    )
    identity: str = ""
    """Name of the user-assigned identity."""
    username: str = ""
    password: str = ""


class Site(Resource, kw_only=True):
    """A web app, function app or slot that runs containers: give one of image, windows_image,
    compose and containers.
    """

    TYPE: ClassVar[str] = "Microsoft.Web/sites"

    kind: str = "app,linux,container"
    image: str = ""
    """Short for linuxFxVersion `DOCKER|image`."""
    windows_image: str = ""
    compose: str = ""
    """Text of a compose file: linuxFxVersion `COMPOSE|base64`."""
    containers: list[SiteContainer] = []
    acr_use_managed_identity_creds: bool = False
    acr_user_managed_identity: str = ""
    """Name of the identity that pulls; empty means the system-assigned one."""
    identity: AssignedIdentity = msgspec.field(default_factory=AssignedIdentity)
    app_settings: dict[str, str] = {}
    network: str = ""
    """`network/subnet` it is integrated with."""
    image_pull_through_network: bool = False
    """`outboundVnetRouting.imagePullTraffic`."""
    outbound: list[str] = []
    possible_outbound: list[str] = []
    state: Literal["Running", "Stopped"] = "Running"


class Slot(Site, kw_only=True):
    """A deployment slot; its resource group, location and subscription are its app's."""

    TYPE: ClassVar[str] = "Microsoft.Web/sites/slots"


class WebApp(Site, kw_only=True):
    """A site with its slots."""

    slots: list[Slot] = []


class AppContainer(Described, kw_only=True):
    """A container of a container app or job."""

    name: str
    image: str


class RegistryCredential(Described, kw_only=True):
    """How an app or group signs in to a registry."""

    server: str
    identity: str = ""
    """Name of a user-assigned identity, or `system`."""
    username: str = ""
    """The name of a service principal becomes its client id."""
    password: str = ""
    """Stored as a secret (Container Apps) or as it is (Container Instances)."""
    secret_missing: bool = False
    """The secret of that password was removed (Container Apps)."""


class Revision(Described, kw_only=True):
    """A revision of a container app; the newest one is made from the app's own template."""

    name: str
    image: str
    active: bool = False
    traffic: int = 0
    replicas: int = 0
    health_state: Literal["Healthy", "Unhealthy", "None"] = "None"
    running_state: str = "Stopped"
    provisioning_error: str = ""
    age: Age = timedelta(days=40)


class AppEnvironment(Resource, kw_only=True):
    """A Container Apps environment."""

    TYPE: ClassVar[str] = "Microsoft.App/managedEnvironments"

    network: str = ""
    outbound: list[str] = []


class AppWorkload(Resource, kw_only=True):
    """What a container app and a job have in common."""

    environment: str
    image: str = ""
    """Short for one container that bears the resource's name."""
    containers: list[AppContainer] = []
    init_containers: list[AppContainer] = []
    registries: list[RegistryCredential] = []
    identity: AssignedIdentity = msgspec.field(default_factory=AssignedIdentity)


class ContainerApp(AppWorkload, kw_only=True):
    """A container app."""

    TYPE: ClassVar[str] = "Microsoft.App/containerApps"

    min_replicas: int = 0
    max_replicas: int = 10
    revision: str = ""
    """Name of the newest revision; `{name}--000001` unless given."""
    health_state: Literal["Healthy", "Unhealthy", "None"] = "Healthy"
    provisioning_error: str = ""
    """Of the newest revision."""
    revisions: list[Revision] = []
    """Older ones."""


class ContainerJob(AppWorkload, kw_only=True):
    """A Container Apps job."""

    TYPE: ClassVar[str] = "Microsoft.App/jobs"

    trigger: Literal["Manual", "Schedule", "Event"] = "Schedule"
    schedule: str = "0 * * * *"


class GroupContainer(Described, kw_only=True):
    """A container of a container group."""

    name: str
    image: str
    events: list["GroupEvent"] = []
    state: str = "Running"


class GroupEvent(Described, kw_only=True):
    """An entry of `instanceView.events`."""

    name: str
    message: str
    type: Literal["Normal", "Warning"] = "Warning"
    age: Age = timedelta(minutes=10)
    count: int = 1


class ContainerGroup(Resource, kw_only=True):
    """A container group of Azure Container Instances."""

    TYPE: ClassVar[str] = "Microsoft.ContainerInstance/containerGroups"

    image: str = ""
    """Short for one container that bears the group's name."""
    containers: list[GroupContainer] = []
    init_containers: list[GroupContainer] = []
    credentials: list[RegistryCredential] = []
    identity: AssignedIdentity = msgspec.field(default_factory=AssignedIdentity)
    os: Literal["Linux", "Windows"] = "Linux"
    network: str = ""
    outbound: list[str] = []
    state: str = "Running"
