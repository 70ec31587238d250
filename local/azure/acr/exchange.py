"""`/oauth2/exchange` and `/oauth2/token`: from a credential to a token of the registry.

Protocol: github.com/Azure/acr docs/AAD-OAuth.md; requests of azure-cli, cloud-provider-azure.
"""

from collections.abc import Mapping

from aiohttp import web

from local.azure.acr.accounts import ANONYMOUS, Account, of_identity
from local.azure.acr.auth import basic, requester
from local.azure.acr.credentials import sign_in
from local.azure.acr.rights import may_enter
from local.azure.acr.scopes import Scope, grant, parse_scopes
from local.azure.acr.service import REGISTRY, answer, service_of, world_of
from local.azure.contents.errors import invalid_request, unauthorized, unauthorized_because
from local.azure.entra.tokens import ARM
from local.azure.entra.tokens import REGISTRY as ACR_AUDIENCES
from local.azure.operations import Operation

GRANTS = frozenset({"access_token", "access_token_refresh_token"})


async def exchange(request: web.Request) -> web.Response:
    """A refresh token for an access token of Entra."""
    form = await form_of(request)
    if form.get("grant_type") not in GRANTS:
        raise invalid_request("grant_type must be access_token")
    check_service(request, form)
    who = entra_account(request, form.get("access_token", ""))
    service, registry = service_of(request), request[REGISTRY]
    if service.exchange_needs_role and not may_enter(service.world.estate, registry, who):
        raise unauthorized()
    note_login(request, who)
    token = service.signer.refresh_token(registry, who, service.world.now())
    return answer({"refresh_token": token})


async def token_by_form(request: web.Request) -> web.Response:
    """An access token for a refresh token, or for a name and password."""
    form = await form_of(request)
    check_service(request, form)
    who = account_of_form(request, form)
    body = grant_token(request, who, parse_scopes([form.get("scope", "")]))
    if form.get("grant_type") == "password":
        service = service_of(request)
        registry, now = request[REGISTRY], service.world.now()
        body["refresh_token"] = service.signer.refresh_token(registry, who, now)
    return answer(body)


async def token_by_query(request: web.Request) -> web.Response:
    """An access token for a Basic credential, or for nobody."""
    check_service(request, request.query)
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    who = ANONYMOUS
    if kind.lower() == "basic":
        who = sign_in(service_of(request), request[REGISTRY], *basic(value))
        note_login(request, who)
    elif kind:
        raise unauthorized()
    return answer(grant_token(request, who, parse_scopes(request.query.getall("scope", []))))


def grant_token(request: web.Request, who: Account, scopes: list[Scope]) -> dict[str, str]:
    """An access token with what the account may do of what it asks.

    Fewer actions than asked are a success; none at all is 401, for nobody always so.
    """
    service, registry = service_of(request), request[REGISTRY]
    access = grant(service.world.estate, registry, who, scopes)
    if not access and (scopes or who is ANONYMOUS):
        raise unauthorized()
    token = service.signer.access_token(registry, who, access, service.world.now())
    return {"access_token": token}


def account_of_form(request: web.Request, form: Mapping[str, str]) -> Account:
    """Who asks for a token by form."""
    service, registry = service_of(request), request[REGISTRY]
    match form.get("grant_type"):
        case "refresh_token":
            token = form.get("refresh_token", "")
            found = service.signer.read(token, "refresh_token", registry, service.world.now())
            if found is None:
                raise unauthorized()
            return found[0]
        case "password":
            who = sign_in(service, registry, form.get("username", ""), form.get("password", ""))
            note_login(request, who)
            return who
        case _:
            raise invalid_request("grant_type must be refresh_token or password")


def entra_account(request: web.Request, token: str) -> Account:
    """The account of an access token of Entra, if the registry accepts its audience."""
    service, registry = service_of(request), request[REGISTRY]
    claims = service.verifier.verify(token, ACR_AUDIENCES | ARM)
    if claims is None:
        raise unauthorized()
    is_arm = str(claims["aud"]).rstrip("/") in ARM
    if is_arm and registry.policies.azure_ad_authentication_as_arm == "Disabled":
        raise unauthorized_because("token validation failed")
    identity = service.world.identity(str(claims["oid"]))
    tenant = service.world.tenant_of(registry.id)
    if identity is None or not identity.enabled or claims["tid"] != tenant:
        raise unauthorized()
    return of_identity(identity, service.world.estate.domain)


def check_service(request: web.Request, parameters: Mapping[str, str]) -> None:
    """A token is for one registry; raises RegistryError 400 when another is named, or none."""
    if parameters.get("service", "").lower() != request[REGISTRY].login_server.lower():
        raise invalid_request("service must be the login server of the registry")


async def form_of(request: web.Request) -> dict[str, str]:
    """The fields of a form."""
    return {name: str(value) for name, value in (await request.post()).items()}


def note_login(request: web.Request, who: Account) -> None:
    """Record a sign-in."""
    world = world_of(request)
    world.record(
        Operation(
            kind="login",
            time=world.now(),
            registry=request[REGISTRY].name,
            requester=requester(request, who),
        )
    )
