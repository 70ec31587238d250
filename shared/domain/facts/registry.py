"""Facts about the pulled end: a registry, its rules, and what it answers."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from shared.domain.facts.base import Fact
from shared.domain.images import Digest, Platform


class Sku(StrEnum):
    """Service tiers (container-registry-skus)."""

    BASIC = "Basic"
    STANDARD = "Standard"
    PREMIUM = "Premium"
    CLASSIC = "Classic"


class PrivateEndpoint(Struct, frozen=True):
    """A private endpoint connection; ``state`` is Approved, Pending, Rejected or Disconnected.

    ``id`` is the ARM id of the private endpoint, as in `PrivatePath.endpoints`; ``connection``
    is the name of its connection at the registry.
    """

    id: str
    state: str
    description: str = ""
    connection: str = ""


class RegistryProfile(Fact, frozen=True, kw_only=True):
    """How the registry is set up, as ARM tells (api 2025-11-01, ``properties``)."""

    resource_id: str
    login_server: str
    name: str
    region: str
    sku: Sku
    provisioning_state: str = "Succeeded"
    public_network_access: bool = True
    default_allow: bool = True
    allowed_ranges: tuple[str, ...] = ()
    trusted_services: bool = True
    private_endpoints: tuple[PrivateEndpoint, ...] = ()
    data_endpoint_enabled: bool = False
    data_endpoints: tuple[str, ...] = ()
    admin_enabled: bool = False
    anonymous_pull: bool = False
    abac: bool = False
    arm_audience_accepted: bool = True
    quarantine: bool = False
    retention_days: int | None = None
    retention_since: datetime | None = None
    tenant_id: str = ""

    @property
    def admits_everyone(self) -> bool:
        """Whether the public endpoint is open to every address."""
        return self.public_network_access and self.default_allow


class Replication(Struct, frozen=True):
    """A geo-replica; ``endpoint_enabled`` false means that routing leaves it out."""

    region: str
    endpoint_enabled: bool
    provisioning_state: str


class Replications(Fact, frozen=True):
    """Every geo-replica of the registry, the home region included."""

    replicas: tuple[Replication, ...]


class Usage(Struct, frozen=True):
    """One row of listUsages. For ``Size`` the limit is the *included* storage in bytes."""

    name: str
    current: int
    limit: int


class RegistryUsages(Fact, frozen=True):
    """What of its quotas the registry uses; a limit of -1 is none."""

    usages: tuple[Usage, ...]


class Permission(Struct, frozen=True):
    """One permission block of a role definition, wildcards as written."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


class RoleAssignment(Struct, frozen=True, kw_only=True):
    """A role assigned to a principal at a scope that covers the registry."""

    id: str
    principal_id: str
    role_name: str
    scope: str
    permissions: tuple[Permission, ...]
    condition: str = ""
    created: datetime | None = None


class DenyAssignment(Struct, frozen=True, kw_only=True):
    """A deny assignment that covers the registry."""

    id: str
    name: str
    principal_ids: tuple[str, ...]
    excluded_principal_ids: tuple[str, ...]
    permissions: tuple[Permission, ...]
    condition: str = ""


class RoleAssignments(Fact, frozen=True, kw_only=True):
    """Who holds which roles at the registry or above, for the pull's own principal.

    ``related`` are assignments of *other* principals of the workload (the cluster's control
    identity, another slot): they tell "role on the wrong identity" from "no role at all".
    ``groups_known`` is false where group membership could not be read: then the absence of a
    role is not proven. ``groups`` are the object ids of the principal's groups. ``elsewhere`` are
    the principal's assignments at scopes that do not cover the registry; they are read only where
    it has none that do.
    """

    principal_id: str
    assignments: tuple[RoleAssignment, ...]
    related: tuple[RoleAssignment, ...] = ()
    denials: tuple[DenyAssignment, ...] = ()
    groups_known: bool = True
    groups: tuple[str, ...] = ()
    elsewhere: tuple[RoleAssignment, ...] = ()


class ScopedToken(Fact, frozen=True, kw_only=True):
    """
    A non-Entra token with its scope map (``repositories/{repository}/content/read``...).

    ``exists`` is False where the registry has no token of this name.
    """

    name: str
    enabled: bool
    scope_map: str
    actions: tuple[str, ...]
    expires: tuple[datetime | None, ...] = ()
    exists: bool = True


