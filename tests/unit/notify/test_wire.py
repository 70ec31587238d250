"""Channels against the real protocols: a webhook over HTTP, SMTP, Communication Services."""

import asyncio
import base64
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, Envelope
from azure.communication.email.aio import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from local.inbox import Inbox, Mailbox, applications
from local.inbox.smtp import Receiver
from shared.notify.acs import CommunicationServices
from shared.notify.base import DeliveryError, UnansweredError
from shared.notify.smtp import Smtp
from shared.notify.teams import Teams
from shared.settings import Settings
from tests.support.alerts import FINDING, about, gallery, incident

pytestmark = pytest.mark.contract

ALERT = about(incident())


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    made = applications(tmp_path)
    yield made
    await made.stop()


@asynccontextmanager
async def webhook(answer: web.Response, seen: list[web.Request]) -> AsyncIterator[str]:
    """A webhook that always answers the same."""

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        seen.append(request)
        return answer

    app = web.Application(client_max_size=1 << 20)
    app.router.add_route("*", "/{any:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook?sig=secret"))


async def failure_of(answer: web.Response) -> DeliveryError:
    async with webhook(answer, []) as url:
        with pytest.raises(DeliveryError) as failed:
            await Teams(url, 5).send(ALERT)
    return failed.value


@pytest.mark.parametrize("kind", gallery())
async def test_teams_shows_every_kind_of_card(inbox: Inbox, kind: str) -> None:
    async with TestServer(inbox.teams.app) as server:
        path = inbox.webhook_url.partition(":443")[2]
        await Teams(str(server.make_url("/")).rstrip("/") + path, 5).send(gallery()[kind])
    [shown] = inbox.mailbox.after(0, "teams")
    assert shown.failure == ""
    assert shown.card is not None


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (400, 401, 404, 410)),
        *((status, False) for status in (408, 429, 500, 502, 503)),
    ],
)
async def test_only_later_is_worth_another_try(status: int, permanent: bool) -> None:
    failed = await failure_of(web.Response(status=status))
    assert failed.permanent is permanent
    assert f"Teams answered {status}" in str(failed)


async def test_what_is_wrong_with_the_workflow_is_said() -> None:
    failed = await failure_of(web.Response(status=404))
    assert str(failed) == "Teams answered 404: the workflow of TEAMS_WEBHOOK_URL is gone"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("999999999999", 3_600.0), ("soon", None), ("", None), ("-5", None)],
)
async def test_the_wait_that_teams_asks_for_is_kept_within_bounds(
    header: str, seconds: float | None
) -> None:
    failed = await failure_of(web.Response(status=429, headers={"Retry-After": header}))
    assert failed.retry_after == seconds


async def test_a_redirect_is_no_delivery_and_is_not_followed() -> None:
    seen: list[web.Request] = []
    async with webhook(web.Response(status=302, headers={"Location": "/login"}), seen) as url:
        with pytest.raises(DeliveryError, match="302"):
            await Teams(url, 5).send(ALERT)
    assert [request.method for request in seen] == ["POST"]


async def test_nobody_there_is_worth_another_try() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(DeliveryError) as failed:
            await Teams(f"http://127.0.0.1:{port}/hook", 1).send(ALERT)
    assert not failed.value.permanent


async def test_a_webhook_that_hangs_up_or_is_silent_may_have_had_the_message() -> None:
    async def hang_up(request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    app = web.Application(client_max_size=1 << 20)
    app.router.add_post("/", hang_up)
    async with TestServer(app) as server:
        with pytest.raises(UnansweredError):
            await Teams(str(server.make_url("/")), 5).send(ALERT)


@pytest.mark.parametrize("url", ["see the wiki", "ftp://contoso.com/x", "mailto:o@contoso.com"])
async def test_an_address_that_is_none_is_not_tried_again(url: str) -> None:
    with pytest.raises(DeliveryError, match="TEAMS_WEBHOOK_URL is no URL") as failed:
        await Teams(url, 1).send(ALERT)
    assert failed.value.permanent


def mail_settings(port: int, **more: Any) -> Settings:
    return Settings(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_starttls=False,
        mail_from="pullwatch@contoso.com",
        mail_to=("ops@contoso.com", "dev@contoso.com"),
        **more,
    )


@pytest.mark.parametrize("kind", gallery())
async def test_mail_of_every_kind_arrives_with_both_parts(inbox: Inbox, kind: str) -> None:
    port = await inbox.start_smtp()
    await Smtp(mail_settings(port)).send(gallery()[kind])
    [got] = inbox.mailbox.after(0, "smtp")
    assert got.to == ("ops@contoso.com", "dev@contoso.com")
    assert got.subject.startswith("[")
    assert "Pullwatch" in got.text
    assert "</html>" in got.html


async def test_a_receiver_that_the_server_does_not_take_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Picky:
        async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
            self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any
        ) -> str:
            if address.startswith("dev@"):
                return "550 no such user"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    loop = asyncio.get_running_loop()
    make = partial(SMTP, Picky(), hostname="localhost", loop=loop)
    async with await loop.create_server(make, "127.0.0.1", 0) as server:
        await Smtp(mail_settings(server.sockets[0].getsockname()[1])).send(ALERT)
    assert "dev@contoso.com (550)" in caplog.text
    assert "ops@contoso.com" not in caplog.text


