"""Mail through Azure Communication Services, with the app's identity."""

from typing import Any, ClassVar, Self

from azure.communication.email.aio import EmailClient
from azure.core.exceptions import AzureError, HttpResponseError

from shared.adapters.credentials import Credentials
from shared.domain.alerts import Alert
from shared.notify.base import DeliveryError
from shared.notify.mail import mail
from shared.settings import Settings

type Json = dict[str, Any]


class CommunicationServices:
    """One Communication Services resource. Its send limit (429) is waited for by the queue."""

    name: ClassVar[str] = "acs"

    def __init__(self, settings: Settings) -> None:
        """Take endpoint and receivers from the settings."""
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        return cls(settings) if settings.acs_endpoint else None

    async def send(self, alert: Alert) -> None:
        async with (
            Credentials(self._settings) as credentials,
            EmailClient(self._settings.acs_endpoint, credentials, retry_total=0) as client,
        ):
            try:
                poller = await client.begin_send(payload(alert, self._settings))
                await poller.result()
            except HttpResponseError as error:
                raise _refused(error) from None
            except AzureError as error:
                raise DeliveryError(f"mail: {type(error).__name__}") from None


def payload(alert: Alert, settings: Settings) -> Json:
    """The request body of ``emails:send``."""
    content = mail(alert)
    return {
        "senderAddress": settings.mail_from,
        "recipients": {"to": [{"address": address} for address in settings.mail_to]},
        "content": {
            "subject": content.subject,
            "plainText": content.text,
            "html": content.html,
        },
    }


def _refused(error: HttpResponseError) -> DeliveryError:
    status = error.status_code or 0
    asked = getattr(error.response, "headers", {}).get("Retry-After", "")
    return DeliveryError(
        f"Communication Services answered {status}",
        permanent=400 <= status < 500 and status not in {408, 429},  # noqa: PLR2004 - HTTP
        retry_after=float(asked) if asked.isdecimal() else None,
    )
