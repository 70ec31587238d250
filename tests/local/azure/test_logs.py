"""Log Analytics: rows of what registries with a diagnostic setting did."""

import pytest

from tests.local.azure.conftest import Azure, Client


@pytest.fixture
def logs(azure: Azure) -> str:
    workspace = azure.estate.workspaces[0].customer_id
    return f"https://api.loganalytics.azure.com/v1/workspaces/{workspace}/query"


async def test_an_untag_leaves_a_row_though_no_event(client: Client, logs: str) -> None:
    await client.do("untag", image="contoso/shop/web:v1", by="alice")
    await client.do("untag", image="fabrikam/api:v1")
    query = (
        "ContainerRegistryRepositoryEvents | where OperationName == 'Untag'"
        " | project LoginServer, Repository, Tag, Identity"
    )
    _, body = await client.ask(logs, body={"query": query, "timespan": "PT1H"})
    (table,) = body["tables"]
    assert [one["name"] for one in table["columns"]][:2] == ["LoginServer", "Repository"]
    ((server, repository, tag, who),) = table["rows"]
    assert (server, repository, tag) == ("contoso.azurecr.io", "shop/web", "v1")
    assert who


async def test_failed_sign_ins_have_a_table_of_their_own(client: Client, logs: str) -> None:
    await client.ask("https://contoso.azurecr.io/oauth2/token?service=contoso.azurecr.io", who="")
    query = "ContainerRegistryLoginEvents | summarize count() by LoginServer"
    status, _ = await client.ask(logs, body={"query": query})
    assert status == 200


async def test_rights_are_those_of_the_workspace(client: Client, logs: str) -> None:
    body = {"query": "ContainerRegistryRepositoryEvents | count"}
    status, refused = await client.ask(logs, who="stranger", body=body)
    assert (status, refused["error"]["code"]) == (403, "InsufficientAccessError")
    assert (await client.ask(logs, who="", body=body))[0] == 401


@pytest.mark.parametrize(
    ("query", "timespan", "told"),
    [
        ("AzureActivity | take 1", "", "'AzureActivity' table"),
        ("ContainerRegistryRepositoryEvents | take 1", "yesterday", "timespan has 'yesterday'"),
    ],
)
async def test_what_is_not_known_is_said(
    client: Client, logs: str, query: str, timespan: str, told: str
) -> None:
    status, body = await client.ask(logs, body={"query": query, "timespan": timespan})
    assert status == 400
    assert told in str(body["error"])
