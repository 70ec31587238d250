"""Mail over SMTP."""

import logging
from email.message import EmailMessage
from email.utils import format_datetime
from typing import ClassVar, Self

import aiosmtplib

from shared.domain.alerts import Alert
from shared.domain.pulls import short_hash
from shared.notify.base import DeliveryError
from shared.notify.mail import mail
from shared.settings import Settings

log = logging.getLogger(__name__)
IMPLICIT_TLS = 465
"""The port on which TLS comes first, without STARTTLS (RFC 8314, 3.3)."""
PERMANENT = 500
"""SMTP answers from here on mean: do not try again (RFC 5321, 4.2.1)."""


class Smtp:
    """One SMTP server. Its password stays out of every error."""

    name: ClassVar[str] = "mail"

    def __init__(self, settings: Settings) -> None:
        """Take server and receivers from the settings."""
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        return cls(settings) if settings.smtp_host else None

    def book(self) -> float:
        return 0.0

    async def send(self, alert: Alert) -> None:
        settings = self._settings
        implicit = settings.smtp_port == IMPLICIT_TLS
        try:
            unreached, _ = await aiosmtplib.send(
                compose(alert, settings),
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                use_tls=implicit,
                start_tls=settings.smtp_starttls and not implicit,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                timeout=settings.request_timeout_seconds,
            )
        except aiosmtplib.SMTPResponseException as error:
            refused = error.code >= PERMANENT
            raise DeliveryError(f"SMTP answered {error.code}", permanent=refused) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"SMTP: {type(error).__name__}") from None
        if unreached:  # the others have it: nothing is sent again, but somebody must hear of it
            told = ", ".join(f"{at} ({why.code})" for at, why in sorted(unreached.items()))
            log.error("mail %s: the server does not take these receivers: %s", alert.id, told)


def compose(alert: Alert, settings: Settings) -> EmailMessage:
    """The message. Every name in it was made one line before, so no header can be added.

    Alerts of one incident are one thread: they refer to the same id, which no mail has.
    """
    content = mail(alert)
    message = EmailMessage()
    message["Subject"] = content.subject
    message["From"] = settings.mail_from or "pullwatch@localhost"
    message["To"] = ", ".join(settings.mail_to)
    message["Date"] = format_datetime(alert.at)
    message["Message-ID"] = f"<{short_hash(alert.id)}@pullwatch>"
    if alert.incident:
        message["References"] = f"<{short_hash(alert.incident.id)}@pullwatch>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    message.set_content(content.text)
    message.add_alternative(content.html, subtype="html")
    return message
