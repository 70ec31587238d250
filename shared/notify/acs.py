"""Mail through Azure Communication Services, with the app's identity."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

from azure.core.exceptions import AzureError, HttpResponseError, ServiceResponseError
from azure.core.polling.base_polling import OperationFailed

from shared.adapters.credentials import Credentials
from shared.domain.alerts import Alert
from shared.notify.base import DeliveryError, UnansweredError, refused
from shared.notify.mail import mail
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.communication.email.aio import EmailClient

PATIENCE = 240.0
"""Seconds until an accepted mail must be sent: the host ends a function, and with it the process
and whatever else is under way there, after ten minutes."""

type Json = dict[str, Any]
type Connect = Callable[[], AbstractAsyncContextManager["EmailClient"]]


class CommunicationServices:
    """One Communication Services resource. Its send limit (429) is waited for by the queue."""

    name: ClassVar[str] = "acs"

    def __init__(
        self, settings: Settings, connect: Connect | None = None, patience: float = PATIENCE
    ) -> None:
        """Take endpoint and receivers from the settings; ``connect`` is for another way in."""
        self._settings = settings
        self._patience = patience
        self._connect = connect or partial(connect_as_app, settings)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        return cls(settings) if settings.acs_endpoint else None

    def book(self) -> float:
        return 0.0

    async def send(self, alert: Alert) -> None:
        """Send, and wait until the service says that it did.

        Once it has accepted the mail, that it cannot be asked any more does not mean that nothing
        arrives: then it is no DeliveryError, and nothing is sent again.
        """
        async with self._connect() as client:
            try:
                poller = await client.begin_send(payload(alert, self._settings))
            except ServiceResponseError as error:
                raise UnansweredError(f"Communication Services: {type(error).__name__}") from None
            except AzureError as error:
                raise _refusal(error) from None
            try:
                async with asyncio.timeout(self._patience):
                    result = await poller.result()
            except HttpResponseError as error:
                if not isinstance(error.__cause__, OperationFailed):  # only asking was refused
                    said = f"it accepted the mail, and then answered {error.status_code}"
                    raise UnansweredError(f"Communication Services: {said}") from None
                raise _refusal(error) from None
        if result.get("status") != "Succeeded":
            raise DeliveryError("Communication Services did not send the mail")


def _refusal(error: AzureError) -> DeliveryError:
    """Without a status nobody refused: no connection, or the identity got no token."""
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        return DeliveryError(f"Communication Services: {type(error).__name__}")
    headers = getattr(error.response, "headers", {})
    return refused("Communication Services", error.status_code, headers)


@asynccontextmanager
async def connect_as_app(settings: Settings) -> AsyncIterator["EmailClient"]:
    """A client with the app's identity. The queue tries again, so the client does not."""
    # imported where it is used: most deployments do without Communication Services
    from azure.communication.email.aio import EmailClient  # noqa: PLC0415

    async with (
        Credentials(settings) as credentials,
        EmailClient(settings.acs_endpoint, credentials, retry_total=0) as client,
    ):
        yield client


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
