"""The clusters' APIs, each read once for the many pulls that ask of it."""

import re
from collections.abc import Mapping

from msgspec import Struct

from shared.adapters.concurrency import each
from shared.adapters.http import Http
from shared.adapters.resilience import cached, remembered
from shared.compute.aks_cluster import CLUSTER_API, is_stopped
from shared.compute.arm_ids import name_of
from shared.compute.kubernetes.access import access_of
from shared.compute.kubernetes.objects import (
    Controller,
    Event,
    Pod,
    Secret,
    ServiceAccount,
)
from shared.compute.kubernetes.pull_secrets import SecretContents, contents_of
from shared.compute.kubernetes.reader import AbsentError, ClusterApi, Listing
from shared.compute.kubernetes.workloads import Contents, Workloads
from shared.compute.sources import ArmReader, TokenSource
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

ACCESS_SECONDS = 600.0
LISTS_AT_ONCE = 4
POD = "Pod"
CONTROLLERS: Mapping[str, str] = {
    "Deployment": "/apis/apps/v1/deployments",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "Job": "/apis/batch/v1/jobs",
    "CronJob": "/apis/batch/v1/cronjobs",
}


_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
"""Whoever writes pods chooses the names of their pull secrets; they must not lead elsewhere."""


class View(Struct, frozen=True):
    """A cluster's workloads, and what of it could not be listed (kind -> reason)."""

    workloads: Workloads
    gaps: tuple[Gap, ...] = ()
    unlisted: Mapping[str, str] = {}


class SecretKey(Struct, frozen=True):
    """Where a secret is."""

    cluster_id: str
    namespace: str
    name: str


class Clusters:
    """
    What clusters hold, by their ARM ids.

    All methods raise CouldNotLookError; what they give is shared and must not be changed.
    """

    def __init__(
        self, arm: ArmReader, http: Http, credentials: TokenSource, settings: Settings
    ) -> None:
        self._arm = arm
        self._http = http
        self._credentials = credentials
        self._settings = settings
        seconds = settings.cache_seconds
        self._api = cached(self._open, seconds=ACCESS_SECONDS)
        self.view = remembered(self._view, seconds=seconds)
        self.events = remembered(self._events, seconds=seconds)
        self.accounts = remembered(self._accounts, seconds=seconds)
        self.secret = remembered(self._secret, seconds=seconds)
        self.namespaces_with_secret = remembered(self._namespaces_with_secret, seconds=seconds)

    async def _open(self, cluster_id: str) -> ClusterApi:
        given = await self._arm.post(f"{cluster_id}/listClusterUserCredential", CLUSTER_API)
        name = name_of(cluster_id)
        return ClusterApi(name, access_of(given), self._http, self._credentials, self._settings)

    async def _running(self, cluster_id: str) -> ClusterApi:
        if is_stopped(await self._arm.get(cluster_id, CLUSTER_API)):
            raise CouldNotLookError(f"the cluster {name_of(cluster_id)} is stopped")
        return await self._api(cluster_id)

    async def _view(self, cluster_id: str) -> View:
        """Every workload. What cannot be listed is a gap; if nothing can, that is the error."""
        api = await self._running(cluster_id)

        async def controllers(kind: str) -> Listing[Controller] | CouldNotLookError:
            return await _tried(api, CONTROLLERS[kind], Controller)

        pods = await _tried(api, "/api/v1/pods", Pod)
        listed = dict(
            zip(
                CONTROLLERS,
                await each(CONTROLLERS, controllers, at_once=LISTS_AT_ONCE),
                strict=True,
            )
        )
        return _view_of(cluster_id, pods, listed)

    async def _events(self, cluster_id: str) -> tuple[Event, ...]:
        """What went wrong with pods lately; Kubernetes forgets events after an hour."""
        api = await self._running(cluster_id)
        selector = "involvedObject.kind=Pod,type=Warning"
        listing = await api.list("/api/v1/events", Event, fieldSelector=selector)
        return listing.objects

    async def _accounts(self, cluster_id: str) -> tuple[ServiceAccount, ...]:
        api = await self._running(cluster_id)
        return (await api.list("/api/v1/serviceaccounts", ServiceAccount)).objects

    async def _secret(self, key: SecretKey) -> SecretContents:
        """Raises AbsentError where there is none, such as one with a name that none can have."""
        if not (_NAME.fullmatch(key.namespace) and _NAME.fullmatch(key.name)):
            raise AbsentError(f"no secret can be called {key.namespace}/{key.name}"[:300])
        api = await self._running(key.cluster_id)
        path = f"/api/v1/namespaces/{key.namespace}/secrets/{key.name}"
        return contents_of(await api.get(path, Secret))

    async def _namespaces_with_secret(self, key: tuple[str, str]) -> tuple[str, ...]:
        """Where in a cluster a secret of a name lies: metadata is asked for, no contents."""
        cluster_id, name = key
        if not _NAME.fullmatch(name):
            return ()
        api = await self._running(cluster_id)
        found = await api.list_metadata("/api/v1/secrets", fieldSelector=f"metadata.name={name}")
        return tuple(sorted(one.metadata.namespace for one in found.objects))


async def _tried[T](api: ClusterApi, path: str, kind: type[T]) -> Listing[T] | CouldNotLookError:
    try:
        return await api.list(path, kind)
    except CouldNotLookError as why:
        return why


def _view_of(
    cluster_id: str,
    pods: Listing[Pod] | CouldNotLookError,
    listed: Mapping[str, Listing[Controller] | CouldNotLookError],
) -> View:
    everything = {POD: pods, **listed}
    failed = {k: one for k, one in everything.items() if isinstance(one, CouldNotLookError)}
    if len(failed) == len(everything):
        raise failed[POD]
    controllers = {k: one.objects for k, one in listed.items() if isinstance(one, Listing)}
    contents = Contents(controllers, pods.objects if isinstance(pods, Listing) else ())
    odd = [
        Gap(cluster_id, f"{one.malformed} objects of kind {kind} could not be understood")
        for kind, one in everything.items()
        if isinstance(one, Listing) and one.malformed
    ]
    return View(
        Workloads(cluster_id, name_of(cluster_id), contents),
        (*(Gap(cluster_id, str(why)) for why in failed.values()), *odd),
        {kind: str(why) for kind, why in failed.items()},
    )
