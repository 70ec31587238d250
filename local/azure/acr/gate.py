"""What every request to a login server goes through: the firewall, throttling, error bodies."""

import uuid
from collections.abc import Awaitable, Callable
from math import ceil

from aiohttp import web

from local.azure.acr.auth import ChallengeError, requester
from local.azure.acr.network import check_admitted, place_of
from local.azure.acr.service import CORRELATION, REGISTRY, answer, contents_of, world_of
from local.azure.contents.errors import RegistryError, throttled, unsupported
from local.azure.operations import Operation

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the registry, admit the client, answer; errors become what the registry would say."""
    registry = world_of(request).registry_at(request.host)
    if registry is None:
        return web.Response(status=404, text="no such registry")
    request[REGISTRY], request[CORRELATION] = registry, str(uuid.uuid4())
    try:
        check_admitted(world_of(request), registry, place_of(request), host_of(request))
        check_throttled(request)
        response = await handler(request)
    except RegistryError as error:
        response = refused(request, error)
    except (web.HTTPMethodNotAllowed, web.HTTPNotFound):
        response = refused(request, unsupported())
    response.headers["Docker-Distribution-Api-Version"] = "registry/2.0"
    response.headers["X-Ms-Correlation-Request-Id"] = request[CORRELATION]
    response.headers["Server"] = "AzureContainerRegistry"
    return response


def host_of(request: web.Request) -> str:
    """The host asked for, without a port."""
    return request.host.partition(":")[0].lower()


def check_throttled(request: web.Request) -> None:
    """Raises RegistryError 429 while the registry is being throttled."""
    until = contents_of(request).throttled_until
    if until and until > world_of(request).now():
        raise throttled()


def refused(request: web.Request, error: RegistryError) -> web.Response:
    """The answer for an error, and its record when it concerns who may come in."""
    if error.status in {401, 403}:
        note_refusal(request, error)
    message = error.message
    if error.code == "UNAUTHORIZED":
        message = f"{message} CorrelationId: {request[CORRELATION]}"
    body: dict[str, object] = {"code": error.code, "message": message}
    if error.detail is not None:
        body["detail"] = error.detail
    return answer({"errors": [body]}, status=error.status, headers=headers_of(request, error))


def headers_of(request: web.Request, error: RegistryError) -> dict[str, str]:
    """Challenge of a 401; remaining seconds of a 429, fewer each time."""
    if isinstance(error, ChallengeError):
        return {"WWW-Authenticate": challenge_of(request, error)}
    until = contents_of(request).throttled_until
    if error.status == 429 and until:  # noqa: PLR2004
        return {"Retry-After": str(ceil((until - world_of(request).now()).total_seconds()))}
    return {}


def challenge_of(request: web.Request, error: ChallengeError) -> str:
    """Where to get a token and which."""
    parts = {
        "realm": f"{request.scheme}://{request.host}/oauth2/token",
        "service": request[REGISTRY].login_server,
        "scope": error.scope,
        "error": error.reason,
    }
    return "Bearer " + ",".join(f'{name}="{value}"' for name, value in parts.items() if value)


def note_refusal(request: web.Request, error: RegistryError) -> None:
    """Record a failed sign-in; a mere challenge is none."""
    if isinstance(error, ChallengeError) and "Authorization" not in request.headers:
        return
    world = world_of(request)
    world.record(
        Operation(
            kind="login",
            time=world.now(),
            registry=request[REGISTRY].name,
            requester=requester(request),
            status=error.status,
            error=error.message,
        )
    )
