"""Who calls ARM, and whether they may."""

from aiohttp import web

from local.azure import rights
from local.azure.arm.errors import forbidden, unauthenticated
from local.azure.cloud import CLOUD
from local.azure.entra.tokens import ARM
from local.azure.world import World
from local.estates.identity import Identity


def caller(request: web.Request) -> Identity:
    """The identity of the bearer token. Raises ArmError 401."""
    cloud = request.app[CLOUD]
    tenant = cloud.estate.tenant
    if not request.headers.get("Authorization", "").lower().startswith("bearer "):
        message = "Authentication failed. The 'Authorization' header is missing."
        raise unauthenticated(tenant, "AuthenticationFailed", message)
    who = cloud.bearer(request, ARM)
    if who is None:
        message = "The access token is invalid: wrong audience, expired, or of nobody here."
        raise unauthenticated(tenant, "InvalidAuthenticationToken", message)
    if who.tenant.lower() != tenant.lower():
        message = (
            f"The access token is from the wrong issuer 'https://sts.windows.net/{who.tenant}/'. "
            f"It must match the tenant 'https://sts.windows.net/{tenant}/' associated with this "
            "subscription."
        )
        raise unauthenticated(tenant, "InvalidAuthenticationTokenTenant", message)
    return who


def check(world: World, who: Identity, action: str, scope: str) -> None:
    """Raises ArmError 403 unless `who` may do `action` at `scope`."""
    if not rights.may(world.estate, who, action, scope):
        raise forbidden(who, action, scope)
