"""Facts about a pull that goes well, and how to say in one line what is different.

``healthy(profile(abac=True))`` is the evidence of a healthy pull from a registry in ABAC mode.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from shared.domain.cleanup import Loss
from shared.domain.facts.base import Evidence, Fact, Unavailable
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import (
    Answer,
    ImageContent,
    LoginServerAddress,
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Permission,
    PrivateEndpoint,
    Reach,
    RegistryAnswer,
    RegistryError,
    RegistryProfile,
    RegistryUsages,
    Replication,
    Replications,
    RoleAssignment,
    RoleAssignments,
    ScopedToken,
    Sku,
    Usage,
)
from shared.domain.facts.workload import (
    Audience,
    CredentialExpiry,
    Egress,
    IdentityKind,
    PrivatePath,
    PullIdentity,
    PullSecret,
    PullSecrets,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Digest, Platform, parse_reference
from shared.domain.pulls import Compute, Pull, Workload

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
DAYS = timedelta(days=1)
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/shop"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/prod"
DEPLOYMENT = f"{CLUSTER}/namespaces/web/deployments/api"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/shop"
APP = f"{GROUP}/providers/Microsoft.App/containerApps/shop"
GROUP_OF_CONTAINERS = f"{GROUP}/providers/Microsoft.ContainerInstance/containerGroups/job"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/prod"
ENDPOINT = f"{GROUP}/providers/Microsoft.Network/privateEndpoints/contoso-pe"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io"
DIGEST = Digest("sha256:" + "a" * 64)
OTHER = Digest("sha256:" + "b" * 64)
THIRD = Digest("sha256:" + "c" * 64)
KUBELET = "22222222-2222-2222-2222-222222222222"
CLIENT = "33333333-3333-3333-3333-333333333333"
AMD64 = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")

WORKLOADS = {
    Compute.AKS: Workload(DEPLOYMENT, Compute.AKS, "web/api"),
    Compute.APP_SERVICE: Workload(SITE, Compute.APP_SERVICE, "shop"),
    Compute.CONTAINER_APPS: Workload(APP, Compute.CONTAINER_APPS, "shop"),
    Compute.CONTAINER_INSTANCES: Workload(GROUP_OF_CONTAINERS, Compute.CONTAINER_INSTANCES, "job"),
}


def asked(
    image: str = "contoso.azurecr.io/team/api:v1",
    compute: Compute = Compute.AKS,
    running: Digest = DIGEST,
) -> Asked:
    return Asked(Pull(WORKLOADS[compute], parse_reference(image), running=running), NOW)


def profile(**changes: Any) -> RegistryProfile:
    plain = RegistryProfile(
        resource_id=REGISTRY,
        login_server="contoso.azurecr.io",
        name="contoso",
        region="westeurope",
        sku=Sku.PREMIUM,
    )
    return replace(plain, **changes)


def identity(**changes: Any) -> PullIdentity:
    plain = PullIdentity(
        kind=IdentityKind.KUBELET_IDENTITY,
        name="prod-agentpool",
        client_id=CLIENT,
        principal_id=KUBELET,
        audience=Audience.ACR,
        related={"control plane": "44444444-4444-4444-4444-444444444444"},
        where="identityProfile.kubeletidentity",
    )
    return replace(plain, **changes)


def managed(**changes: Any) -> PullIdentity:
    found = identity(kind=IdentityKind.MANAGED_IDENTITY, audience=Audience.ARM, related={})
    return replace(found, **changes)


def by(kind: IdentityKind, **changes: Any) -> PullIdentity:
    plain = PullIdentity(kind=kind, name=kind.value)
    return replace(plain, **changes)


ACR_PULL = Permission(actions=("Microsoft.ContainerRegistry/registries/pull/read",))
READER = Permission(
    data_actions=("Microsoft.ContainerRegistry/registries/repositories/content/read",)
)


def role(*permissions: Permission, **changes: Any) -> RoleAssignment:
    plain = RoleAssignment(
        id=f"{REGISTRY}/providers/Microsoft.Authorization/roleAssignments/1",
        principal_id=KUBELET,
        role_name="AcrPull",
        scope=REGISTRY,
        permissions=permissions or (ACR_PULL,),
        created=NOW - 90 * DAYS,
    )
    return replace(plain, **changes)


def rights(*assignments: RoleAssignment, **changes: Any) -> RoleAssignments:
    plain = RoleAssignments(principal_id=KUBELET, assignments=assignments)
    return replace(plain, **changes)


def egress(*addresses: str, **changes: Any) -> Egress:
    return replace(Egress(addresses=addresses), **changes)


def endpoint(state: str = "Approved", **changes: Any) -> PrivateEndpoint:
    return replace(PrivateEndpoint(ENDPOINT, state, connection="contoso-pe.1"), **changes)


def path(**changes: Any) -> PrivatePath:
    plain = PrivatePath(
        zone=ZONE,
        records={"contoso": ("10.0.0.5",), "contoso.westeurope.data": ("10.0.0.4",)},
        endpoints=(ENDPOINT,),
    )
    return replace(plain, **changes)


def answer(status: int = 200, *errors: str, **changes: Any) -> Answer:
    said = tuple(RegistryError(code) for code in errors)
    return replace(Answer(reach=Reach.ANSWERED, status=status, errors=said), **changes)


def manifest(status: int = 200, *errors: str, **changes: Any) -> ManifestAnswer:
    digest = DIGEST if status == 200 else Digest("")
    return replace(ManifestAnswer(answer=answer(status, *errors), digest=digest), **changes)


def unreached(reach: Reach) -> ManifestAnswer:
    return ManifestAnswer(answer=Answer(reach=reach))


def content(**changes: Any) -> ImageContent:
    plain = ImageContent(
        digest=DIGEST,
        media_type="application/vnd.oci.image.manifest.v1+json",
        config_media_type="application/vnd.oci.image.config.v1+json",
        platforms=(AMD64,),
        blobs_asked=True,
    )
    return replace(plain, **changes)


def state(**changes: Any) -> ManifestState:
    return replace(ManifestState(digest=DIGEST, tags=("v1",)), **changes)


def workload(state: PullState = PullState.RUNNING, message: str = "") -> WorkloadState:
    return WorkloadState(state=state, message=message)


def token(**changes: Any) -> ScopedToken:
    plain = ScopedToken(
        name="ci",
        enabled=True,
        scope_map="ci-map",
        actions=("repositories/team/api/content/read", "repositories/team/api/metadata/read"),
        expires=(NOW + 200 * DAYS, None),
    )
    return replace(plain, **changes)


def account(*expires: datetime, **changes: Any) -> CredentialExpiry:
    return replace(CredentialExpiry(exists=True, expires=expires), **changes)


def secret(**changes: Any) -> PullSecret:
    plain = PullSecret(
        name="regcred", namespace="web", exists=True, servers=("contoso.azurecr.io",)
    )
    return replace(plain, **changes)


def secrets(*found: PullSecret) -> PullSecrets:
    return PullSecrets(found)


def setting(**changes: Any) -> RegistryCredential:
    return replace(RegistryCredential(configured=True), **changes)


def usages(**current: tuple[int, int]) -> RegistryUsages:
    return RegistryUsages(tuple(Usage(name, *values) for name, values in current.items()))


def forecast(*losses: Loss, **changes: Any) -> CleanupForecast:
    plain = CleanupForecast(until=NOW + 7 * DAYS, losses=losses)
    return replace(plain, **changes)


def observed() -> tuple[Fact, ...]:
    """A pod that pulls with the kubelet's identity from an open Premium registry."""
    return (
        asked(),
        profile(),
        Replications((Replication("westeurope", True, "Succeeded"),)),
        usages(Size=(10, 1000), Webhooks=(1, 500)),
        LoginServerAddress("contoso.azurecr.io", True, ("20.0.0.1",)),
        RegistryAnswer("contoso.azurecr.io", answer(401), True),
        MonitorAccess(answer(), ("pull", "metadata_read")),
        manifest(),
        content(),
        state(),
        identity(),
        rights(role()),
        secrets(),
        egress("52.1.2.3"),
        RuntimePlatforms((AMD64,)),
        workload(),
        forecast(),
    )


def healthy(*changes: Fact | Unavailable, without: Iterable[type[Fact]] = ()) -> Evidence:
    """The same with facts added or put in the place of others; ``without`` leaves some out."""
    gone = {kind.__name__ for kind in without}
    gone |= {c.kind for c in changes if isinstance(c, Unavailable)}
    gone |= {type(c).__name__ for c in changes}
    kept = [fact for fact in observed() if type(fact).__name__ not in gone]
    return Evidence([*kept, *changes])


def unseen(kind: type[Fact]) -> Unavailable:
    return Unavailable.of(kind, "403 reading it")


def less(evidence: Evidence, kind: type[Fact]) -> Evidence:
    """The same evidence without one fact, as if nobody had asked for it."""
    kept = [fact for fact in evidence._facts.values() if not isinstance(fact, kind)]
    gaps = [Unavailable(name, why) for name, why in evidence.gaps.items()]
    return Evidence([*kept, *gaps])