class Reach(StrEnum):
    """How far a request came. Everything but ANSWERED says nothing about the image."""

    ANSWERED = "answered"
    NO_NAME = "name does not resolve"
    NO_CONNECTION = "no connection"
    TIMED_OUT = "timed out"
    BAD_TLS = "TLS failed"
    PROXY_REFUSED = "proxy refused"
    GARBLED = "answer not understood"


class RegistryError(Struct, frozen=True):
    """One entry of an OCI error body. Attacker-controlled text."""

    code: str
    message: str = ""
    detail: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What came back from the data plane, seen from the monitor's place in the network.

    ``status`` is 0 unless reach is ANSWERED. What a registry answers is evidence, never an
    exception: 401, 403, 404 and 429 are all answers.
    """

    reach: Reach
    status: int = 0
    errors: tuple[RegistryError, ...] = ()
    correlation_id: str = ""
    retry_after: float | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.reach is Reach.ANSWERED and self.status < 300  # noqa: PLR2004 - HTTP

    @property
    def passing(self) -> bool:
        """Whether asking again later is worth it: throttled, or the service is down."""
        return self.status == 429 or self.status >= 500  # noqa: PLR2004 - HTTP

    @property
    def code(self) -> str:
        """The first error code, such as ``MANIFEST_UNKNOWN``."""
        return self.errors[0].code if self.errors else ""


class LoginServerAddress(Fact, frozen=True):
    """The login server's name as resolved from the monitor's place in the network.

    ``exists`` is False only for an authoritative "no such name".
    """

    host: str
    exists: bool
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class RegistryAnswer(Fact, frozen=True):
    """The answer to ``GET /v2/`` without credentials: 401 with a challenge is the healthy one."""

    host: str
    answer: Answer
    challenged: bool = False


class MonitorAccess(Fact, frozen=True):
    """What the monitor itself may do in the repository: the actions in its access token."""

    answer: Answer
    actions: tuple[str, ...] = ()


class ManifestAnswer(Fact, frozen=True, kw_only=True):
    """The answer to the question for the pull's manifest, asked with the monitor's identity.

    ``listed`` is true where a complete listing of the repository stood in for the request.
    """

    answer: Answer
    digest: Digest = Digest("")
    media_type: str = ""
    size: int = 0
    listed: bool = False


class Child(Struct, frozen=True):
    """
    A manifest that an index names, and whether the registry still has it (None: not asked).

    ``platform`` is as written: ``unknown/unknown`` for a build's attestation, None for none.
    """

    digest: Digest
    platform: Platform | None
    present: bool | None = None


class ImageContent(Fact, frozen=True, kw_only=True):
    """What the manifest consists of. Immutable for a digest, so it can be cached for ever.

    ``platforms`` is empty where the image does not say. ``missing`` are blobs (config, layers)
    that the registry was asked for and does not have; ``blobs_asked`` says whether it was asked
    for all of them, so that nothing missing means nothing is. ``source`` and ``revision`` are its
    labels ``org.opencontainers.image.source`` and ``.revision``, where they were read.
    """

    digest: Digest
    media_type: str
    artifact_type: str = ""
    config_media_type: str = ""
    platforms: tuple[Platform, ...] = ()
    children: tuple[Child, ...] = ()
    missing: tuple[Digest, ...] = ()
    blobs_asked: bool = False
    source: str = ""
    revision: str = ""


class ManifestState(Fact, frozen=True, kw_only=True):
    """
    What ACR keeps beside the manifest (``/acr/v1/{repository}/_manifests/{digest}``).

    ``digest`` is empty where the registry says that it keeps nothing under the pull's name, in
    quarantine or otherwise. Where a tag is gone but the digest that the workload runs is still
    there, this is about that digest.
    """

    digest: Digest
    tags: tuple[str, ...] = ()
    read_enabled: bool = True
    delete_enabled: bool = True
    write_enabled: bool = True
    list_enabled: bool = True
    quarantined: bool = False
    updated: datetime | None = None


class Neighbours(Fact, frozen=True, kw_only=True):
    """What stands near a missing name; asked only when something is missing.

    ``repositories`` is None where the catalog could not be read, ``tags`` None where the
    repository does not exist or its tags could not be read.
    """

    repository_exists: bool | None
    tags: tuple[str, ...] | None = None
    repositories: tuple[str, ...] | None = None


class SoftDeleted(Fact, frozen=True):
    """Whether the missing manifest can be restored from soft delete."""

    enabled: bool
    found: bool = False
    digest: Digest = Digest("")
