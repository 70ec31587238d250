"""Whatever goes wrong, no channel tells its secret: not in errors, not in logs, not in reprs."""

import asyncio
import logging
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from shared.notify import CHANNELS, channels
from shared.notify.base import DeliveryError, UnansweredError
from shared.settings import Settings
from tests.support.alerts import about, incident

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

SECRET = "sIgNaTuRe-hunter2"

type Place = AbstractAsyncContextManager[int]


class Refuses:
    """A mail server's answers that repeat what they were given."""

    async def handle_AUTH(self, *_: object) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        return AuthResult(success=False, handled=False)

    async def auth_login(self, server: SMTP, _: list[str]) -> AuthResult:
        await server.push(f"535 5.7.8 no {SECRET}")
        return AuthResult(success=False, handled=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: object
    ) -> str:
        return f"550 5.1.1 {SECRET} is unknown here"


def _loud(status: int) -> web.Application:
    """Answers that repeat everything they were asked."""

    async def handle(request: web.Request) -> web.Response:
        told = {"X-Asked": str(request.url), "Location": str(request.url)}
        return web.Response(status=status, text=f"{request.url} {request.headers}", headers=told)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    return app


@asynccontextmanager
async def http(status: int) -> AsyncIterator[int]:
    async with TestServer(_loud(status)) as server:
        assert server.port is not None
        yield server.port


@asynccontextmanager
async def talking(answer: bytes) -> AsyncIterator[int]:
    """A server that says one thing to everybody and hangs up."""

    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def smtp(*, auth: bool) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    protocol = partial(
        SMTP, Refuses(), hostname="localhost", auth_required=auth, auth_require_tls=False, loop=loop
    )
    server = await loop.create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def nobody() -> AsyncIterator[int]:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield closed.getsockname()[1]


PLACES: dict[str, Callable[[], Place]] = {
    "nobody": nobody,
    "garbage": partial(talking, b"\x00\xff garbage " + SECRET.encode() + b"\r\n"),
    "silence": partial(talking, b""),
    "HTTP 302": partial(http, 302),
    "HTTP 401": partial(http, 401),
    "HTTP 404": partial(http, 404),
    "HTTP 429": partial(http, 429),
    "HTTP 500": partial(http, 500),
    "SMTP login": partial(smtp, auth=True),
    "SMTP receiver": partial(smtp, auth=False),
}


def secretive(port: int) -> Settings:
    """All channels at one place, with secrets wherever there can be one."""
    return Settings(
        teams_webhook_url=f"http://user:{SECRET}@127.0.0.1:{port}/{SECRET}?sig={SECRET}",
        webhook_url=f"http://user:{SECRET}@127.0.0.1:{port}/{SECRET}?key={SECRET}",
        webhook_secret=SECRET,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_starttls=False,
        smtp_user="pullwatch",
        smtp_password=SECRET,
        acs_endpoint=f"http://127.0.0.1:{port}",
        mail_from="pullwatch@contoso.com",
        mail_to=("ops@contoso.com",),
        request_timeout_seconds=1.0,
    )


async def told(send: Awaitable[None]) -> str:
    """Everything that an error tells to whoever logs it."""
    with pytest.raises((DeliveryError, UnansweredError)) as failed:
        await send
    error = failed.value
    return f"{error} {error!r} {''.join(traceback.format_exception(error))}"


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the app's side logged; the servers of this file log what they get."""
    records = [r for r in caplog.records if not r.name.startswith(("mail.log", "aiohttp."))]
    return "\n".join(f"{record.getMessage()} {record.exc_text}" for record in records)


@pytest.mark.parametrize("kind", CHANNELS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("place", PLACES)
async def test_no_error_and_no_log_tells_a_secret(
    place: str,
    kind: type,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/none")  # no identity is asked for
    monkeypatch.setenv("IDENTITY_HEADER", SECRET)
    caplog.set_level(logging.DEBUG)
    async with PLACES[place]() as port:
        [channel] = [one for one in channels(secretive(port)) if isinstance(one, kind)]
        said = await told(channel.send(about(incident())))
    assert SECRET not in said
    assert SECRET not in logged(caplog)
    assert SECRET not in repr(channel)


async def test_a_webhook_without_trusted_tls_tells_nothing() -> None:
    with pytest.raises(ssl.SSLError):
        ssl.create_default_context().load_verify_locations(cadata="nothing")
    async with talking(b"no TLS here") as port:
        settings = Settings(teams_webhook_url=f"https://127.0.0.1:{port}/?sig={SECRET}")
        [channel] = channels(settings)
        assert SECRET not in await told(channel.send(about(incident())))


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(secretive(1))
    assert SECRET not in shown
    assert "smtp_password=(secret)" in shown
    assert "smtp_user='pullwatch'" in shown
