"""login.microsoftonline.com: discovery and the token endpoint of MSAL clients.

Errors carry Entra's own codes (AADSTS...), as clients print them.
"""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from local.azure.cloud import CLOUD, Cloud
from local.azure.entra import directory
from local.azure.entra.sign_in import REFRESH_AUDIENCE, SignInError, check_tenant, signed_in
from local.azure.entra.tokens import AUDIENCES, LIFETIME
from local.estates.identity import Identity

AUTHORITY: Final = "https://login.microsoftonline.com"
_COMMON: Final = f"{AUTHORITY}/common/v2.0/.well-known/openid-configuration"


def application(cloud: Cloud) -> web.Application:
    """The routes of the login host."""
    app = web.Application()
    app[CLOUD] = cloud
    app.router.add_get("/common/discovery/instance", _instances)
    app.router.add_get("/{tenant}/.well-known/openid-configuration", _configuration)
    app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", _configuration)
    app.router.add_get("/{tenant}/discovery/v2.0/keys", _keys)
    app.router.add_get("/common/userrealm/{user}", _realm)
    app.router.add_post("/{tenant}/oauth2/v2.0/token", _token)
    app.router.add_post("/{tenant}/oauth2/token", _token)
    return app


async def _instances(_: web.Request) -> web.Response:
    aliases = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com"]
    return web.json_response(
        {
            "tenant_discovery_endpoint": _COMMON,
            "api-version": "1.1",
            "metadata": [
                {"preferred_network": aliases[0], "preferred_cache": aliases[1], "aliases": aliases}
            ],
        }
    )


async def _configuration(request: web.Request) -> web.Response:
    tenant = request.match_info["tenant"]
    try:
        check_tenant(request.app[CLOUD].estate, tenant)
    except SignInError as error:
        return _refused(error)
    base = f"{AUTHORITY}/{tenant}"
    return web.json_response(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "issuer": f"{base}/v2.0",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
        }
    )


async def _keys(request: web.Request) -> web.Response:
    return web.json_response(request.app[CLOUD].issuer.public_keys())


async def _realm(request: web.Request) -> web.Response:
    found = directory.user(request.app[CLOUD].estate, request.match_info["user"])
    return web.json_response({"ver": "1.0", "account_type": "Managed" if found else "Unknown"})


async def _token(request: web.Request) -> web.Response:
    cloud = request.app[CLOUD]
    form = {name: str(value) for name, value in (await request.post()).items()}
    try:
        tenant = request.match_info["tenant"]
        check_tenant(cloud.estate, tenant)
        who = signed_in(cloud, tenant, form)
        return web.json_response(_granted(cloud, who, form))
    except SignInError as error:
        return _refused(error)


def _granted(cloud: Cloud, who: Identity, form: Mapping[str, str]) -> dict[str, Any]:
    audience = _audience(form)
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "ext_expires_in": LIFETIME,
        "access_token": cloud.issuer.issue(who, audience),
    }
    if who.kind == "user":
        answer |= _user_tokens(cloud, who, form)
    return answer


def _user_tokens(cloud: Cloud, who: Identity, form: Mapping[str, str]) -> dict[str, Any]:
    now = int(time.time())
    name = f"{who.name}@{cloud.estate.domain}"
    identity = {
        "aud": form.get("client_id", ""),
        "iss": f"{AUTHORITY}/{who.tenant}/v2.0",
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "oid": who.object_id,
        "preferred_username": name,
        "name": who.display_name,
        "sub": who.object_id,
        "tid": who.tenant,
        "ver": "2.0",
    }
    return {
        "scope": form.get("scope", ""),
        "refresh_token": cloud.issuer.issue(who, REFRESH_AUDIENCE, 90 * LIFETIME),
        "id_token": cloud.issuer.sign(identity),
        "client_info": _client_info(who),
    }


def _client_info(who: Identity) -> str:
    raw = json.dumps({"uid": who.object_id, "utid": who.tenant}).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _audience(form: Mapping[str, str]) -> str:
    """`https://x/.default` -> `https://x`; `https://x//.default` keeps its slash, as in Entra."""
    scopes = form.get("scope", "").split()
    reserved = {"openid", "profile", "offline_access"}
    wanted = form.get("resource") or next((one for one in scopes if one not in reserved), "")
    audience = wanted.removesuffix("/.default").rsplit("/user_impersonation", 1)[0]
    if audience.rstrip("/") not in AUDIENCES:
        raise SignInError(
            "invalid_resource",
            500011,
            f"The resource principal named {audience} was not found in the tenant. This can happen "
            "if the application has not been installed by the administrator of the tenant or "
            "consented to by any user in the tenant.",
        )
    return audience


def _refused(error: SignInError) -> web.Response:
    trace, correlation = uuid.uuid4(), uuid.uuid4()
    moment = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
    body = {
        "error": error.error,
        "error_description": f"AADSTS{error.number}: {error.text} Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {moment}",
        "error_codes": [error.number],
        "timestamp": moment,
        "trace_id": str(trace),
        "correlation_id": str(correlation),
        "error_uri": f"{AUTHORITY}/error?code={error.number}",
    }
    return web.json_response(body, status=error.status)
