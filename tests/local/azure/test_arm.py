"""Azure Resource Manager: shapes, rights, pages and errors, over the wire."""

import base64
from typing import Any

import pytest

from tests.local.azure.conftest import ARM, Azure, Client

REGISTRY = "Microsoft.ContainerRegistry/registries"


def names(body: dict[str, Any]) -> list[str]:
    return [one["name"] for one in body["value"]]


async def test_subscriptions_are_those_in_which_the_caller_has_a_right(client: Client) -> None:
    seen = [one["displayName"] for one in (await client.ask("/subscriptions"))[1]["value"]]
    assert seen == ["production", "sandbox"]
    _, body = await client.ask("/subscriptions", who="narrow")
    assert [one["displayName"] for one in body["value"]] == ["production"]
    assert (await client.ask("/subscriptions", who="stranger"))[1]["value"] == []


async def test_a_registry(azure: Azure, client: Client) -> None:
    status, body = await client.ask(azure.registry("contoso"))
    assert status == 200
    assert body["sku"] == {"name": "Premium", "tier": "Premium"}
    properties = body["properties"]
    assert properties["loginServer"] == "contoso.azurecr.io"
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["roleAssignmentMode"] == "LegacyRegistryPermissions"
    assert properties["dataEndpointHostNames"][1] == "contoso.northeurope.data.azurecr.io"
    assert properties["policies"]["retentionPolicy"]["days"] == 30
    (connection,) = properties["privateEndpointConnections"]
    state = connection["properties"]["privateLinkServiceConnectionState"]
    assert state["status"] == "Approved"


async def test_soft_delete_is_shown_by_previews_only(azure: Azure, client: Client) -> None:
    path = azure.registry("fabrikam")
    _, stable = await client.ask(path)
    _, preview = await client.ask(path, version="2025-03-01-preview")
    assert "softDeletePolicy" not in stable["properties"]["policies"]
    assert preview["properties"]["policies"]["softDeletePolicy"]["status"] == "enabled"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("replications", ["westeurope", "northeurope"]),
        ("privateEndpointConnections", ["contoso-pe.connection"]),
        ("tokens", ["web"]),
        ("tasks", ["nightly"]),
        ("cacheRules", ["mirror"]),
        ("credentialSets", ["hub"]),
        ("webhooks", []),
    ],
)
async def test_children_of_a_registry(
    azure: Azure, client: Client, kind: str, expected: list[str]
) -> None:
    status, body = await client.ask(f"{azure.registry('contoso')}/{kind}")
    assert (status, names(body)) == (200, expected)


async def test_the_file_of_a_task_can_be_read(azure: Azure, client: Client) -> None:
    _, task = await client.ask(f"{azure.registry('contoso')}/tasks/nightly")
    text = base64.b64decode(task["properties"]["step"]["encodedTaskContent"]).decode()
    assert "acr purge --filter 'shop/web:v.*' --ago 15d" in text
    assert task["properties"]["trigger"]["timerTriggers"][0]["schedule"] == "0 3 * * *"


async def test_usages_count_what_is_there(azure: Azure, client: Client) -> None:
    _, body = await client.ask(f"{azure.registry('contoso')}/listUsages")
    found = {one["name"]: (one["currentValue"], one["limit"]) for one in body["value"]}
    assert found["Size"][0] > 0
    assert found["Size"][1] == 500 * 1024**3
    assert found["Geo-replications"] == (1, -1)
    assert found["Tokens"] == (1, 50_000)


async def test_lists_by_group_and_subscription(azure: Azure, client: Client) -> None:
    everywhere = await client.ask(f"{azure.subscription()}/providers/{REGISTRY}")
    group = f"{azure.subscription()}/resourceGroups/SHOP/providers/{REGISTRY}"
    assert names(everywhere[1]) == names((await client.ask(group))[1]) == ["contoso", "fabrikam"]


async def test_pages_are_followed_by_absolute_links(azure: Azure, client: Client) -> None:
    path = f"{azure.subscription()}/providers/{REGISTRY}?$top=1"
    _, first = await client.ask(path)
    assert names(first) == ["contoso"]
    assert first["nextLink"].startswith(ARM)
    _, second = await client.ask(first["nextLink"])
    assert names(second) == ["fabrikam"]
    assert "nextLink" not in second


