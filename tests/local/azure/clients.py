"""
Microsoft's own clients, unmodified, in a process of their own: `python clients.py NAME [ARG...]`.

A process, because transports read proxy and CA settings from the environment once. Prints JSON.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential, ManagedIdentityCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from azure.identity.aio import DefaultAzureCredential
from azure.identity.aio import ManagedIdentityCredential as AsyncManagedIdentityCredential
from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

SCOPE = "https://management.azure.com/.default"


def managed_identity(client_id: str = "") -> Any:
    """The token of the place's identity, asked for synchronously."""
    credential = ManagedIdentityCredential(client_id=client_id or None)
    try:
        return credential.get_token(SCOPE).token
    except ClientAuthenticationError as error:
        return {"error": str(error)}


def secret(tenant: str, client_id: str, value: str, scope: str = SCOPE) -> Any:
    """Sign in with a client secret."""
    try:
        return ClientSecretCredential(tenant, client_id, value).get_token(scope).token
    except ClientAuthenticationError as error:
        return {"error": str(error)}


async def default_credential() -> Any:
    """What the app uses where nothing is set."""
    async with DefaultAzureCredential() as credential:
        return (await credential.get_token(SCOPE)).token


async def registries(subscription: str, group: str, name: str) -> Any:
    """Lists and reads of the management client."""
    async with (
        AsyncManagedIdentityCredential() as credential,
        ContainerRegistryManagementClient(credential, subscription) as client,
    ):
        usages = await client.registries.list_usages(group, name)
        return {
            "registries": [one.name async for one in client.registries.list()],
            "login_server": (await client.registries.get(group, name)).login_server,
            "replications": [one.name async for one in client.replications.list(group, name)],
            "tokens": [one.name async for one in client.tokens.list(group, name)],
            "usages": [one.name for one in usages.value or []],
        }


async def registry_as(tenant: str, client_id: str, value: str, path: str) -> Any:
    """Read a registry as a service principal that may not."""
    _, _, subscription, _, group, *_, name = path.split("/")
    async with (
        AsyncClientSecretCredential(tenant, client_id, value) as credential,
        ContainerRegistryManagementClient(credential, subscription) as client,
    ):
        try:
            return (await client.registries.get(group, name)).name
        except HttpResponseError as error:
            return {"status": error.status_code, "code": error.error.code if error.error else ""}


async def graph(query: str, top: str) -> Any:
    """Every page of a Resource Graph query through the ARM pipeline."""
    async with AsyncManagedIdentityCredential() as credential:
        policy = AsyncARMChallengeAuthenticationPolicy(credential, SCOPE)
        client: AsyncARMPipelineClient[HttpRequest, Any]
        client = AsyncARMPipelineClient("https://management.azure.com", policies=[policy])
        async with client:
            rows: list[Any] = []
            options: dict[str, Any] = {"$top": int(top), "resultFormat": "objectArray"}
            url = client.format_url("/providers/Microsoft.ResourceGraph/resources")
            while True:
                request = HttpRequest(
                    "POST",
                    url,
                    params={"api-version": "2024-04-01"},
                    json={"query": query, "options": options},
                )
                page = (await client.send_request(request)).json()
                rows += page["data"]
                if "$skipToken" not in page:
                    return rows
                options["$skipToken"] = page["$skipToken"]


async def challenge(url: str) -> Any:
    """What plain aiohttp sees with `trust_env`."""
    async with aiohttp.ClientSession(trust_env=True) as session, session.get(url) as response:
        return [response.status, response.headers.get("WWW-Authenticate", "")]


def main() -> None:
    """Run the client named first, with the other arguments."""
    name, *arguments = sys.argv[1:]
    found = globals()[name](*arguments)
    answer = asyncio.run(found) if asyncio.iscoroutine(found) else found
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
