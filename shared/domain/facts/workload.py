"""Facts about the pulling end: which identity pulls, from where, onto what."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from shared.domain.facts.base import Fact
from shared.domain.images import Platform


class IdentityKind(StrEnum):
    """What a workload shows to the registry."""

    MANAGED_IDENTITY = "managed identity"
    KUBELET_IDENTITY = "kubelet identity"
    SERVICE_PRINCIPAL = "service principal"
    TOKEN = "token"  # noqa: S105 - a kind of identity
    ADMIN_USER = "admin user"
    PULL_SECRET = "image pull secret"  # noqa: S105 - a kind of identity
    ANONYMOUS = "anonymous"


class Audience(StrEnum):
    """For whom the Entra token is that the service sends: some registries refuse ARM tokens."""

    ACR = "https://containerregistry.azure.net"
    ARM = "https://management.azure.com"


class PullIdentity(Fact, frozen=True, kw_only=True):
    """The identity that really pulls.

    ``principal_id`` is the Entra object id, empty where there is none or it is not known;
    ``attached`` is False where the workload names an identity that it does not have;
    ``related`` are other principals of the workload, name -> object id, on which people put
    the role by mistake (the cluster's control identity, another slot).
    ``tenant_id`` is the tenant of a managed identity, or that in whose directory the object id of a
    service principal was found: it has one in every tenant that knows it.
    ``where`` says where it is configured, for people. ``deleted`` is True where ARM says that the
    managed identity does not exist any more, attached or not.
    """

    kind: IdentityKind
    name: str = ""
    client_id: str = ""
    principal_id: str = ""
    resource_id: str = ""
    tenant_id: str = ""
    audience: Audience | None = None
    attached: bool = True
    system_assigned: bool = False
    related: dict[str, str] = field(default_factory=dict)
    where: str = ""
    deleted: bool = False


class PullSecret(Struct, frozen=True, kw_only=True):
    """An image pull secret as the workload names it; ``exists`` None means not readable.

    ``malformed`` says that it is no login that the kubelet can use; ``elsewhere`` are namespaces
    that have a secret of the name where the workload's own has none.
    """

    name: str
    namespace: str
    exists: bool | None = None
    servers: tuple[str, ...] | None = None
    malformed: bool = False
    elsewhere: tuple[str, ...] = ()


class PullSecrets(Fact, frozen=True):
    """The image pull secrets of a Kubernetes workload, its service account's included."""

    secrets: tuple[PullSecret, ...]


class RegistryCredential(Fact, frozen=True, kw_only=True):
    """How the workload is told to log in to this registry, where that is a setting.

    ``configured`` is False where nothing names the registry: the pull is anonymous.
    ``wanted`` is the setting that would switch the managed identity on, where it is off.
    ``anonymous`` is True where the setting asks for an anonymous pull in so many words.
    """

    configured: bool
    username: str = ""
    secret_name: str = ""
    secret_exists: bool | None = None
    wanted: str = ""
    anonymous: bool = False


class CredentialExpiry(Fact, frozen=True):
    """When the identity's secrets end (Microsoft Graph, service principals only).

    ``exists`` and ``enabled`` are of the service principal itself, in the directory of ``tenant``
    (empty where that is not told). ``registered_in`` is the tenant of its application where that
    is another one: the application's secrets cannot be seen then.
    """

    exists: bool
    enabled: bool = True
    expires: tuple[datetime, ...] = ()
    tenant: str = ""
    registered_in: str = ""


class Egress(Fact, frozen=True, kw_only=True):
    """From where the workload's pulls reach a registry.

    ``addresses`` are public ones; ``complete`` is False where the service may use others.
    ``network`` is the ARM id of the virtual network that carries image pulls, empty for none.
    ``unrouted`` is that of one which the workload is part of, but which its pulls do not take.
    """

    addresses: tuple[str, ...] = ()
    complete: bool = True
    network: str = ""
    unrouted: str = ""


class PrivatePath(Fact, frozen=True, kw_only=True):
    """What the workload's network knows of the registry's private endpoint.

    ``zone`` is the private DNS zone id linked to the network, empty for none; ``records`` are
    name -> addresses in it. ``endpoints`` are the private endpoints' ids reachable from there.
    ``transit`` says that a peered network may carry traffic further, to endpoints that are not
    among them; ``fallback`` that a name without a record is asked of the public DNS.
    """

    zone: str = ""
    records: dict[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: tuple[str, ...] = ()
    transit: bool = False
    fallback: bool = False


class RuntimePlatforms(Fact, frozen=True):
    """The platforms on which the workload may be placed: an image must serve all of them."""

    platforms: tuple[Platform, ...]


class PullState(StrEnum):
    """What the compute platform says of the pull right now."""

    RUNNING = "running"
    FAILING = "failing"
    PENDING = "pending"
    STOPPED = "stopped"


class WorkloadState(Fact, frozen=True, kw_only=True):
    """What the compute platform says: its own words are evidence, not the verdict."""

    state: PullState
    reason: str = ""
    message: str = ""
    since: datetime | None = None
    instances: int = 0
    failing: int = 0
