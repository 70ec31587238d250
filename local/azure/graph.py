"""Microsoft Graph, as far as it is read: service principals, applications, users, groups.

Users may read the directory; applications need Application.Read.All, GroupMember.Read.All or
Directory.Read.All (`graphPermissions` of the identity).
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from local.azure import rights
from local.azure.cloud import CLOUD, Cloud
from local.azure.entra.tokens import GRAPH
from local.azure.stamps import seconds
from local.azure.world import World
from local.estates.identity import Group, Identity, Secret, stable_guid

type Json = dict[str, Any]
type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_APPLICATIONS: Final = frozenset({"Application.Read.All", "Directory.Read.All"})
_USERS: Final = frozenset({"User.Read.All", "Directory.Read.All"})
_GROUPS: Final = frozenset({"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"})
_ASKED: Final[tuple[tuple[re.Pattern[str], Callable[[Identity], str]], ...]] = (
    (re.compile(r"appId\s+eq\s+'([^']*)'"), lambda one: one.client_id),
    # az asks so; the names of a service principal are its appId and URIs, which nobody has here.
    (
        re.compile(r"servicePrincipalNames/any\(\w+:\s*\w+ eq '([^']*)'\)"),
        lambda one: one.client_id,
    ),
    (re.compile(r"displayName\s+eq\s+'([^']*)'"), lambda one: one.display_name),
)
_BASE: Final = "https://graph.microsoft.com/v1.0"


class GraphError(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Keep what the body says."""
        super().__init__(message)
        self.status, self.code = status, code


def application(cloud: Cloud) -> web.Application:
    """The routes of v1.0 that are simulated."""
    app = web.Application(middlewares=[_answering])
    app[CLOUD] = cloud
    for kind in ("servicePrincipals", "applications"):
        app.router.add_get(f"/v1.0/{kind}", _filtered)
        app.router.add_get(f"/v1.0/{kind}(appId='{{app_id}}')", _by_app_id)
        app.router.add_get(f"/v1.0/{kind}/{{id}}", _by_id)
    app.router.add_get("/v1.0/servicePrincipals/{id}/transitiveMemberOf", _member_of)
    app.router.add_get("/v1.0/users/{id}", _user)
    app.router.add_get("/v1.0/groups/{id}", _group)
    app.router.add_get("/v1.0/groups/{id}/transitiveMembers", _members)
    app.router.add_get("/v1.0/groups/{id}/members", _members)
    app.router.add_post("/v1.0/directoryObjects/getByIds", _objects)
    return app


@web.middleware
async def _answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await _simulated(request, handler)
    except GraphError as error:
        body = {"code": error.code, "message": str(error), "innerError": {"request-id": _id()}}
        return web.json_response({"error": body}, status=error.status)


