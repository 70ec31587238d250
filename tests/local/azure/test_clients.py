"""Contract: Microsoft's own clients work against the simulator with nothing but environment."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.local.azure.conftest import Azure

pytestmark = pytest.mark.contract
SCRIPT = Path(__file__).parent / "clients.py"


async def run(
    azure: Azure, name: str, *arguments: str, place: str = "pullwatch", **env: str
) -> Any:
    """What a client prints that runs at a place."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SCRIPT),
        name,
        *arguments,
        env=azure.environment(place) | env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    return json.loads(out)


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def identity(azure: Azure, name: str) -> Any:
    return next(one for one in azure.estate.identities if one.name == name)


async def test_managed_identity_is_that_of_the_place(azure: Azure) -> None:
    here, there = await asyncio.gather(
        run(azure, "managed_identity"), run(azure, "managed_identity", place="laptop")
    )
    assert claims(here)["oid"] == identity(azure, "monitor").object_id
    assert claims(there)["oid"] == identity(azure, "stranger").object_id


async def test_default_credential_finds_the_managed_identity(azure: Azure) -> None:
    assert claims(await run(azure, "default_credential"))["idtyp"] == "app"


async def test_managed_identity_refuses_a_stranger(azure: Azure) -> None:
    wrong, other = await asyncio.gather(
        run(azure, "managed_identity", IDENTITY_HEADER="wrong"),
        run(azure, "managed_identity", identity(azure, "kubelet").client_id),
    )
    assert "IDENTITY_HEADER" in wrong["error"]
    assert "No managed identity found" in other["error"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("deployer", "stale", "AADSTS7000222"),
        ("deployer", "guess", "AADSTS7000215"),
        ("nobody", "good", "AADSTS700016"),
    ],
)
async def test_secrets_that_do_not_work_say_why(
    azure: Azure, name: str, value: str, told: str
) -> None:
    found = [one.client_id for one in azure.estate.identities if one.name == name]
    client_id = found[0] if found else "00000000-0000-0000-0000-00000000dead"
    answer = await run(azure, "secret", azure.estate.tenant, client_id, value)
    assert told in answer["error"]


async def test_a_secret_that_works(azure: Azure) -> None:
    who = identity(azure, "deployer")
    token, wrong = await asyncio.gather(
        run(azure, "secret", azure.estate.tenant, who.client_id, "good"),
        run(azure, "secret", azure.estate.tenant, who.client_id, "good", "https://x.test/.default"),
    )
    assert claims(token)["appid"] == who.client_id
    assert "AADSTS500011" in wrong["error"]


async def test_the_management_client_lists_and_reads(azure: Azure) -> None:
    subscription = azure.subscription().rsplit("/", 1)[1]
    found = await run(azure, "registries", subscription, "shop", "contoso")
    assert found["registries"] == ["contoso", "fabrikam"]
    assert found["login_server"] == "contoso.azurecr.io"
    assert found["replications"] == ["westeurope", "northeurope"]
    assert found["tokens"] == ["web"]
    assert "Size" in found["usages"]


async def test_the_management_client_understands_a_refusal(azure: Azure) -> None:
    who = identity(azure, "narrow")
    arguments = (azure.estate.tenant, who.client_id, "narrow", azure.registry("contoso"))
    found = await run(azure, "registry_as", *arguments)
    assert found == {"status": 403, "code": "AuthorizationFailed"}


async def test_the_arm_pipeline_pages_through_resource_graph(azure: Azure) -> None:
    query = "resources | where type has 'microsoft.web' | project id, name"
    rows = await run(azure, "graph", query, "1")
    assert [row["name"] for row in rows] == ["storefront", "storefront/staging", "sidecars"]


async def test_aiohttp_takes_proxy_and_ca_from_the_environment(azure: Azure) -> None:
    status, header = await run(azure, "challenge", "https://contoso.azurecr.io/v2/")
    assert status == 401
    assert header.startswith('Bearer realm="https://contoso.azurecr.io/oauth2/token"')
