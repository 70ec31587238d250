"""What a person and a test read: the page, the messages as JSON, the switches."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from local.azurite import MODULES
from local.inbox.messages import Mailbox
from local.inbox.teams import Teams

FILES = Path(__file__).parent / "page"
SCRIPTS = {
    "adaptivecards.js": "adaptivecards/dist/adaptivecards.min.js",
    "adaptivecards.css": "adaptivecards/dist/adaptivecards.css",
    "markdown-it.js": "markdown-it/dist/browser/markdown-it.umd.min.js",
}
"""Microsoft's renderer and what it needs for Markdown, from npm; nothing comes from a CDN."""
LONGEST_WAIT_SECONDS = 60.0
# Cards and mails show what strangers named: nothing but our own scripts may run.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'"
)


class Asked(Struct, frozen=True):
    """The query of `GET /messages`."""

    after: Annotated[int, Meta(ge=0)] = 0
    wait: Annotated[float, Meta(ge=0, le=LONGEST_WAIT_SECONDS)] = 0.0
    channel: str = ""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `PUT /limits`: requests a second that Teams takes, 0 for any number."""

    teams_per_second: Annotated[int, Meta(ge=0)]


class Pages:
    """The handlers behind the inbox's own port."""

    def __init__(self, mailbox: Mailbox, teams: Teams, modules: Path = MODULES) -> None:
        self._mailbox = mailbox
        self._teams = teams
        self._modules = modules / "node_modules"

    def application(self) -> web.Application:
        """The page, the messages and the switches."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/messages", self._messages),
                web.put("/limits", self._limits),
                web.get("/scripts/{name}", self._script),
                web.static("/page", FILES),
            ]
        )
        return application

    async def _index(self, _: web.Request) -> web.FileResponse:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return web.FileResponse(FILES / "index.html", headers=headers)

    async def _messages(self, request: web.Request) -> web.Response:
        asked = _decoded(Asked, dict(request.query), strict=False)
        found = self._mailbox.after(asked.after, asked.channel)
        if not found and asked.wait:
            found = await self._mailbox.wait(asked.after, asked.wait, asked.channel)
        return _json({"last": self._mailbox.last, "messages": found})

    async def _limits(self, request: web.Request) -> web.Response:
        given = _decoded(Limits, await request.json())
        self._teams.per_second = given.teams_per_second
        return _json(given)

    async def _script(self, request: web.Request) -> web.FileResponse:
        file = self._modules / SCRIPTS.get(request.match_info["name"], "")
        if not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)


def _decoded[T](kind: type[T], given: Any, *, strict: bool = True) -> T:
    try:
        return msgspec.convert(given, kind, strict=strict)
    except msgspec.ValidationError as why:
        raise web.HTTPBadRequest(text=f"{why}\n") from why


def _json(content: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), content_type="application/json")