async def test_without_the_right_arm_names_action_and_scope(azure: Azure, client: Client) -> None:
    path = azure.registry("contoso")
    status, body = await client.ask(path, who="narrow")
    assert (status, body["error"]["code"]) == (403, "AuthorizationFailed")
    assert f"perform action '{REGISTRY}/read' over scope '{path}'" in body["error"]["message"]


async def test_who_may_not_read_does_not_learn_what_exists(azure: Azure, client: Client) -> None:
    missing = azure.registry("contoso") + "-no"
    assert (await client.ask(missing, who="narrow"))[0] == 403
    status, body = await client.ask(missing)
    assert (status, body["error"]["code"]) == (404, "ResourceNotFound")


async def test_a_list_shows_what_the_caller_may_read(azure: Azure, client: Client) -> None:
    path = f"{azure.subscription()}/providers/{REGISTRY}"
    assert names((await client.ask(path, who="narrow"))[1]) == ["fabrikam"]
    assert (await client.ask(path, who="stranger"))[0] == 403


async def test_a_role_that_is_revoked_stops_working_at_once(azure: Azure, client: Client) -> None:
    await client.do("revoke", principal="narrow", role="Reader", scope="registry/fabrikam")
    assert (await client.ask(azure.registry("fabrikam"), who="narrow"))[0] == 403
    await client.do("grant", principal="narrow", role="Reader", scope="registry/fabrikam")
    assert (await client.ask(azure.registry("fabrikam"), who="narrow"))[0] == 200


async def test_a_denial_forbids_what_a_role_allows(azure: Azure, client: Client) -> None:
    assert (await client.ask(f"{azure.registry('fabrikam')}/tasks"))[0] == 403


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (
            "/subscriptions/{sub}/resourceGroups/nope/providers/" + REGISTRY,
            404,
            "ResourceGroupNotFound",
        ),
        ("/subscriptions/{sub}/providers/Microsoft.Compute/disks", 404, "InvalidResourceType"),
        ("/subscriptions/{sub}/nonsense", 404, "NotFound"),
    ],
)
async def test_what_is_not_there(
    azure: Azure, client: Client, path: str, status: int, code: str
) -> None:
    found, body = await client.ask(path.format(sub=azure.subscription().rsplit("/", 1)[1]))
    assert (found, body["error"]["code"]) == (status, code)


async def test_a_version_is_needed_but_any_will_do(azure: Azure, client: Client) -> None:
    url = f"{ARM}{azure.registry('contoso')}"
    assert (await client.ask(url))[1]["error"]["code"] == "MissingApiVersionParameter"
    assert (await client.ask(f"{url}?api-version=now"))[0] == 400
    assert (await client.ask(f"{url}?api-version=2031-01-01-preview"))[0] == 200


async def test_tokens_are_checked(azure: Azure, client: Client) -> None:
    status, body = await client.ask("/subscriptions", who="")
    assert (status, body["error"]["code"]) == (401, "AuthenticationFailed")
    assert azure.estate.tenant in client.headers["WWW-Authenticate"]


async def test_every_answer_has_its_ids(client: Client) -> None:
    await client.ask("/subscriptions")
    assert client.headers["x-ms-request-id"]
    assert client.headers["x-ms-correlation-request-id"]


