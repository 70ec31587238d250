"""AKS over the wire: TLS with the cluster's own authority, paging, refusals, shared reads."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import stamina
import trustme

from shared.compute.base import ComputePlatform
from shared.compute.kubernetes import reader
from shared.compute.kubernetes.access import Access, trust
from shared.compute.kubernetes.objects import Pod
from shared.compute.kubernetes.reader import AUDIENCE, ClusterApi
from shared.compute.reading import MalformedError
from shared.domain.facts.base import CouldNotLookError, Evidence, MissingEvidenceError
from shared.domain.facts.pull import ReportedError
from shared.domain.facts.workload import (
    Egress,
    IdentityKind,
    PullIdentity,
    PullSecrets,
    PullState,
    RegistryCredential,
    RuntimePlatforms,
    WorkloadState,
)
from shared.domain.images import Platform, parse_reference
from shared.domain.pulls import Compute, Pull, Workload
from shared.settings import Settings
from tests.contract.compute.scripted import (
    API,
    ARM,
    CLUSTER,
    DIGEST,
    IMAGE,
    cluster,
    compute,
    paged,
    pod,
    pull_of,
    script,
)
from tests.support.wire import World, authority_pem, says, world

pytestmark = pytest.mark.contract

SETTINGS = Settings(retry_attempts=2, request_timeout_seconds=2)
PODS = f"GET {API}/api/v1/pods"
FORBIDDEN = {"kind": "Status", "message": 'pods is forbidden: User "m" cannot list'}


@pytest.fixture
async def azure() -> AsyncIterator[World]:
    async with world(ARM, API) as made:
        yield made


@pytest.fixture(autouse=True)
def no_waits() -> Any:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
async def aks(azure: World) -> AsyncIterator[ComputePlatform]:
    made, http = compute(azure, SETTINGS)
    yield made[0]
    await http.close()


async def observed(aks: ComputePlatform, pull: Pull | None = None) -> Evidence:
    return Evidence(await aks.observe(pull or pull_of(1)))


async def test_discovers_over_all_pages_with_the_monitors_entra_token(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure)
    azure.routes[PODS] = paged([pod(1), pod(2)], [pod(3)])
    found = await aks.discover(("s1",))
    assert found.gaps == ()
    assert [one.workload.name for one in found.pulls] == [
        f"prod/shop/pod/pod-00{n}" for n in (1, 2, 3)
    ]
    assert {one.running for one in found.pulls} == {DIGEST}
    asked = next(one for one in azure.requests if one.path == "/api/v1/pods")
    assert asked.headers["Authorization"] == f"Bearer token for {AUDIENCE}/.default"
    assert asked.query["limit"] == "500"


async def test_a_hundred_pulls_of_a_cluster_share_their_reads(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[pod(n) for n in range(100)])
    await asyncio.gather(*(aks.observe(pull_of(n)) for n in range(100)))
    assert azure.count(PODS) == 1
    assert sorted(azure.asked) == sorted(set(azure.asked)), "a request was repeated"
    assert len(azure.asked) <= 20


async def test_a_refused_cluster_is_a_gap(azure: World, aks: ComputePlatform) -> None:
    script(azure)
    for path in list(azure.routes):
        if API in path:
            azure.routes[path] = says(403, FORBIDDEN)
    found = await aks.discover(("s1",))
    assert found.pulls == ()
    (gap,) = found.gaps
    assert gap.what == CLUSTER
    assert "pods is forbidden" in gap.reason
    assert "RBAC Reader" in gap.reason


async def test_one_kind_that_may_not_be_listed_costs_itself_only(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[pod(1)])
    azure.routes[f"GET {API}/apis/batch/v1/cronjobs"] = says(403, FORBIDDEN)
    found = await aks.discover(("s1",))
    assert len(found.pulls) == 1
    assert [gap.what for gap in found.gaps] == [CLUSTER]
    assert "cronjobs" in found.gaps[0].reason


async def test_objects_that_cannot_be_understood_cost_themselves_only(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[{"metadata": 5}, pod(1), "nonsense"])
    found = await aks.discover(("s1",))
    assert len(found.pulls) == 1
    assert "2 objects of kind Pod" in found.gaps[0].reason


async def test_a_stopped_cluster_is_a_gap_and_is_not_called(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure)
    azure.routes[f"GET {ARM}{CLUSTER}"] = cluster(powerState={"code": "Stopped"})
    found = await aks.discover(("s1",))
    assert "stopped" in found.gaps[0].reason
    assert azure.count(f"GET {API}") == 0


async def test_a_cluster_without_entra_is_told_apart(azure: World, aks: ComputePlatform) -> None:
    script(azure)
    for path in list(azure.routes):
        if API in path:
            azure.routes[path] = says(401, {"message": "Unauthorized"})
    assert "Entra" in (await aks.discover(("s1",))).gaps[0].reason


async def test_credentials_that_arm_refuses_are_a_gap_of_the_cluster(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure)
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    azure.routes[f"POST {ARM}{CLUSTER}/listClusterUserCredential"] = says(403, error)
    (gap,) = (await aks.discover(("s1",))).gaps
    assert (gap.what, "listClusterUserCredential" in gap.reason) == (CLUSTER, True)


@pytest.mark.parametrize(
    "kubeconfig", ["", "%%%", base64.b64encode(b"clusters: []").decode(), "W10="]
)
async def test_a_kubeconfig_that_cannot_be_read_is_a_gap(
    azure: World, aks: ComputePlatform, kubeconfig: str
) -> None:
    script(azure)
    broken = {"kubeconfigs": [{"name": "clusterUser", "value": kubeconfig}]}
    azure.routes[f"POST {ARM}{CLUSTER}/listClusterUserCredential"] = broken
    assert "kubeconfig" in (await aks.discover(("s1",))).gaps[0].reason


async def test_only_the_clusters_own_authority_is_trusted(azure: World) -> None:
    _, http = compute(azure, SETTINGS)
    stranger = trustme.CA().cert_pem.bytes().decode()
    tokens = _Tokens()
    api = ClusterApi("prod", Access(f"https://{API}", stranger), http, tokens, SETTINGS)
    with pytest.raises(CouldNotLookError, match="no connection"):
        await api.list("/api/v1/pods", Pod)
    assert azure.asked == []
    await http.close()


def test_an_authority_that_is_no_certificate_is_malformed() -> None:
    with pytest.raises(MalformedError):
        trust(Access(f"https://{API}", "x"))


async def test_a_private_cluster_is_said_to_answer_in_its_network_only(azure: World) -> None:
    _, http = compute(azure, SETTINGS)
    script(azure)
    access = Access("https://api.nowhere.example", authority_pem())
    api = ClusterApi("prod", access, http, _Tokens(), SETTINGS)
    with pytest.raises(CouldNotLookError, match="private cluster"):
        await api.list("/api/v1/pods", Pod)
    await http.close()


async def test_a_list_that_expires_is_read_once_more(azure: World) -> None:
    _, http = compute(azure, SETTINGS)
    api = ClusterApi("prod", Access(f"https://{API}", authority_pem()), http, _Tokens(), SETTINGS)
    azure.routes[PODS] = [says(410, {"reason": "Expired"}), {"items": [pod(1)]}]
    assert len((await api.list("/api/v1/pods", Pod)).objects) == 1
    azure.routes[PODS] = says(410)
    with pytest.raises(CouldNotLookError, match="changes faster"):
        await api.list("/api/v1/pods", Pod)
    await http.close()


async def test_the_token_goes_nowhere_else(azure: World) -> None:
    _, http = compute(azure, SETTINGS)
    api = ClusterApi("prod", Access(f"https://{API}", authority_pem()), http, _Tokens(), SETTINGS)
    azure.routes[PODS] = says(302, Location=f"https://{ARM}/stolen")
    with pytest.raises(CouldNotLookError, match="302"):
        await api.list("/api/v1/pods", Pod)
    assert azure.asked == [PODS]
    await http.close()


async def test_the_nodes_identity_addresses_and_platforms(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[pod(1)])
    seen = await observed(aks)
    assert seen[PullIdentity].kind is IdentityKind.KUBELET_IDENTITY
    assert seen[PullIdentity].principal_id == "object"
    assert seen[Egress] == Egress(addresses=("20.0.0.1",))
    assert seen[RuntimePlatforms].platforms == (Platform("linux", "amd64"),)
    assert seen[WorkloadState].state is PullState.RUNNING
    assert seen[PullSecrets] == PullSecrets(())
    assert seen.get(RegistryCredential) is None
    assert seen.get(ReportedError) is None


async def test_a_failing_pull_is_told_in_kubelets_words(azure: World, aks: ComputePlatform) -> None:
    text = f'Failed to pull image "{IMAGE}": not found'
    about = {"kind": "Pod", "namespace": "shop", "name": "pod-001"}
    events = [{"involvedObject": about, "reason": "Failed", "message": text, "type": "Warning"}]
    waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}
    script(azure, pods=[pod(1, **waiting)], events=events)
    seen = await observed(aks)
    assert seen[WorkloadState].state is PullState.FAILING
    assert seen[ReportedError].text == text
    asked = next(one for one in azure.requests if one.path == "/api/v1/events")
    assert "type=Warning" in asked.query["fieldSelector"]


def with_secret(name: str = "acr") -> dict[str, Any]:
    made = pod(1)
    made["spec"]["imagePullSecrets"] = [{"name": name}]
    return made


def docker_config(server: str, user: str) -> dict[str, Any]:
    config = {"auths": {server: {"username": user, "password": "hunter2"}}}
    packed = base64.b64encode(json.dumps(config).encode()).decode()
    return {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": packed}}


SECRET = f"GET {API}/api/v1/namespaces/shop/secrets/acr"


async def test_a_pull_secret_that_may_not_be_read_may_be_the_one(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[with_secret()])
    azure.routes[SECRET] = says(403, FORBIDDEN)
    seen = await observed(aks)
    assert seen[PullIdentity].kind is IdentityKind.PULL_SECRET
    assert seen[PullIdentity].related == {"kubelet identity": "object"}
    (secret,) = seen[PullSecrets].secrets
    assert (secret.exists, secret.servers) == (None, None)


async def test_a_pull_secret_for_the_registry_names_its_user(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[with_secret()])
    azure.routes[SECRET] = docker_config("contoso.azurecr.io", "ci-pull")
    seen = await observed(aks)
    assert (seen[PullIdentity].kind, seen[PullIdentity].name) == (IdentityKind.TOKEN, "ci-pull")
    assert seen[RegistryCredential].secret_name == "shop/acr"
    assert seen[PullSecrets].secrets[0].servers == ("contoso.azurecr.io",)
    assert b"hunter2" not in seen.to_json()


async def test_where_else_a_secret_lies_is_asked_without_its_contents(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[with_secret()])
    azure.routes[SECRET] = says(404, {"message": "not found"})
    found = {"metadata": {"name": "acr", "namespace": "build"}}
    azure.routes[f"GET {API}/api/v1/secrets"] = {"items": [found]}
    seen = await observed(aks)
    assert seen[PullSecrets].secrets[0].elsewhere == ("build",)
    (asked,) = [one for one in azure.requests if one.path == "/api/v1/secrets"]
    assert asked.query["fieldSelector"] == "metadata.name=acr"
    wanted = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    assert asked.headers["Accept"] == wanted


@pytest.mark.parametrize("answer", [None, docker_config("fabrikam.azurecr.io", "x")])
async def test_a_pull_secret_that_is_missing_or_for_another_server_leaves_the_kubelet(
    azure: World, aks: ComputePlatform, answer: Any
) -> None:
    script(azure, pods=[with_secret()])
    azure.routes[SECRET] = answer or says(404, {"message": "not found"})
    seen = await observed(aks)
    assert seen[PullIdentity].kind is IdentityKind.KUBELET_IDENTITY
    assert seen[PullSecrets].secrets[0].exists is (answer is not None)


async def test_kubelets_events_tell_that_a_hidden_secret_is_missing(
    azure: World, aks: ComputePlatform
) -> None:
    text = "Unable to retrieve some image pull secrets (acr); attempting to pull the image"
    about = {"kind": "Pod", "namespace": "shop", "name": "pod-001"}
    told = {"involvedObject": about, "reason": "FailedToRetrieveImagePullSecret", "message": text}
    script(azure, pods=[with_secret()], events=[told])
    azure.routes[SECRET] = says(403, FORBIDDEN)
    seen = await observed(aks)
    assert seen[PullSecrets].secrets[0].exists is False
    assert seen[PullIdentity].kind is IdentityKind.KUBELET_IDENTITY


async def test_a_service_account_may_have_an_identity_of_its_own(
    azure: World, aks: ComputePlatform
) -> None:
    annotations = {"kubernetes.azure.com/acr-client-id": "own-client"}
    account = {"metadata": {"name": "default", "namespace": "shop", "annotations": annotations}}
    script(azure, pods=[pod(1)], serviceaccounts=[account])
    identity = (await observed(aks))[PullIdentity]
    assert (identity.kind, identity.client_id) == (IdentityKind.MANAGED_IDENTITY, "own-client")
    assert identity.related == {"kubelet identity": "object"}
    assert "service account shop/default" in identity.where


async def test_a_pull_may_be_about_the_cluster_itself(azure: World, aks: ComputePlatform) -> None:
    script(azure)
    nodes = Pull(Workload(CLUSTER, Compute.AKS, "prod"), parse_reference(IMAGE))
    seen = await observed(aks, nodes)
    assert seen[PullIdentity].principal_id == "object"
    assert azure.count(f"GET {API}") == 0


async def test_a_workload_that_is_gone_leaves_its_facts_unknown(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure, pods=[pod(1)])
    seen = await observed(aks, pull_of(77))
    for kind in (PullIdentity, WorkloadState, RuntimePlatforms):
        with pytest.raises(MissingEvidenceError, match="not in the cluster"):
            _ = seen[kind]
    assert seen[Egress].addresses == ("20.0.0.1",)


async def test_what_kubernetes_refuses_is_not_taken_for_the_kubelet(
    azure: World, aks: ComputePlatform
) -> None:
    script(azure)
    for path in list(azure.routes):
        if API in path:
            azure.routes[path] = says(403, FORBIDDEN)
    seen = await observed(aks)
    with pytest.raises(MissingEvidenceError, match="forbidden"):
        _ = seen[PullIdentity]


class _Tokens:
    async def token(self, audience: str) -> str:
        return f"token for {audience}"


@pytest.mark.parametrize(
    "name", ["../../kube-system/secrets/root", "..", "acr?x=1", "acr%2f", "ACR", "a" * 300, ""]
)
async def test_a_pull_secret_with_an_odd_name_is_not_asked_for(
    azure: World, aks: ComputePlatform, name: str
) -> None:
    script(azure, pods=[with_secret(name)])
    await aks.observe(pull_of(1))
    assert [one for one in azure.asked if "/namespaces/" in one] == []


async def test_an_api_server_without_end_is_cut_off(
    azure: World, aks: ComputePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LONGEST_PAGE", 100_000)
    script(azure)
    azure.routes[PODS] = says(200, b" " * 1_000_000)
    (gap,) = (await aks.discover(("s1",))).gaps
    assert "more than" in gap.reason
