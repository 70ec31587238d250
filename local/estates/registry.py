"""Registries as an estate describes them: settings, credentials, clean-up tasks and images."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

import msgspec

from local.estates.base import Age, Described, Lasting, Resource, Switch

Sku = Literal["Basic", "Standard", "Premium"]
Mode = Literal["LegacyRegistryPermissions", "AbacRepositoryPermissions"]
Artifact = Literal["image", "helmChart", "signature", "sbom"]
Corruption = Literal["missingManifest", "missingChild", "missingLayer", "missingConfig"]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
RepositoryName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([._/-]+[a-z0-9]+)*$")]
TagName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")]
PlatformName = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+/[a-z0-9]+(/[a-z0-9]+)?$")]


class Firewall(Described, kw_only=True):
    """`networkRuleSet`: IPv4 addresses or ranges that are let in when the default is Deny."""

    default_action: Literal["Allow", "Deny"] = "Allow"
    allow: list[str] = []


class CleanupPolicy(Described, kw_only=True):
    """A policy that is counted in days. Retention: 0-365; soft delete: 1-90."""

    status: Switch = "Disabled"
    days: Days = 7
    updated: Age = timedelta(days=100)


class Policies(Described, kw_only=True):
    """`properties.policies` of a registry."""

    retention: CleanupPolicy = msgspec.field(default_factory=CleanupPolicy)
    soft_delete: CleanupPolicy = msgspec.field(default_factory=CleanupPolicy)
    quarantine: Switch = "Disabled"
    azure_ad_authentication_as_arm: Switch = "Enabled"
    """Whether tokens with the audience of ARM are accepted."""


class Replication(Described, kw_only=True):
    """A geo-replica."""

    location: str
    region_endpoint_enabled: bool = True
    zone_redundancy: Switch = "Enabled"
    status: str = "Ready"
    provisioning_state: str = "Succeeded"
    lag: timedelta = timedelta()
    """ISO 8601 duration: for so long after a change it still shows what was there before."""


class ScopeMap(Described, kw_only=True):
    """Permissions of tokens: `repositories/{name}/content/read`; `*` stands for any name."""

    name: str
    actions: list[str]
    description: str = ""
    built_in: bool = False


class TokenPassword(Described, kw_only=True):
    """One of the two passwords of a token."""

    value: str = ""
    expires: Lasting | None = None
    created: Age = timedelta(days=100)


class Token(Described, kw_only=True):
    """A credential that belongs to the registry, not to Entra."""

    name: str
    scope_map: str
    status: Literal["enabled", "disabled"] = "enabled"
    passwords: Annotated[list[TokenPassword], msgspec.Meta(max_length=2)] = []


class Task(Described, kw_only=True):
    """An ACR task that runs commands. Its identity may be the system's own."""

    name: str
    command: str = ""
    """What to run, such as `acr purge --filter 'app:.*' --ago 30d`; or give `yaml`."""
    yaml: str = ""
    """The whole task file; made from `command` unless given."""
    file: str = ""
    """The path of a task file in `context` instead: then nobody sees its steps in ARM."""
    context: str = ""
    """A git repository, such as `https://github.com/contoso/tasks.git#main`."""
    dockerfile: str = ""
    """Or the path of a Dockerfile in `context`: a task that builds."""
    values: dict[str, str] = {}
    """What stands for `{{.Values.NAME}}`."""
    secret_values: dict[str, str] = {}
    """The same, but ARM does not tell them."""
    schedules: list[str] = []
    """Cron with five fields, UTC."""
    paused_schedules: list[str] = []
    """Schedules whose trigger is switched off."""
    status: Switch = "Enabled"
    created: Age = timedelta(days=100)


class CacheRule(Described, kw_only=True):
    """Artifact cache: a repository that mirrors another registry's."""

    name: str
    source: str
    target: str
    credential_set: str = ""
    credentials: Literal["healthy", "unhealthy", "gone"] = "healthy"
    """How the credential set is."""


class Quota(Described, kw_only=True):
    """What `listUsages` cannot count by itself."""

    size_bytes: int | None = None
    """Reported size; the content is counted unless given."""
    growth_bytes_per_day: int = 0
    webhooks: int = 0
    pulls_per_minute: int = 0
    """Pulls that are counted beside those that really happen."""
    pulls_by_identity: dict[str, int] = {}
    """The same by who makes them: each minute so many. They stand in the resource log, too."""


class Locks(Described, kw_only=True):
    """`changeableAttributes` of a repository, tag or manifest."""

    delete_enabled: bool = True
    write_enabled: bool = True
    list_enabled: bool = True
    read_enabled: bool = True


class Image(Described, kw_only=True):
    """One pushed artifact.

    Its digest is made from the repository, its name and what it consists of, and so is the same on
    every start, and in every registry that holds it.
    """

    tags: list[TagName] = []
    name: str = ""
    """What `@digest(NAME)` in an image reference means; the first tag unless given."""
    platforms: list[PlatformName] = msgspec.field(default_factory=lambda: ["linux/amd64"])
    """More than one makes an index."""
    index: bool = False
    """An index even for one platform, as buildx makes."""
    attested: bool = False
    """An index with a provenance attestation, as buildx makes: a child for `unknown/unknown`."""
    os_version: str = ""
    """Of an image for Windows: the build of its base image."""
    media: Literal["docker", "oci", "schema1"] = "docker"
    """Schema 1 is Docker's oldest format: read, but not taken any more."""
    artifact: Artifact = "image"
    subject: str = ""
    """The name of the image that a signature or SBOM belongs to."""
    layers: Annotated[int, msgspec.Meta(ge=1, le=127)] = 2
    layer_bytes: int = 512
    labels: dict[str, str] = {}
    age: Age = timedelta(days=30)
    untagged_for: Age | None = None
    """How long ago it lost its last tag."""
    deleted_for: Age | None = None
    """Soft-deleted so long ago."""
    locks: Locks = msgspec.field(default_factory=Locks)
    tag_locks: dict[str, Locks] = {}
    quarantined: bool = False
    corrupt: Corruption | None = None


class Repository(Described, kw_only=True):
    """Images under one name."""

    name: RepositoryName
    images: list[Image] = []
    locks: Locks = msgspec.field(default_factory=Locks)


class Registry(Resource, kw_only=True):
    """An Azure container registry."""

    TYPE: ClassVar[str] = "Microsoft.ContainerRegistry/registries"

    login_server: str = ""
    """`{name}.azurecr.io` unless given; with a domain name label it holds a dash and a hash."""
    sku: Sku = "Standard"
    replications: list[Replication] = []
    role_assignment_mode: Mode = "LegacyRegistryPermissions"
    admin_user_enabled: bool = False
    admin_passwords: list[str] = []
    anonymous_pull_enabled: bool = False
    public_network_access: Switch = "Enabled"
    firewall: Firewall = msgspec.field(default_factory=Firewall)
    network_rule_bypass_options: Literal["AzureServices", "None"] = "AzureServices"
    network_rule_bypass_allowed_for_tasks: bool = False
    data_endpoint_enabled: bool = False
    zone_redundancy: Switch = "Enabled"
    policies: Policies = msgspec.field(default_factory=Policies)
    scope_maps: list[ScopeMap] = []
    tokens: list[Token] = []
    tasks: list[Task] = []
    cache_rules: list[CacheRule] = []
    quota: Quota = msgspec.field(default_factory=Quota)
    diagnostics: str = ""
    """Name of the workspace that its resource logs go to; empty means no diagnostic setting."""
    repositories: list[Repository] = []