async def test_starttls_is_insisted_on(inbox: Inbox) -> None:
    """A server that does not offer it gets neither the password nor the mail."""
    settings = Settings(
        smtp_host="127.0.0.1", smtp_port=await inbox.start_smtp(), mail_to=("ops@contoso.com",)
    )
    with pytest.raises(DeliveryError):
        await Smtp(settings).send(ALERT)
    assert inbox.mailbox.last == 0


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts, as it trusts those of the machine."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


@asynccontextmanager
async def tls_first(
    authority: trustme.CA, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> AsyncIterator[Settings]:
    """A mail server that speaks TLS from the first byte, and settings that lead there by 465."""
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    make = partial(SMTP, Receiver(mailbox), hostname="localhost", loop=loop)
    connect = loop.create_connection
    async with await loop.create_server(make, "127.0.0.1", 0, ssl=context) as server:
        ports = {465: server.sockets[0].getsockname()[1]}  # nobody but root may listen on 465

        def to_the_server(protocol: Any, host: str, port: int, **options: Any) -> Any:
            return connect(protocol, host, ports[port], **options)

        monkeypatch.setattr(loop, "create_connection", to_the_server)
        yield Settings(smtp_host="127.0.0.1", smtp_port=465, mail_to=("ops@contoso.com",))


async def test_on_port_465_tls_comes_first(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    async with tls_first(authority, mailbox, monkeypatch, "127.0.0.1") as settings:
        await Smtp(settings).send(ALERT)
    [got] = mailbox.after(0, "smtp")
    assert got.to == ("ops@contoso.com",)


async def test_on_port_465_a_server_of_another_name_gets_no_mail(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    async with tls_first(authority, mailbox, monkeypatch, "elsewhere.example") as settings:
        with pytest.raises(DeliveryError) as failed:
            await Smtp(settings).send(ALERT)
    assert not failed.value.permanent
    assert mailbox.last == 0


async def test_no_mail_server_is_worth_another_try() -> None:
    with pytest.raises(DeliveryError) as failed:
        await Smtp(mail_settings(1)).send(ALERT)
    assert not failed.value.permanent


ACS = Settings(
    acs_endpoint="https://x", mail_from="DoNotReply@contoso.com", mail_to=("o@contoso.com",)
)


def reaching(address: str) -> CommunicationServices:
    """The channel with a key instead of an identity, whose tokens need TLS."""
    key = AzureKeyCredential(base64.b64encode(b"key").decode())

    @asynccontextmanager
    async def connect() -> AsyncIterator[EmailClient]:
        async with EmailClient(address, key, retry_total=0, polling_interval=0.05) as client:
            yield client

    return CommunicationServices(ACS, connect)


async def test_communication_services_send_the_same_mail(inbox: Inbox) -> None:
    async with TestServer(inbox.acs.app) as server:
        await reaching(str(server.make_url("/")).rstrip("/")).send(ALERT)
    [got] = inbox.mailbox.after(0, "acs")
    assert got.subject == f"[FAIL] {FINDING.title}"
    assert got.to == ("o@contoso.com",)
    assert FINDING.fix[0] in got.text


@pytest.mark.parametrize(("status", "permanent"), [(401, True), (400, True), (429, False)])
async def test_communication_services_say_whether_to_try_again(
    status: int, permanent: bool
) -> None:
    answer = web.Response(status=status, headers={"Retry-After": "60"})
    async with webhook(answer, []) as url:
        with pytest.raises(DeliveryError) as failed:
            await reaching(url.partition("/hook")[0]).send(ALERT)
    assert failed.value.permanent is permanent
    assert failed.value.retry_after == 60


class Accepting:
    """Communication Services that accept a mail and then do not tell what became of it."""

    def __init__(self, trouble: Exception | None) -> None:
        self.trouble = trouble

    async def begin_send(self, _: Any) -> Any:
        return self

    async def result(self) -> Any:
        if self.trouble:
            raise self.trouble
        await asyncio.Event().wait()


@pytest.mark.parametrize("trouble", [ServiceRequestError("gone"), None])
async def test_a_mail_that_was_accepted_is_not_taken_for_one_that_was_not_sent(
    trouble: Exception | None,
) -> None:
    @asynccontextmanager
    async def connect() -> AsyncIterator[Any]:
        yield Accepting(trouble)

    with pytest.raises(ServiceRequestError if trouble else TimeoutError):
        await CommunicationServices(ACS, connect, patience=0).send(ALERT)


@pytest.mark.parametrize("status", [429, 500, 404])
async def test_a_mail_that_was_accepted_is_not_sent_again_because_asking_is_refused(
    status: int,
) -> None:
    async def accept(request: web.Request) -> web.Response:
        later = str(request.url.with_path("/emails/operations/1"))
        return web.json_response(
            {"id": "1", "status": "Running"}, status=202, headers={"Operation-Location": later}
        )

    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/emails:send", accept)
    app.router.add_get("/emails/operations/1", refuse)
    async with TestServer(app) as server:
        with pytest.raises(UnansweredError, match=str(status)):
            await reaching(str(server.make_url("/")).rstrip("/")).send(ALERT)


async def test_that_the_identity_gets_no_token_now_is_worth_another_try() -> None:
    class Unidentified(Accepting):
        async def begin_send(self, _: Any) -> Any:
            raise ClientAuthenticationError("no response from the identity endpoint")

    @asynccontextmanager
    async def connect() -> AsyncIterator[Any]:
        yield Unidentified(None)

    with pytest.raises(DeliveryError) as failed:
        await CommunicationServices(ACS, connect).send(ALERT)
    assert not failed.value.permanent