class TestRoles:
    async def test_inherited_assignments_are_seen_at_a_registry(
        self, azure: Azure, client: Client
    ) -> None:
        path = f"{azure.registry('contoso')}/providers/Microsoft.Authorization/roleAssignments"
        _, body = await client.ask(f"{path}?$filter=atScope()")
        scopes = {one["properties"]["scope"] for one in body["value"]}
        assert "/providers/Microsoft.Management/managementGroups/root" in scopes
        assert azure.registry("contoso") in scopes
        assert azure.registry("fabrikam") not in scopes

    async def test_at_a_subscription_those_below_are_listed_too(
        self, azure: Azure, client: Client
    ) -> None:
        path = f"{azure.subscription()}/providers/Microsoft.Authorization/roleAssignments"
        _, every = await client.ask(path)
        _, above = await client.ask(f"{path}?$filter=atScope()")
        assert len(every["value"]) > len(above["value"]) == 1

    async def test_assigned_to_counts_groups_and_principal_id_does_not(
        self, azure: Azure, client: Client
    ) -> None:
        path = f"{azure.registry('contoso')}/providers/Microsoft.Authorization/roleAssignments"
        kubelet = next(one.object_id for one in azure.estate.identities if one.name == "kubelet")
        _, through = await client.ask(f"{path}?$filter=assignedTo('{kubelet}')")
        _, directly = await client.ask(f"{path}?$filter=principalId eq '{kubelet}'")
        assert [one["properties"]["principalType"] for one in through["value"]] == ["Group"]
        assert directly["value"] == []

    async def test_definitions_say_what_a_role_allows(self, azure: Azure, client: Client) -> None:
        path = f"{azure.registry('contoso')}/providers/Microsoft.Authorization"
        _, assignments = await client.ask(f"{path}/roleAssignments?$filter=atScope()")
        for one in assignments["value"]:
            _, role = await client.ask(one["properties"]["roleDefinitionId"])
            assert role["properties"]["permissions"][0]["actions"]

    async def test_custom_roles_are_found_by_name(self, azure: Azure, client: Client) -> None:
        path = f"{azure.subscription()}/providers/Microsoft.Authorization/roleDefinitions"
        _, body = await client.ask(f"{path}?$filter=roleName eq 'Registry gatekeeper'")
        (role,) = body["value"]
        assert role["id"].startswith(azure.subscription())
        assert role["properties"]["type"] == "CustomRole"
        assert role["properties"]["permissions"][0]["notActions"] == [f"{REGISTRY}/delete"]

    async def test_deny_assignments(self, azure: Azure, client: Client) -> None:
        path = f"{azure.registry('fabrikam')}/providers/Microsoft.Authorization/denyAssignments"
        (denial,) = (await client.ask(path))[1]["value"]
        assert denial["properties"]["principals"][0]["type"] == "SystemDefined"

    async def test_a_filter_that_is_not_known_is_refused(
        self, azure: Azure, client: Client
    ) -> None:
        path = f"{azure.subscription()}/providers/Microsoft.Authorization/roleAssignments"
        assert (await client.ask(f"{path}?$filter=roleName eq 'x'"))[0] == 400


class TestWorkloads:
    async def test_a_cluster_names_its_kubelet_identity(self, azure: Azure, client: Client) -> None:
        path = f"{azure.subscription()}/providers/Microsoft.ContainerService/managedClusters"
        blue, dark = (await client.ask(path))[1]["value"]
        kubelet = blue["properties"]["identityProfile"]["kubeletidentity"]
        assert kubelet["resourceId"].endswith("/userAssignedIdentities/kubelet")
        assert dark["properties"]["apiServerAccessProfile"]["enablePrivateCluster"]
        outbound = blue["properties"]["networkProfile"]["loadBalancerProfile"]
        address = (await client.ask(outbound["effectiveOutboundIPs"][0]["id"]))[1]
        assert address["properties"]["ipAddress"] == "203.0.113.50"

    async def test_credentials_of_a_cluster_carry_the_ca(
        self, azure: Azure, client: Client
    ) -> None:
        blue = next(one.id for one in azure.estate.clusters if one.name == "blue")
        _, body = await client.ask(f"{blue}/listClusterUserCredential", body={})
        text = base64.b64decode(body["kubeconfigs"][0]["value"]).decode()
        assert "certificate-authority-data" in text
        dark = next(one.id for one in azure.estate.clusters if one.name == "dark")
        assert (await client.ask(f"{dark}/listClusterUserCredential", body={}))[0] == 403

    async def test_a_site_its_slot_and_its_containers(self, azure: Azure, client: Client) -> None:
        path = f"{azure.subscription()}/resourceGroups/shop/providers/Microsoft.Web/sites"
        _, site = await client.ask(f"{path}/storefront")
        assert site["identity"]["type"] == "SystemAssigned"
        config = site["properties"]["siteConfig"]
        assert config["linuxFxVersion"] == "DOCKER|contoso.azurecr.io/shop/web:v2"
        assert config["acrUseManagedIdentityCreds"]
        _, slots = await client.ask(f"{path}/storefront/slots")
        assert names(slots) == ["storefront/staging"]
        _, containers = await client.ask(f"{path}/sidecars/sitecontainers")
        assert containers["value"][0]["properties"]["image"] == "fabrikam.azurecr.io/api:v1"

    async def test_app_settings_need_more_than_reader(self, azure: Azure, client: Client) -> None:
        path = (
            f"{azure.subscription()}/resourceGroups/shop/providers/Microsoft.Web/sites/storefront"
        )
        status, body = await client.ask(f"{path}/config/appsettings/list", body={})
        assert status == 403
        assert "Microsoft.Web/sites/config/list/action" in body["error"]["message"]
        _, settings = await client.ask(f"{path}/config/appsettings/list", who="deployer", body={})
        assert settings["properties"] == {"DOCKER_REGISTRY_SERVER_PASSWORD": "secret"}

    async def test_container_apps_revisions_jobs_and_groups(
        self, azure: Azure, client: Client
    ) -> None:
        group = f"{azure.subscription()}/resourceGroups/shop/providers"
        _, app = await client.ask(f"{group}/Microsoft.App/containerApps/cart")
        (registry,) = app["properties"]["configuration"]["registries"]
        assert registry["identity"].endswith("/userAssignedIdentities/kubelet")
        _, revisions = await client.ask(f"{group}/Microsoft.App/containerApps/cart/revisions")
        images = [
            one["properties"]["template"]["containers"][0]["image"] for one in revisions["value"]
        ]
        assert images == ["fabrikam.azurecr.io/api:v1", "fabrikam.azurecr.io/api:v0"]
        assert names((await client.ask(f"{group}/Microsoft.App/jobs"))[1]) == ["invoices"]
        _, batch = await client.ask(f"{group}/Microsoft.ContainerInstance/containerGroups/batch")
        assert batch["properties"]["imageRegistryCredentials"][0]["identity"]

    async def test_networks_and_private_dns(self, azure: Azure, client: Client) -> None:
        group = f"{azure.subscription()}/resourceGroups/shop/providers/Microsoft.Network"
        zone = f"{group}/privateDnsZones/privatelink.azurecr.io"
        assert names((await client.ask(f"{zone}/A"))[1]) == [
            "contoso.westeurope.data",
            "contoso.northeurope.data",
            "contoso",
        ]
        (link,) = (await client.ask(f"{zone}/virtualNetworkLinks"))[1]["value"]
        assert link["properties"]["virtualNetwork"]["id"].endswith("/virtualNetworks/hub")
        _, endpoint = await client.ask(f"{group}/privateEndpoints/contoso-pe")
        assert len(endpoint["properties"]["customDnsConfigs"]) == 3
        await client.do("records", registry="contoso", on=False)
        assert names((await client.ask(f"{zone}/A"))[1]) == []


