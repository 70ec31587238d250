"""What only a check of a registry's health asks: the login step by step, the key, the names."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.arm import Arm
from shared.adapters.dns import Dns
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.beside import Encryption, EndpointName, EndpointNames, TokenAnswers
from shared.domain.facts.registry import RegistryProfile
from shared.registry.tokens import CATALOG, Tokens, repository_scope

REGISTRY_API = "2025-11-01"
NETWORK_API = "2024-05-01"


async def login(tokens: Tokens, host: str, repository: str) -> TokenAnswers:
    """
    Log in to a known registry, for a repository where one is asked about.

    Raises:
        CouldNotLookError: Entra gave no token, or the registry could not be asked.

    """
    refresh = await tokens.refresh(host)
    if not refresh.token:
        return TokenAnswers(refresh=refresh.answer, repository=repository)
    scope = repository_scope(repository) if repository else CATALOG
    access = await tokens.access(host, scope)
    return TokenAnswers(
        refresh=refresh.answer,
        access=access.answer,
        repository=repository,
        actions=access.actions,
    )


async def encryption(arm: Arm, registry_id: str) -> Encryption:
    """
    Read with which key a registry is encrypted (``properties.encryption``).

    Raises:
        CouldNotLookError: it could not be read.

    """
    found = await arm.get(registry_id, REGISTRY_API)
    about = _within(_within(found, "properties"), "encryption")
    if str(about.get("status") or "").lower() != "enabled":
        return Encryption(enabled=False)
    key = _within(about, "keyVaultProperties")
    client = str(key.get("identity") or "")
    own = _within(_within(found, "identity"), "userAssignedIdentities")
    clients = {str(_within(own, name).get("clientId") or "").lower() for name in own}
    return Encryption(
        enabled=True,
        key=str(key.get("keyIdentifier") or ""),
        identity=client,
        attached=client.lower() in clients,
    )


async def endpoint_names(arm: Arm, dns: Dns, profile: RegistryProfile) -> EndpointNames:
    """
    Look up every host of the registry's private endpoints.

    Raises:
        CouldNotLookError: an endpoint or a name could not be looked up.

    """
    names: list[EndpointName] = []
    for endpoint in profile.private_endpoints:
        found = _within(await arm.get(endpoint.id, NETWORK_API), "properties")
        for one in found.get("customDnsConfigs") or ():
            host = str(one.get("fqdn") or "")
            seen = await dns.resolve(host)
            meant = tuple(str(address) for address in one.get("ipAddresses") or ())
            names.append(EndpointName(host, meant, seen.addresses))
    if not names:
        raise CouldNotLookError("no private endpoint tells its hosts")
    return EndpointNames(tuple(names))


def _within(one: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = one.get(key)
    return found if isinstance(found, dict) else {}
