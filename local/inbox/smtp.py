"""The SMTP end: a server that takes mail for anybody and sends it nowhere."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session

from local.inbox.messages import Letter, Mailbox


class Receiver:
    """What aiosmtpd calls for a mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail; the answer is the server's line to the client."""
        del server, session
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        await self._mailbox.add(letter(raw, tuple(envelope.rcpt_tos)))
        return "250 2.0.0 Message accepted for delivery"


async def start(mailbox: Mailbox, port: int) -> asyncio.Server:
    """Listen on 127.0.0.1; port 0 is any free one. Raises OSError when it is taken."""
    loop = asyncio.get_running_loop()
    protocol = partial(
        SMTP, Receiver(mailbox), hostname="localhost", enable_SMTPUTF8=True, loop=loop
    )
    return await loop.create_server(protocol, "127.0.0.1", port)


def letter(raw: bytes, to: tuple[str, ...]) -> Letter:
    """A mail as it is read: subject, and the plain and HTML parts."""
    mail = message_from_bytes(raw, policy=policy.default)
    return Letter(
        channel="smtp",
        sender=str(mail.get("From", "")),
        to=to,
        subject=str(mail.get("Subject", "")).strip(),  # folding leaves a space
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