class TestInsights:
    async def test_diagnostic_settings(self, azure: Azure, client: Client) -> None:
        suffix = "/providers/Microsoft.Insights/diagnosticSettings"
        (setting,) = (await client.ask(azure.registry("contoso") + suffix))[1]["value"]
        assert setting["properties"]["workspaceId"].endswith("/workspaces/logs")
        assert (await client.ask(azure.registry("fabrikam") + suffix))[1] == {"value": []}

    async def test_metrics_count_pushes(self, azure: Azure, client: Client) -> None:
        await client.do("push", image="fabrikam/api:v5")
        path = f"{azure.registry('fabrikam')}/providers/Microsoft.Insights/metrics"
        _, body = await client.ask(f"{path}?metricnames=TotalPushCount,StorageUsed&interval=PT1H")
        pushes, storage = body["value"]
        assert pushes["timeseries"][0]["data"][0]["total"] == 1
        assert storage["timeseries"][0]["data"][0]["average"] > 0

    async def test_a_metric_that_is_not_there(self, azure: Azure, client: Client) -> None:
        path = f"{azure.registry('fabrikam')}/providers/Microsoft.Insights/metrics"
        status, body = await client.ask(f"{path}?metricnames=Throttled")
        assert (status, "TotalPullCount" in body["error"]["message"]) == (400, True)


async def test_node_pools_are_resources_of_their_own(azure: Azure, client: Client) -> None:
    cluster = azure.estate.clusters[0]
    _, body = await client.ask(f"{cluster.id}/agentPools")
    assert names(body) == [pool.name for pool in cluster.pools]


async def test_an_action_that_nobody_simulates_is_refused_first(
    azure: Azure, client: Client
) -> None:
    path = f"{azure.estate.web_apps[0].id}/publishxml"
    status, body = await client.ask(path, body={})
    assert (status, body["error"]["code"]) == (403, "AuthorizationFailed")
    status, body = await client.ask(path, body={}, who="deployer")
    assert (status, body["error"]["code"]) == (404, "NotFound")
