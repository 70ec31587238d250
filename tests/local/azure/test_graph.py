"""Microsoft Graph: who is who, when secrets expire, and who may ask."""

from tests.local.azure.conftest import Azure, Client

GRAPH = "https://graph.microsoft.com/v1.0"


def ids(azure: Azure, name: str) -> tuple[str, str]:
    found = next(one for one in azure.estate.identities if one.name == name)
    return found.client_id, found.object_id


async def test_the_secrets_of_an_application_tell_when_they_expire(
    azure: Azure, client: Client
) -> None:
    client_id, _ = ids(azure, "deployer")
    _, body = await client.ask(f"{GRAPH}/applications(appId='{client_id}')")
    current, last_year = body["passwordCredentials"]
    assert last_year["endDateTime"] < current["endDateTime"]
    assert current["secretText"] is None


async def test_a_service_principal_by_application_id(azure: Azure, client: Client) -> None:
    client_id, object_id = ids(azure, "kubelet")
    _, body = await client.ask(f"{GRAPH}/servicePrincipals?$filter=appId eq '{client_id}'")
    (found,) = body["value"]
    assert (found["id"], found["servicePrincipalType"]) == (object_id, "ManagedIdentity")
    await client.do("identity", identity="kubelet", on=False)
    assert not (await client.ask(f"{GRAPH}/servicePrincipals/{object_id}"))[1]["accountEnabled"]


async def test_a_managed_identity_has_no_application(azure: Azure, client: Client) -> None:
    client_id, _ = ids(azure, "kubelet")
    status, body = await client.ask(f"{GRAPH}/applications(appId='{client_id}')")
    assert (status, body["error"]["code"]) == (404, "Request_ResourceNotFound")


async def test_without_the_permission_graph_refuses(azure: Azure, client: Client) -> None:
    client_id, object_id = ids(azure, "deployer")
    status, body = await client.ask(f"{GRAPH}/applications(appId='{client_id}')", who="narrow")
    assert (status, body["error"]["code"]) == (403, "Authorization_RequestDenied")
    assert (await client.ask(f"{GRAPH}/servicePrincipals/{object_id}", who=""))[0] == 401


async def test_groups_need_their_own_permission_and_count_transitively(
    azure: Azure, client: Client
) -> None:
    _, object_id = ids(azure, "kubelet")
    url = f"{GRAPH}/servicePrincipals/{object_id}/transitiveMemberOf"
    assert (await client.ask(url))[0] == 403
    _, body = await client.ask(url, who="alice")
    assert {one["displayName"] for one in body["value"]} == {"operators", "pullers"}


async def test_a_service_principal_is_found_as_az_asks_for_it(azure: Azure, client: Client) -> None:
    client_id, object_id = ids(azure, "deployer")
    asked = f"servicePrincipalNames/any(c:c eq '{client_id}')"
    _, body = await client.ask(f"{GRAPH}/servicePrincipals?$filter={asked}")
    (found,) = body["value"]
    assert (found["id"], found["servicePrincipalNames"]) == (object_id, [client_id])
    _, body = await client.ask(f"{GRAPH}/servicePrincipals")
    assert {client_id, ids(azure, "kubelet")[0]} <= {one["appId"] for one in body["value"]}


async def test_a_user_by_object_id_and_by_name(azure: Azure, client: Client) -> None:
    _, object_id = ids(azure, "alice")
    for name in (object_id, f"Alice@{azure.estate.domain}"):
        _, body = await client.ask(f"{GRAPH}/users/{name}", who="alice")
        assert body["id"] == object_id
    assert (await client.ask(f"{GRAPH}/users/nobody@example.com", who="alice"))[0] == 404


async def test_what_is_not_simulated_says_so_as_graph_does(client: Client) -> None:
    for path in ("servicePrincipals?$filter=startswith(appId,'0')", "drives", "me/messages"):
        status, body = await client.ask(f"{GRAPH}/{path}")
        assert status in (400, 404)
        assert "imulated" in body["error"]["message"]
