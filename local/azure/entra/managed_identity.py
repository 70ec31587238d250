"""The managed identity endpoint of App Service and Functions, plain HTTP.

`GET {IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=AUDIENCE`, perhaps with client_id,
principal_id or mi_res_id, and the header X-IDENTITY-HEADER. `/msi/token` serves the app's place,
`/{place}/msi/token` another.
"""

import hmac
import time
from collections.abc import Mapping

from aiohttp import web

from local.azure.cloud import CLOUD, Cloud
from local.azure.entra.tokens import AUDIENCES, LIFETIME
from local.environment import APP_PLACE
from local.estates.identity import Identity


def application(cloud: Cloud, header: str) -> web.Application:
    """The endpoint; `header` is the secret that IDENTITY_HEADER holds."""
    app = web.Application()
    app[CLOUD] = cloud

    async def token(request: web.Request) -> web.Response:
        given = request.headers.get("X-IDENTITY-HEADER", "")
        if not hmac.compare_digest(given.encode(), header.encode()):
            return _refused(403, "Forbidden", "X-IDENTITY-HEADER does not match IDENTITY_HEADER")
        return _token(cloud, request.match_info.get("place", APP_PLACE), request.query)

    app.router.add_get("/msi/token", token)
    app.router.add_get("/{place}/msi/token", token)
    return app


def _token(cloud: Cloud, place: str, query: Mapping[str, str]) -> web.Response:
    if query.get("api-version") != "2019-08-01":
        return _refused(400, "BadRequest", "api-version must be 2019-08-01")
    resource = query.get("resource", "")
    if resource.rstrip("/") not in AUDIENCES:
        return _refused(400, "InvalidResource", f"The resource {resource!r} is not known")
    who = _identity(cloud, place)
    if who is None or not _is_meant(who, query):
        return _refused(400, "BadRequest", "No managed identity found for this app")
    expires = int(time.time()) + LIFETIME
    return web.json_response(
        {
            "access_token": cloud.issuer.issue(who, resource),
            "expires_on": str(expires),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": who.client_id,
        }
    )


def _identity(cloud: Cloud, place: str) -> Identity | None:
    found = next((one for one in cloud.estate.places if one.name == place), None)
    return cloud.world.identity(found.identity) if found and found.identity else None


def _is_meant(who: Identity, query: Mapping[str, str]) -> bool:
    """Without a choice only a system-assigned identity answers in Azure; here the one there is."""
    own = {"client_id": who.client_id, "principal_id": who.object_id, "mi_res_id": who.id}
    return all(query[name].lower() == own[name].lower() for name in own if name in query)


def _refused(status: int, code: str, message: str) -> web.Response:
    body = {"statusCode": status, "message": message, "error": {"code": code, "message": message}}
    return web.json_response(body, status=status)
