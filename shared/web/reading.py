"""What is read: registries, the latest report, protection, health, and the dashboard."""

import re
from http import HTTPStatus

import azure.functions as func

from shared.pipeline.protection import protection_plan
from shared.pipeline.services import Services
from shared.web.answering import RefusedError, in_html, in_json
from shared.web.dashboard import render
from shared.web.health import examine
from shared.web.overview import overview
from shared.web.view import collect

_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}")


async def registries(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``GET /api/registries``: an `Overview`."""
    _ = request
    return in_json(await overview(services, await services.store.index.listed()))


async def latest_report(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``GET /api/reports/latest``: a `Report`; 404 before the first."""
    _ = request
    report = await services.store.sweeps.latest_report()
    if report is None:
        message = "there is no report yet: the first comes after the first nightly sweep"
        raise RefusedError(HTTPStatus.NOT_FOUND, message)
    return in_json(report)


async def protection(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``GET /api/protection``: a `Protection`; ``?registry=LOGIN-SERVER`` for one registry."""
    host = str(request.params.get("registry", "")).strip().lower()
    if host and not _HOST.fullmatch(host):
        message = f"registry = {host[:100]!r}: expected a login server such as contoso.azurecr.io"
        raise RefusedError(HTTPStatus.BAD_REQUEST, message)
    return in_json(await protection_plan(services, await services.store.index.listed(), host))


async def dashboard(services: Services, request: func.HttpRequest) -> func.HttpResponse:
    """``GET /``: the page."""
    _ = request
    return in_html(render(await collect(services)))


async def health() -> func.HttpResponse:
    """``GET /api/health``: a `Health`."""
    found = await examine()
    return in_json(found, HTTPStatus.OK if found.ok else HTTPStatus.SERVICE_UNAVAILABLE)
