"""The mail ends, driven by the clients that the app uses."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import aiosmtplib
import pytest
from aiohttp import ClientSession
from azure.communication.email.aio import EmailClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from local.inbox import Inbox
from local.inbox.smtp import letter

KEY = AzureKeyCredential(base64.b64encode(b"any key").decode())


def email(**changes: Any) -> dict[str, Any]:
    return {
        "senderAddress": "DoNotReply@contoso.com",
        "recipients": {"to": [{"address": "ops@contoso.com"}]},
        "content": {"subject": "An image is gone", "plainText": "text", "html": "<p>html</p>"},
        **changes,
    }


@pytest.fixture
async def client(acs: str) -> AsyncIterator[EmailClient]:
    async with EmailClient(acs, KEY, retry_total=0, polling_interval=0.05) as made:
        yield made


async def test_a_mail_over_smtp_is_kept_with_both_parts(inbox: Inbox) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "pullwatch@contoso.com", "ops@contoso.com"
    mail["Subject"] = "Bild verschwunden: äöü 🐳"
    mail.set_content("plain text\n")
    mail.add_alternative("<p>html</p>\n", subtype="html")
    port = await inbox.start_smtp()
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, start_tls=False)
    [message] = inbox.mailbox.after(0, "smtp")
    assert (message.subject, message.to) == ("Bild verschwunden: äöü 🐳", ("ops@contoso.com",))
    assert (message.text.strip(), message.html.strip()) == ("plain text", "<p>html</p>")


def test_a_subject_that_begins_after_a_fold_is_read_without_it() -> None:
    mail = letter(b"Subject:\r\n [RESOLVED] a long one\r\n\r\ntext\r\n", ("ops@contoso.com",))
    assert mail.subject == "[RESOLVED] a long one"


async def test_the_email_sdk_sends_and_polls_until_it_succeeded(
    inbox: Inbox, client: EmailClient
) -> None:
    poller = await client.begin_send(email())
    result = await poller.result()
    assert result["status"] == "Succeeded"
    [message] = inbox.mailbox.after(0, "acs")
    assert (message.subject, message.html) == ("An image is gone", "<p>html</p>")


@pytest.mark.parametrize(
    "changes",
    [{"recipients": {"to": []}}, {"content": {"subject": "nothing in it"}}, {"senderAddress": 7}],
)
async def test_a_mail_that_is_not_complete_is_refused(
    inbox: Inbox, client: EmailClient, changes: dict[str, Any]
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        await client.begin_send(email(**changes))
    assert refused.value.status_code == 400
    assert inbox.mailbox.last == 0


def repeatable(ago: timedelta) -> dict[str, str]:
    """Headers of a request that was first sent some time before this moment."""
    first = format_datetime(datetime.now(UTC) - ago, usegmt=True)
    return {"Repeatability-Request-Id": "r1", "Repeatability-First-Sent": first}


async def test_a_repeated_request_is_sent_once(inbox: Inbox, client: EmailClient) -> None:
    headers = repeatable(timedelta())
    for _ in range(2):
        await client.begin_send(email(), headers=headers, polling=False)
    assert inbox.mailbox.last == 1


async def test_a_request_repeated_too_late_is_refused(inbox: Inbox, client: EmailClient) -> None:
    headers = repeatable(timedelta(minutes=6))
    with pytest.raises(HttpResponseError) as refused:
        await client.begin_send(email(), headers=headers)
    assert refused.value.status_code == 412
    assert inbox.mailbox.last == 0


async def test_nothing_is_sent_without_authorization(
    inbox: Inbox, acs: str, http: ClientSession
) -> None:
    async with http.post(f"{acs}/emails:send?api-version=2025-09-01", json=email()) as answer:
        assert answer.status == 401
        assert answer.headers["x-ms-error-code"] == "Denied"
    assert inbox.mailbox.last == 0


async def test_smtp_takes_several_connections(inbox: Inbox) -> None:
    port = await inbox.start_smtp()
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@contoso.com", "many"
    sends = (
        aiosmtplib.send(
            mail, recipients=["o@contoso.com"], hostname="127.0.0.1", port=port, start_tls=False
        )
        for _ in range(5)
    )
    await asyncio.gather(*sends)
    assert inbox.mailbox.last == 5
