"""The HTTP functions. Each is one call; `shared.web.answering` keeps every answer in form."""

import azure.functions as func

from shared import bootstrap
from shared.web import asking, reading
from shared.web.answering import answer, trouble_in_html

blueprint = func.Blueprint()
FUNCTION = func.AuthLevel.FUNCTION


@blueprint.route("/", methods=["GET"], auth_level=FUNCTION)
async def dashboard(req: func.HttpRequest) -> func.HttpResponse:
    """The page for people: what is wrong, whom it hits, what to do."""
    return await answer(req, reading.dashboard, telling=trouble_in_html)


@blueprint.route("api/checks", methods=["POST"], auth_level=FUNCTION)
async def ask_check(req: func.HttpRequest) -> func.HttpResponse:
    """Diagnose an image now; 200 with the answer, or 202 and where it will be."""
    return await answer(req, asking.ask, services=bootstrap.afresh)


@blueprint.route("api/checks/{id}", methods=["GET"], auth_level=FUNCTION)
async def read_check(req: func.HttpRequest) -> func.HttpResponse:
    """An on-demand check: 200 with the answer, 202 while it runs, 404."""
    return await answer(req, asking.read)


@blueprint.route("api/registries", methods=["GET"], auth_level=FUNCTION)
async def registries(req: func.HttpRequest) -> func.HttpResponse:
    """Every registry with how its pulls stand, and what could not be looked at."""
    return await answer(req, reading.registries)


@blueprint.route("api/reports/latest", methods=["GET"], auth_level=FUNCTION)
async def latest_report(req: func.HttpRequest) -> func.HttpResponse:
    """The newest nightly report; 404 before the first."""
    return await answer(req, reading.latest_report)


@blueprint.route("api/protection", methods=["GET"], auth_level=FUNCTION)
async def protection(req: func.HttpRequest) -> func.HttpResponse:
    """Which locks keep deployed images from clean-ups: the plan, with its commands."""
    return await answer(req, reading.protection, services=bootstrap.bulk)


@blueprint.route("api/health", methods=["GET"], auth_level=FUNCTION)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """Whether the app itself works: 200 or 503."""
    _ = req
    return await reading.health()
