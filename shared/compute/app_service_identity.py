"""Who pulls for a site: its managed identity, or a user in its app settings."""

from collections.abc import Mapping

from msgspec.structs import replace

from shared.compute.identity import (
    Identities,
    anonymous,
    host_of,
    managed_identity,
    named_user,
)
from shared.compute.reading import flag, text
from shared.compute.sources import Json
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Audience, PullIdentity, RegistryCredential

SERVER = "DOCKER_REGISTRY_SERVER_URL"
USER = "DOCKER_REGISTRY_SERVER_USERNAME"
SWITCH = "acrUseManagedIdentityCreds"
CHOICE = "acrUserManagedIdentityID"
_KEY_VAULT = "@microsoft.keyvault("


def uses_managed_identity(config: Json) -> bool:
    """Whether ``acrUseManagedIdentityCreds`` is on."""
    return flag(config, SWITCH)


def by_managed_identity(config: Json, identities: Identities) -> PullIdentity:
    """The identity of ``acrUserManagedIdentityID``, else the system-assigned one."""
    return managed_identity(
        identities, text(config, CHOICE), where=f"siteConfig.{SWITCH}", audience=Audience.ARM
    )


def by_settings(settings: Mapping[str, str], identities: Identities, server: str) -> PullIdentity:
    """
    Who the app settings log in as, where they are for the registry; else nobody.

    Raises:
        CouldNotLookError: the user is kept in a key vault.

    """
    user, others = _user(settings, server), _principals(identities)
    if not user:
        return anonymous(where=f"app setting {USER}", related=others)
    return replace(named_user(user, server, where=f"app setting {USER}"), related=others)


def credential_in_settings(settings: Mapping[str, str], server: str) -> RegistryCredential:
    """How the app settings log in to the registry. Raises like `by_settings`."""
    user = _user(settings, server)
    return RegistryCredential(configured=bool(user), username=user, wanted=f"siteConfig.{SWITCH}")


def by_site_container(container: Json, identities: Identities, server: str) -> PullIdentity:
    """
    Who pulls for one of ``sitecontainers``, by its ``authType``.

    Raises:
        CouldNotLookError: it has none that is known.

    """
    where = f"sitecontainers/{text(container, 'name')} authType"
    match text(container, "properties", "authType"):
        case "Anonymous":
            return anonymous(where=where, related=_principals(identities))
        case "UserCredentials":
            user = text(container, "properties", "userName")
            return replace(named_user(user, server, where=where), related=_principals(identities))
        case "SystemIdentity":
            return managed_identity(identities, "", where=where, audience=Audience.ARM)
        case "UserAssigned":
            client_id = text(container, "properties", "userManagedIdentityClientId")
            if not client_id:
                raise CouldNotLookError(f"{where} is UserAssigned, but names no identity")
            return managed_identity(identities, client_id, where=where, audience=Audience.ARM)
        case other:
            raise CouldNotLookError(f"{where} is {other!r}, which is not known")


def credential_of_site_container(container: Json) -> RegistryCredential:
    """How one of ``sitecontainers`` logs in."""
    properties = container.get("properties") or {}
    anonymously = text(properties, "authType") == "Anonymous"
    return RegistryCredential(
        configured=not anonymously,
        username=text(properties, "userName"),
        secret_name=text(properties, "passwordSecret"),
        wanted="authType" if anonymously else "",
        anonymous=anonymously,
    )


def _user(settings: Mapping[str, str], server: str) -> str:
    user = settings.get(USER, "")
    if host_of(settings.get(SERVER, "")) != server:
        return ""
    if user.lower().startswith(_KEY_VAULT):
        raise CouldNotLookError(f"app setting {USER} is kept in a key vault")
    return user


def _principals(identities: Identities) -> dict[str, str]:
    return {name: one for name, one in identities.principals().items() if one}
