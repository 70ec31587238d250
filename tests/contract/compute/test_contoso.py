"""The described Contoso, seen through the wire with the monitor's own rights."""

import asyncio
from collections.abc import Iterator

import pytest

from local.estates.kubernetes import Cluster
from shared.domain.facts.base import Evidence, MissingEvidenceError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import (
    CredentialExpiry,
    Egress,
    IdentityKind,
    PrivatePath,
    PullIdentity,
    PullSecrets,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform
from shared.domain.pulls import Standing
from tests.contract.compute.conftest import Estate

pytestmark = pytest.mark.contract


def described(contoso: Estate) -> set[str]:
    """The names of all workloads that the estate describes."""
    estate = contoso.world.estate
    return {
        *(name for cluster in estate.clusters for name in in_cluster(cluster)),
        *(app.name for app in estate.web_apps),
        *(f"{app.name}/{slot.name}" for app in estate.web_apps for slot in app.slots),
        *(one.name for one in (*estate.container_apps, *estate.jobs, *estate.container_groups)),
    }


def in_cluster(cluster: Cluster) -> Iterator[str]:
    for one in cluster.objects:
        yield f"{cluster.name}/{one.namespace}/{one.kind.lower()}/{one.name}"


async def test_every_workload_is_discovered_and_nothing_is_left_unseen(contoso: Estate) -> None:
    found = await contoso.discover()
    assert found.gaps == ()
    assert {pull.workload.name for pull in found.pulls} == described(contoso)
    assert len({pull.key for pull in found.pulls}) == len(found.pulls)


async def test_how_workloads_stand(contoso: Estate) -> None:
    standing = {
        (pull.workload.name, pull.image.tag): pull.standing
        for pull in (await contoso.discover()).pulls
    }
    assert standing["aks-prod/shop/deployment/api", "v412"] is Standing.ACTIVE
    assert standing["aks-prod/shop/deployment/api", "v411"] is Standing.ROLLBACK
    assert standing["aks-prod/billing/deployment/worker", "6.9"] is Standing.IDLE
    assert standing["aks-prod/shop/cronjob/nightly-report", "2026.10"] is Standing.IDLE
    assert standing["aks-prod/shop/deployment/worker", "1.8.0"] is Standing.ACTIVE
    assert standing["orders", "9.1"] is Standing.ACTIVE
    assert standing["orders", "9.0"] is Standing.ROLLBACK
    assert standing["pricing", "0.9"] is Standing.IDLE
    assert standing["shop-admin/staging", "v412"] is Standing.SLOT


async def test_init_containers_and_running_digests_are_seen(contoso: Estate) -> None:
    worker = await contoso.pulls_of("aks-prod/shop/deployment/worker")
    assert {pull.image.repository for pull in worker} == {"shop/worker", "shop/migrate"}
    (web, _) = await contoso.pulls_of("aks-prod/shop/deployment/web")
    assert web.running.startswith("sha256:")


async def test_one_subscription_is_enough_to_ask_for(contoso: Estate) -> None:
    development = next(s for s in contoso.world.estate.subscriptions if s.name == "development")
    found = await contoso.discover((development.id, "00000000-0000-0000-0000-00000000dead"))
    assert {pull.workload.name.partition("/")[0] for pull in found.pulls} == {"aks-staging"}
    assert {gap.what for gap in found.gaps} == {
        "/subscriptions/00000000-0000-0000-0000-00000000dead"
    }


async def test_every_pull_has_every_fact_or_the_reason_why_not(contoso: Estate) -> None:
    found = (await contoso.discover()).pulls
    for pull in found:
        seen = Evidence(await contoso.platforms[pull.workload.compute].observe(pull))
        for kind in (PullIdentity, Egress, PrivatePath, RuntimePlatforms, WorkloadState):
            assert seen.get(kind) or seen.gaps.get(kind.__name__), (pull.workload.name, kind)
        assert Evidence.from_json(seen.to_json()).gaps == seen.gaps


async def test_a_sweeps_observations_share_their_reads(contoso: Estate) -> None:
    found = (await contoso.discover()).pulls
    before = contoso.requests()
    await asyncio.gather(*(contoso.platforms[p.workload.compute].observe(p) for p in found))
    first = contoso.requests() - before
    await asyncio.gather(*(contoso.platforms[p.workload.compute].observe(p) for p in found))
    again = contoso.requests() - before - first
    routes = contoso.world.requests
    pods = {host: n for (host, route), n in routes.items() if route.endswith("v1/pods")}
    assert set(pods.values()) == {1}
    assert len(pods) == len(contoso.world.estate.clusters)
    assert again == 0


async def test_the_kubelet_pulls_not_the_cluster(contoso: Estate) -> None:
    identity = (await contoso.see("aks-staging/default/deployment/web"))[PullIdentity]
    kubelet = contoso.world.identity("aks-staging-kubelet")
    assert kubelet is not None
    assert identity.kind is IdentityKind.KUBELET_IDENTITY
    assert identity.principal_id == kubelet.object_id
    assert "control plane identity" in identity.related


async def test_a_pull_secret_that_may_not_be_read_is_said(contoso: Estate) -> None:
    seen = await contoso.see("aks-prod/billing/deployment/api")
    assert seen[PullIdentity].kind is IdentityKind.PULL_SECRET
    (secret,) = seen[PullSecrets].secrets
    assert (secret.name, secret.namespace, secret.exists) == ("billing-registry", "billing", None)
    assert seen[WorkloadState].state is PullState.FAILING
    assert "401 Unauthorized" in seen[ReportedError].text


async def test_only_a_pod_that_tolerates_the_arm64_pool_may_land_there(contoso: Estate) -> None:
    seen = await contoso.see("aks-prod/shop/deployment/recommend")
    assert seen[RuntimePlatforms].platforms == (Platform("linux", "arm64"),)
    assert seen[WorkloadState].state is PullState.RUNNING
    web = (await contoso.see("aks-prod/shop/deployment/web"))[RuntimePlatforms]
    assert web.platforms == (Platform("linux", "amd64"),)


async def test_private_paths_differ_by_network(contoso: Estate) -> None:
    connected = await contoso.see("aks-prod/shop/deployment/web")
    path = connected[PrivatePath]
    assert path.zone.endswith("/privatelink.azurecr.io")
    assert len(path.endpoints) == 1
    assert "contoso" in path.records
    assert connected[Egress].addresses == ("20.50.1.10",)
    lonely = await contoso.see("aks-edge/default/deployment/gateway")
    assert lonely[PrivatePath] == PrivatePath()
    assert lonely[Egress].addresses == ("20.60.9.9",)
    assert lonely[Egress].network.endswith("/island")


async def test_image_pulls_of_sites_take_the_network_only_where_told(contoso: Estate) -> None:
    through = await contoso.see("shop-admin")
    assert through[Egress].network.endswith("/apps")
    assert through[PrivatePath].endpoints
    past = await contoso.see("partner-site")
    assert past[Egress].network == ""
    assert past[Egress].addresses == ("20.70.3.33",)
    assert past[PrivatePath] == PrivatePath()


async def test_who_pulls_for_sites(contoso: Estate) -> None:
    assert (await contoso.see("portal"))[PullIdentity].system_assigned
    slot = (await contoso.see("shop-admin/staging"))[PullIdentity]
    assert (slot.name, slot.attached) == ("apps-pull", True)
    side = (await contoso.see("loyalty-site"))[PullIdentity]
    assert side.name == "loyalty-pull"
    hidden = await contoso.see("intranet")
    for kind in (PullIdentity, RegistryCredential):
        with pytest.raises(MissingEvidenceError, match="config/list/action"):
            _ = hidden[kind]


async def test_who_pulls_for_container_apps(contoso: Estate) -> None:
    mailer = await contoso.see("mailer")
    assert (mailer[PullIdentity].kind, mailer[PullIdentity].name) == (
        IdentityKind.TOKEN,
        "mailer-token",
    )
    assert mailer[RegistryCredential].secret_exists
    assert "401 Unauthorized" in mailer[ReportedError].text
    resizer = await contoso.see("image-resizer")
    assert resizer[PullIdentity].kind is IdentityKind.ANONYMOUS
    assert (await contoso.see("loyalty-ui"))[PullIdentity].system_assigned
    assert (await contoso.see("worker-replay"))[PullIdentity].name == "apps-pull"
    assert (await contoso.see("orders"))[Egress].network.endswith("/apps")


async def test_who_pulls_for_container_groups(contoso: Estate) -> None:
    importer = await contoso.see("importer")
    assert importer[PullIdentity].kind is IdentityKind.SERVICE_PRINCIPAL
    assert importer[WorkloadState].state is PullState.FAILING
    assert "authentication required" in importer[ReportedError].text
    smoke = await contoso.see("api-smoke-test")
    assert smoke[PullIdentity].name == "apps-pull"
    assert smoke[Egress] == Egress(complete=False)
    assert smoke[WorkloadState].state is PullState.RUNNING


async def test_a_service_principals_secret_and_its_end(contoso: Estate) -> None:
    seen = await contoso.see("importer")
    principal = contoso.world.identity("importer-pull")
    assert principal is not None
    assert seen[PullIdentity].client_id == principal.client_id
    assert seen[PullIdentity].principal_id == principal.object_id
    assert seen[CredentialExpiry].exists
    (end,) = seen[CredentialExpiry].expires
    assert end < contoso.world.now()
