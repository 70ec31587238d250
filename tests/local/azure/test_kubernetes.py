"""The Kubernetes API of a cluster."""

from typing import Any

import pytest

from tests.local.azure.conftest import Azure, Client


@pytest.fixture
def blue(azure: Azure) -> str:
    fqdn = next(one.fqdn for one in azure.estate.clusters if one.name == "blue")
    return f"https://{fqdn}"


def named(body: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    return [one for one in body["items"] if one["metadata"]["name"].startswith(prefix)]


async def test_running_pods_say_which_digest_they_run(client: Client, blue: str) -> None:
    _, body = await client.ask(f"{blue}/api/v1/pods")
    web = named(body, "web-")
    assert len(web) == 2
    (status,) = web[0]["status"]["containerStatuses"]
    assert status["imageID"].startswith("contoso.azurecr.io/shop/web@sha256:")
    await client.do("untag", image="contoso/shop/web:v2")
    _, later = await client.ask(f"{blue}/api/v1/pods")
    assert named(later, "web-")[0]["status"]["containerStatuses"] == [status]


async def test_a_waiting_pod_tells_why_and_its_event_names_it(client: Client, blue: str) -> None:
    _, body = await client.ask(f"{blue}/api/v1/namespaces/shop/pods")
    (api,) = named(body, "api-")
    waiting = api["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "ImagePullBackOff"
    name = api["metadata"]["name"]
    _, events = await client.ask(
        f"{blue}/api/v1/events?fieldSelector=involvedObject.name={name},type!=Normal"
    )
    assert [one["message"] for one in events["items"]] == ["manifest unknown"]


async def test_owners_lead_from_pod_to_deployment(client: Client, blue: str) -> None:
    _, pods = await client.ask(f"{blue}/api/v1/pods?labelSelector=app=web")
    _, sets = await client.ask(f"{blue}/apis/apps/v1/replicasets")
    _, deployments = await client.ask(f"{blue}/apis/apps/v1/deployments")
    pod = pods["items"][0]["metadata"]["ownerReferences"][0]
    by_uid = {one["metadata"]["uid"]: one for one in sets["items"]}
    owner = by_uid[pod["uid"]]["metadata"]["ownerReferences"][0]
    assert owner["uid"] == named(deployments, "web")[0]["metadata"]["uid"]


async def test_old_replica_sets_hold_images_for_a_rollback(client: Client, blue: str) -> None:
    _, sets = await client.ask(f"{blue}/apis/apps/v1/namespaces/shop/replicasets")
    old = [one for one in named(sets, "web-") if one["spec"]["replicas"] == 0]
    images = [one["spec"]["template"]["spec"]["containers"][0]["image"] for one in old]
    assert images == ["contoso.azurecr.io/shop/web:v1"]


async def test_cron_jobs_and_daemon_sets(client: Client, blue: str) -> None:
    _, jobs = await client.ask(f"{blue}/apis/batch/v1/cronjobs")
    template = jobs["items"][0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert template["containers"][0]["image"] == "contoso.azurecr.io/shop/web:v1"
    _, daemons = await client.ask(f"{blue}/apis/apps/v1/daemonsets")
    assert [one["metadata"]["name"] for one in daemons["items"]] == ["agent"]


async def test_service_accounts_name_their_pull_secrets(client: Client, blue: str) -> None:
    _, body = await client.ask(f"{blue}/api/v1/namespaces/shop/serviceaccounts/builder")
    assert body["imagePullSecrets"] == [{"name": "pull"}]


async def test_lists_come_in_pages(client: Client, blue: str) -> None:
    seen, more = [], ""
    while True:
        _, body = await client.ask(f"{blue}/api/v1/pods?limit=2&continue={more}")
        seen += [one["metadata"]["uid"] for one in body["items"]]
        more = body["metadata"].get("continue", "")
        if not more:
            break
        assert len(body["items"]) == 2
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize("path", ["/api/v1/secrets", "/api/v1/nodes"])
async def test_the_reader_role_sees_neither_secrets_nor_nodes(
    client: Client, blue: str, path: str
) -> None:
    status, body = await client.ask(blue + path)
    assert (status, body["reason"]) == (403, "Forbidden")
    assert "does not have access to the resource in Azure" in body["message"]


async def test_nobody_without_a_role_gets_in(client: Client, blue: str) -> None:
    status, body = await client.ask(f"{blue}/api/v1/pods", who="stranger")
    assert (status, 'cannot list resource "pods"' in body["message"]) == (403, True)
    assert (await client.ask(f"{blue}/api/v1/pods", who=""))[0] == 401


async def test_a_role_at_a_namespace_opens_that_namespace(client: Client, blue: str) -> None:
    _, cluster = await client.query("resources | where name == 'blue' | project id")
    scope = cluster["data"][0]["id"] + "/namespaces/shop"
    role = "Azure Kubernetes Service RBAC Reader"
    assert (await client.do("grant", principal="stranger", role=role, scope=scope))[0] == 200
    inside = await client.ask(f"{blue}/api/v1/namespaces/shop/pods", who="stranger")
    everywhere = await client.ask(f"{blue}/api/v1/pods", who="stranger")
    assert (inside[0], everywhere[0]) == (200, 403)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/version", 200),
        ("/apis", 200),
        ("/api/v1", 200),
        ("/api/v1/unicorns", 404),
        ("/api/v1/namespaces/shop/pods/nope", 404),
        ("/api/v1/pods?limit=many", 400),
        ("/api/v1/pods?continue=forged", 400),
        ("/api/v1/pods?watch=1", 400),
    ],
)
async def test_other_paths(client: Client, blue: str, path: str, status: int) -> None:
    assert (await client.ask(blue + path))[0] == status


async def test_whoever_wants_metadata_gets_no_more(client: Client, blue: str) -> None:
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    _, body = await client.ask(f"{blue}/api/v1/pods", accept=accept)
    assert body["kind"] == "PartialObjectMetadataList"
    assert {key for one in body["items"] for key in one} == {"metadata"}
