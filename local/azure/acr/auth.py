"""Who asks, and whether they may: Bearer and Basic credentials of data-plane requests."""

import base64
import binascii
from dataclasses import dataclass

from aiohttp import web

from local.azure.acr.accounts import ANONYMOUS, Account
from local.azure.acr.credentials import sign_in
from local.azure.acr.network import place_of
from local.azure.acr.scopes import Scope, grant
from local.azure.acr.service import CORRELATION, REGISTRY, service_of
from local.azure.acr.tokens import Access
from local.azure.contents.errors import RegistryError, unauthorized
from local.azure.operations import Requester


@dataclass
class ChallengeError(RegistryError):
    """A 401 that tells which token to come back with."""

    scope: str = ""
    reason: str = ""
    """`invalid_token` or `insufficient_scope`, when a token was sent."""


def challenge(scope: str, reason: str, missing: list[Scope] | None = None) -> ChallengeError:
    """A 401 for a scope; the detail names each action that was missing."""
    base = unauthorized()
    detail = [
        {"Type": each.type, "Name": each.name, "Action": action}
        for each in missing or []
        for action in each.actions
    ]
    return ChallengeError(base.status, base.code, base.message, detail or None, scope, reason)


def require(request: web.Request, repository: str, *actions: str) -> Account:
    """The account that may do all these actions with a repository, else a ChallengeError."""
    return demand(request, Scope("repository", repository, actions))


def require_catalog(request: web.Request, name: str = "catalog") -> Account:
    """The account that may list repositories."""
    return demand(request, Scope("registry", name, ("*",)))


def demand(request: web.Request, *scopes: Scope) -> Account:
    """The account whose credential covers all scopes."""
    asked = " ".join(map(str, scopes))
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    who, granted = access_of(request, kind.lower(), value, list(scopes))
    held = {(each["type"], each["name"]): frozenset(each["actions"]) for each in granted}
    missing = [
        scope
        for scope in scopes
        if not held.get((scope.type, scope.name), frozenset()).issuperset(scope.actions)
    ]
    if missing:
        reason = "insufficient_scope" if value else ""
        raise challenge(asked, reason, missing)
    return who


def access_of(
    request: web.Request, kind: str, value: str, scopes: list[Scope]
) -> tuple[Account, Access]:
    """The account of a request, and what of the scopes its credential covers."""
    service, registry = service_of(request), request[REGISTRY]
    estate, now = service.world.estate, service.world.now()
    if kind == "bearer":
        found = service.signer.read(value, "access_token", registry, now)
        if found is None:
            raise challenge(" ".join(map(str, scopes)), "invalid_token")
        return found
    if kind == "basic":
        who = sign_in(service, registry, *basic(value))
        return who, grant(estate, registry, who, scopes)
    return ANONYMOUS, []


def basic(value: str) -> tuple[str, str]:
    """User name and password of a Basic credential. Raises RegistryError 401."""
    try:
        name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise unauthorized() from error
    if not colon:
        raise unauthorized()
    return name, password


def requester(request: web.Request, who: Account = ANONYMOUS) -> Requester:
    """Who asked, for logs and events."""
    return Requester(
        name=who.name,
        object_id=who.object_id,
        address=place_of(request).egress,
        user_agent=request.headers.get("User-Agent", ""),
        method=request.method,
        request_id=request[CORRELATION],
    )
