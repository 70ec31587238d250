"""Resource Graph: what a caller sees, pages, refusals and lag."""

from typing import Any

from tests.local.azure.conftest import Azure, Client


def column(body: dict[str, Any], name: str) -> list[str]:
    return [row[name] for row in body["data"]]


async def test_a_query_over_all_subscriptions(client: Client) -> None:
    status, body = await client.query(
        "resources | where type =~ 'Microsoft.ContainerRegistry/registries'"
        " | project id, name, loginServer = tostring(properties.loginServer) | order by name asc"
    )
    assert status == 200
    assert column(body, "name") == ["contoso", "fabrikam", "sandboxed"]
    assert body["totalRecords"] == body["count"] == 3


async def test_only_the_subscriptions_asked_for(azure: Azure, client: Client) -> None:
    sandbox = azure.subscription("sandbox").rsplit("/", 1)[1]
    _, body = await client.query("resources | project name", subscriptions=[sandbox])
    assert column(body, "name") == ["sandboxed"]


async def test_the_caller_sees_what_it_may_read(client: Client) -> None:
    _, body = await client.query("resources | project name", who="narrow")
    assert column(body, "name") == ["fabrikam"]
    _, body = await client.query("resources | count", who="stranger")
    assert body["data"] == [{"Count": 0}]


async def test_types_are_lower_case_and_children_are_not_held(client: Client) -> None:
    _, body = await client.query("resources | distinct type | project type")
    types = column(body, "type")
    assert "microsoft.web/sites/slots" in types
    assert all(one == one.lower() for one in types)
    assert not [one for one in types if "revisions" in one or "sitecontainers" in one]


async def test_pages(client: Client) -> None:
    seen: list[str] = []
    options: dict[str, Any] = {"$top": 4}
    while True:
        _, body = await client.query("resources | project id | order by id asc", options=options)
        assert body["count"] <= 4
        seen += column(body, "id")
        if "$skipToken" not in body:
            break
        options = {"$top": 4, "$skipToken": body["$skipToken"]}
    assert len(seen) == len(set(seen)) == body["totalRecords"]


async def test_rows_without_an_id_cannot_be_paged(client: Client) -> None:
    _, body = await client.query("resources | project name", options={"$top": 2})
    assert (body["resultTruncated"], "$skipToken" in body) == ("true", False)


async def test_containers_hold_subscriptions_with_their_ancestors(client: Client) -> None:
    _, body = await client.query(
        "resourcecontainers | where type == 'microsoft.resources/subscriptions'"
        " | mv-expand up = properties.managementGroupAncestorsChain | project name, up.name"
    )
    assert ("production", "platform") in {(row["name"], row["up_name"]) for row in body["data"]}


async def test_what_is_not_supported_is_said(client: Client) -> None:
    status, body = await client.query("resources | evaluate bag_unpack(properties)")
    assert (status, body["error"]["code"]) == (400, "BadRequest")
    assert "operator 'evaluate' is not supported" in body["error"]["details"][0]["message"]


async def test_a_token_from_elsewhere_is_refused(client: Client) -> None:
    status, _ = await client.query("resources", options={"$skipToken": "x"})
    assert status == 400


async def test_with_lag_an_edit_is_not_seen_yet(client: Client) -> None:
    text = (
        "resources | where name == 'fabrikam'"
        " | project action = tostring(properties.networkRuleSet.defaultAction)"
    )
    assert column((await client.query(text))[1], "action") == ["Allow"]
    await client.do("graph-lag", seconds=60)
    await client.do("firewall", registry="fabrikam", action="close")
    assert column((await client.query(text))[1], "action") == ["Allow"]
    await client.do("graph-lag", seconds=0)
    assert column((await client.query(text))[1], "action") == ["Deny"]
