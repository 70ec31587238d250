"""Who signs in, by secret, password or refresh token; errors with Entra's own codes and texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from local.azure.cloud import Cloud
from local.azure.entra import directory
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.model import Estate

REFRESH_AUDIENCE: Final = "urn:refresh"
_ANY_TENANT: Final = {"common", "organizations"}


@dataclass
class SignInError(Exception):
    """Why a sign-in failed: OAuth's error word, Entra's number and text."""

    error: str
    number: int
    text: str
    status: int = 400


def signed_in(cloud: Cloud, tenant: str, form: Mapping[str, str]) -> Identity:
    """Whoever the form of a token request proves to be. Raises SignInError."""
    match form.get("grant_type"):
        case "client_credentials":
            return _application(cloud.world, tenant, form)
        case "password":
            return _user(cloud.estate, form)
        case "refresh_token":
            return _refreshed(cloud, form)
        case other:
            raise SignInError(
                "unsupported_grant_type",
                70003,
                f"The app requested an unsupported grant type '{other}'.",
            )


def _application(world: World, tenant: str, form: Mapping[str, str]) -> Identity:
    client_id = form.get("client_id", "")
    who = world.identity(client_id)
    if who is None or (
        tenant not in _ANY_TENANT and not _is_tenant(world.estate, who.tenant, tenant)
    ):
        raise SignInError(
            "unauthorized_client",
            700016,
            f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. "
            "This can happen if the application has not been installed by the administrator of the "
            "tenant or consented to by any user in the tenant.",
        )
    if not who.enabled:
        raise SignInError(
            "unauthorized_client",
            7000112,
            f"Application '{client_id}'({who.display_name}) is disabled.",
        )
    _check_secret(world, who, form.get("client_secret", ""))
    return who


def _check_secret(world: World, who: Identity, value: str) -> None:
    secret = directory.secret_of(who, value)
    if secret is None:
        raise SignInError(
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the "
            "client secret value, not the client secret ID, for a secret added to app "
            f"'{who.client_id}'.",
            401,
        )
    if world.started + secret.expires <= world.now():
        raise SignInError(
            "invalid_client",
            7000222,
            f"The provided client secret keys for app '{who.client_id}' are expired. Visit the "
            "Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or "
            "consider using certificate credentials for added security: https://aka.ms/certCreds.",
            401,
        )


def _user(estate: Estate, form: Mapping[str, str]) -> Identity:
    who = directory.user(estate, form.get("username", ""))
    if who is None or not directory.secret_of(who, form.get("password", "")):
        text = "Error validating credentials due to invalid username or password."
        raise SignInError("invalid_grant", 50126, text)
    return who


def _refreshed(cloud: Cloud, form: Mapping[str, str]) -> Identity:
    claims = cloud.issuer.verify(form.get("refresh_token", ""), {REFRESH_AUDIENCE})
    who = cloud.world.identity(claims["oid"]) if claims else None
    if who is None:
        raise SignInError(
            "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."
        )
    return who


def check_tenant(estate: Estate, tenant: str) -> None:
    """Raises SignInError if there is no such tenant."""
    if tenant in _ANY_TENANT or any(
        _is_tenant(estate, one.tenant, tenant) for one in estate.identities
    ):
        return
    text = f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
    raise SignInError("invalid_request", 90002, text)


def _is_tenant(estate: Estate, tenant: str, named: str) -> bool:
    return named.lower() == tenant.lower() or (tenant == estate.tenant and named == estate.domain)