async def _simulated(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as why:  # no such route
        message = f"{request.method} {request.path} is not simulated."
        raise GraphError(why.status, "Request_ResourceNotFound", message) from why


async def _filtered(request: web.Request) -> web.Response:
    world = _allowed(request, _APPLICATIONS)
    asked = _asked(request.query.get("$filter", "").strip())
    kind = request.path.rsplit("/", 1)[1]
    found = [one for one in _directory(world) if asked(one) and _has(kind, one)]
    return _listed(kind, [_shown(world, kind, one) for one in found])


def _asked(text: str) -> Callable[[Identity], bool]:
    """What a $filter lets through; without one, everybody."""
    if not text:
        return lambda _: True
    for pattern, key in _ASKED:
        if match := pattern.fullmatch(text):
            wanted = match[1].lower()
            return lambda one: key(one).lower() == wanted
    message = "Simulated are $filter=appId eq, displayName eq, and servicePrincipalNames/any(...)."
    raise GraphError(400, "Request_UnsupportedQuery", message)


async def _by_app_id(request: web.Request) -> web.Response:
    world = _allowed(request, _APPLICATIONS)
    return _one(world, request, lambda one: one.client_id, request.match_info["app_id"])


async def _by_id(request: web.Request) -> web.Response:
    world = _allowed(request, _APPLICATIONS)
    kind = _kind(request)
    return _one(world, request, lambda one: _object_id(kind, one), request.match_info["id"])


async def _member_of(request: web.Request) -> web.Response:
    world = _allowed(request, _GROUPS)
    who = world.identity(request.match_info["id"])
    if who is None:
        raise _absent(request.match_info["id"])
    names = rights.principals(world.estate, who)
    groups = [_group_body(one) for one in world.estate.groups if one.name in names]
    return _listed("directoryObjects", groups)


async def _user(request: web.Request) -> web.Response:
    world, wanted = _allowed(request, _USERS), request.match_info["id"].lower()
    for one in _directory(world):
        names = (one.object_id.lower(), f"{one.name}@{world.estate.domain}".lower())
        if one.kind == "user" and wanted in names:
            return web.json_response(_typed(world, one))
    raise _absent(request.match_info["id"])


async def _group(request: web.Request) -> web.Response:
    world = _allowed(request, _GROUPS)
    return web.json_response(_group_body(_found_group(world, request.match_info["id"])))


async def _members(request: web.Request) -> web.Response:
    world = _allowed(request, _GROUPS)
    group = _found_group(world, request.match_info["id"])
    directly = request.path.endswith("/members")
    shown = [
        _typed(world, one)
        for one in world.estate.identities
        if one.name in group.members
        or (not directly and group.name in rights.principals(world.estate, one))
    ]
    groups = [_group_body(one) for one in world.estate.groups if one.name in group.members]
    return _listed("directoryObjects", [*shown, *groups])


async def _objects(request: web.Request) -> web.Response:
    """`getByIds`: whatever is unknown is left out; az names the holders of roles so."""
    world = _allowed(request, _APPLICATIONS | _GROUPS)
    body = await request.json()
    wanted = {str(one).lower() for one in body.get("ids", [])}
    shown = [_typed(world, one) for one in _directory(world) if one.object_id.lower() in wanted]
    groups = [_group_body(one) for one in world.estate.groups if one.object_id.lower() in wanted]
    return _listed("directoryObjects", [*shown, *groups])


def _allowed(request: web.Request, permissions: Collection[str]) -> World:
    cloud = request.app[CLOUD]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    claims = cloud.issuer.verify(token, GRAPH) if scheme.lower() == "bearer" else None
    who = cloud.world.identity(str(claims["oid"])) if claims else None
    if claims is None or who is None:
        message = "Access token is empty." if not token else "Access token validation failure."
        raise GraphError(401, "InvalidAuthenticationToken", message)
    if who.kind != "user" and not set(permissions).intersection(claims.get("roles", [])):
        message = "Insufficient privileges to complete the operation."
        raise GraphError(403, "Authorization_RequestDenied", message)
    return cloud.world


def _directory(world: World) -> list[Identity]:
    """Who is in the tenant's own directory."""
    return [one for one in world.estate.identities if one.tenant == world.estate.tenant]


def _one(
    world: World, request: web.Request, key: Callable[[Identity], str], wanted: str
) -> web.Response:
    kind = _kind(request)
    for one in _directory(world):
        if key(one).lower() == wanted.lower() and _has(kind, one):
            return web.json_response(_shown(world, kind, one))
    raise _absent(wanted)


def _kind(request: web.Request) -> str:
    return re.split(r"[/(]", request.path.removeprefix("/v1.0/"))[0]


def _has(kind: str, one: Identity) -> bool:
    """Managed identities have a service principal but no application; users neither. The
    application of a principal may be another tenant's.
    """
    if kind == "servicePrincipals":
        return one.kind != "user"
    return one.kind == "servicePrincipal" and not one.registered_in


def _object_id(kind: str, one: Identity) -> str:
    same = kind == "servicePrincipals"
    return one.object_id if same else stable_guid("application", one.client_id)


def _shown(world: World, kind: str, one: Identity) -> Json:
    shared = {
        "id": _object_id(kind, one),
        "appId": one.client_id,
        "displayName": one.display_name,
    }
    if kind == "applications":
        secrets = [_secret(world, secret) for secret in one.secrets]
        return {**shared, "signInAudience": "AzureADMyOrg", "passwordCredentials": secrets}
    managed = one.kind != "servicePrincipal"
    return {
        **shared,
        "accountEnabled": one.enabled,
        "servicePrincipalType": "ManagedIdentity" if managed else "Application",
        "appOwnerOrganizationId": one.registered_in or one.tenant,
        "alternativeNames": [one.id] if managed else [],
        "servicePrincipalNames": [one.client_id],
        "passwordCredentials": [],
    }


def _secret(world: World, secret: Secret) -> Json:
    return {
        "keyId": secret.key_id,
        "displayName": secret.name,
        "startDateTime": seconds(world.clock.before_start(secret.created)),
        "endDateTime": seconds(world.clock.after_start(secret.expires)),
        "hint": secret.value[:3],
        "secretText": None,
    }


def _typed(world: World, one: Identity) -> Json:
    if one.kind == "user":
        name = f"{one.name}@{world.estate.domain}"
        kind = {"@odata.type": "#microsoft.graph.user", "userPrincipalName": name}
        return {**kind, "id": one.object_id, "displayName": one.display_name}
    body = _shown(world, "servicePrincipals", one)
    return {"@odata.type": "#microsoft.graph.servicePrincipal", **body}


def _group_body(group: Group) -> Json:
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": group.object_id,
        "displayName": group.name,
        "securityEnabled": True,
    }


def _found_group(world: World, wanted: str) -> Group:
    for group in world.estate.groups:
        if group.object_id.lower() == wanted.lower():
            return group
    raise _absent(wanted)


def _absent(wanted: str) -> GraphError:
    message = (
        f"Resource '{wanted}' does not exist or one of its queried reference-property objects "
        "are not present."
    )
    return GraphError(404, "Request_ResourceNotFound", message)


def _listed(kind: str, value: Sequence[Mapping[str, Any]]) -> web.Response:
    body = {"@odata.context": f"{_BASE}/$metadata#{kind}", "value": list(value)}
    return web.json_response(body)


def _id() -> str:
    return str(uuid.uuid4())
