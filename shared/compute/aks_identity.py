"""Who pulls for a pod: its pull secrets, its service account's identity, or the kubelet."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from shared.adapters.concurrency import each
from shared.compute.aks_cluster import (
    kubelet_identity,
    node_resource_group,
    tells_of_lacking_identity,
)
from shared.compute.identity import named_user
from shared.compute.kubernetes.clusters import Clusters, SecretKey
from shared.compute.kubernetes.objects import ServiceAccount
from shared.compute.kubernetes.pull_secrets import Login, SecretContents, named_secrets
from shared.compute.kubernetes.reader import AbsentError
from shared.compute.kubernetes.state import missing_secrets
from shared.compute.kubernetes.workloads import Member
from shared.compute.reading import text
from shared.compute.sources import ArmReader, Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import (
    Audience,
    IdentityKind,
    PullIdentity,
    PullSecret,
    PullSecrets,
    RegistryCredential,
)
from shared.domain.images import ImageReference
from shared.domain.logins import covers

COMPUTE_API = "2024-07-01"
KUBELET = "kubelet identity"
CLIENT_ID = "kubernetes.azure.com/acr-client-id"
TENANT_ID = "kubernetes.azure.com/acr-tenant-id"
"""Annotations of a service account that pulls by itself (cloud-provider-azure, acr provider)."""


class SeenSecret(Struct, frozen=True):
    """A pull secret that a workload names; ``contents`` None: there is none, or it is not shown.

    ``elsewhere`` are other namespaces that have a secret of the name.
    """

    namespace: str
    name: str
    exists: bool | None
    contents: SecretContents | None = None
    elsewhere: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Namespace and name, as people write them."""
        return f"{self.namespace}/{self.name}"

    def login(self, image: ImageReference) -> Login | None:
        """What of it kubelet takes for an image."""
        logins = self.contents.logins if self.contents else ()
        return next((one for one in logins if covers(one.server, image)), None)


class AksIdentity:
    """Reads what decides who pulls. All methods raise CouldNotLookError."""

    def __init__(self, arm: ArmReader, clusters: Clusters) -> None:
        self._arm = arm
        self._clusters = clusters

    async def of_nodes(self, cluster: Json) -> PullIdentity:
        """The kubelet's identity, and whether every node has it."""
        identity = kubelet_identity(cluster)
        if identity.kind is not IdentityKind.KUBELET_IDENTITY:
            return identity
        group = node_resource_group(cluster)
        try:
            scale_sets = await self._arm.list(
                f"{group}/providers/Microsoft.Compute/virtualMachineScaleSets", COMPUTE_API
            )
        except CouldNotLookError:  # then it is taken to be attached, as AKS does it
            return identity
        lacking = tells_of_lacking_identity(scale_sets, identity.client_id)
        return replace(identity, attached=not lacking)

    async def of_members(
        self, cluster: Json, members: tuple[Member, ...], image: ImageReference
    ) -> PullIdentity:
        """
        Who pulls an image for some pods.

        Kubelet tries the pull secrets for the registry before its own identity; one that the
        monitor may not read may be for the registry.
        """
        nodes = await self.of_nodes(cluster)
        secrets = await self.secrets(text(cluster, "id"), members)
        for secret in secrets:
            if login := secret.login(image):
                where = f"image pull secret {secret.place}"
                named = named_user(login.username, image.registry, where=where)
                return replace(named, audience=Audience.ACR, related=_others(nodes))
        hidden = [secret for secret in secrets if secret.exists is None]
        if hidden:
            return PullIdentity(
                kind=IdentityKind.PULL_SECRET,
                name=", ".join(secret.name for secret in hidden),
                related=_others(nodes),
                where=f"image pull secret {', '.join(secret.place for secret in hidden)}",
            )
        accounts = await self._accounts(text(cluster, "id"), members)
        return _of_account(members, accounts, nodes) or nodes

    async def secrets(self, cluster_id: str, members: tuple[Member, ...]) -> list[SeenSecret]:
        """The pull secrets that pods name, as far as they can be seen."""
        accounts = await self._accounts(cluster_id, members)
        named = sorted(named_secrets(members, accounts))

        async def look(one: tuple[str, str]) -> SeenSecret:
            return await self._look(SecretKey(cluster_id, *one))

        seen = await each(named, look)
        if all(secret.exists is not None for secret in seen):
            return seen
        missing = await self._told_missing(cluster_id, members)
        return [
            replace(one, exists=False) if one.exists is None and one.name in missing else one
            for one in seen
        ]

    async def _look(self, key: SecretKey) -> SeenSecret:
        try:
            contents = await self._clusters.secret(key)
        except AbsentError:
            found = await self._elsewhere(key)
            return SeenSecret(key.namespace, key.name, exists=False, elsewhere=found)
        except CouldNotLookError:
            return SeenSecret(key.namespace, key.name, exists=None)
        return SeenSecret(key.namespace, key.name, True, contents)

    async def _elsewhere(self, key: SecretKey) -> tuple[str, ...]:
        try:
            return await self._clusters.namespaces_with_secret((key.cluster_id, key.name))
        except CouldNotLookError:
            return ()

    async def _told_missing(self, cluster_id: str, members: Iterable[Member]) -> frozenset[str]:
        pods = [member.pod for member in members if member.pod]
        try:
            return missing_secrets(pods, await self._clusters.events(cluster_id))
        except CouldNotLookError:
            return frozenset()

    async def _accounts(
        self, cluster_id: str, members: Iterable[Member]
    ) -> tuple[ServiceAccount, ...]:
        try:
            return await self._clusters.accounts(cluster_id)
        except CouldNotLookError:
            if any(member.pod for member in members):  # pods have got their account's secrets
                return ()
            raise


def pull_secrets(seen: Iterable[SeenSecret]) -> PullSecrets:
    """The fact about pull secrets; one that kubelet cannot use has no servers."""
    return PullSecrets(
        tuple(
            PullSecret(
                name=one.name,
                namespace=one.namespace,
                exists=one.exists,
                servers=tuple(login.server for login in one.contents.logins)
                if one.contents
                else None,
                malformed=one.contents is not None and one.contents.malformed,
                elsewhere=one.elsewhere,
            )
            for one in seen
        )
    )


def registry_credential(
    seen: Iterable[SeenSecret], image: ImageReference
) -> RegistryCredential | None:
    """The pull secret for the image's registry, where one can be read."""
    for secret in seen:
        if login := secret.login(image):
            return RegistryCredential(
                configured=True,
                username=login.username,
                secret_name=secret.place,
                secret_exists=True,
            )
    return None


def _others(nodes: PullIdentity) -> dict[str, str]:
    kubelet = {KUBELET: nodes.principal_id} if nodes.principal_id else {}
    return kubelet | nodes.related


def _of_account(
    members: Iterable[Member], accounts: Iterable[ServiceAccount], nodes: PullIdentity
) -> PullIdentity | None:
    used = {(member.namespace, member.spec.service_account_name) for member in members}
    for account in accounts:
        annotations = account.metadata.annotations or {}
        place = (account.metadata.namespace, account.metadata.name)
        if place in used and annotations.get(CLIENT_ID):
            return PullIdentity(
                kind=IdentityKind.MANAGED_IDENTITY,
                name=annotations[CLIENT_ID],
                client_id=annotations[CLIENT_ID],
                tenant_id=annotations.get(TENANT_ID, ""),
                audience=Audience.ACR,
                related=_others(nodes),
                where=f"service account {'/'.join(place)}, annotation {CLIENT_ID}",
            )
    return None
