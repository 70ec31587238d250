"""What processes and clients are told about a running stack: environment variables only."""

from collections.abc import Mapping

from msgspec import Struct

from local import azurite, servicebus
from local.inbox import webhook

APP_PLACE = "pullwatch"
"""Where the app stands in the simulated network, unless told otherwise."""
SELF = "127.0.0.1,localhost"
_DROPPED = {
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "PYTHONHOME",
    "PYTHONPATH",
}
_DROPPED_PREFIXES = ("AZURE_", "IDENTITY_", "MSI_", "AZUREWEBJOBS", "WEBSITE_")


class Entrance(Struct, frozen=True, kw_only=True):
    """How a client meets the estate: ports on 127.0.0.1, whom it trusts, what it says to be let in.

    The header is for the endpoint that gives managed identities their tokens.
    """

    proxy: int
    dns: int
    msi: int
    ca_bundle: str
    identity_header: str

    def proxy_url(self, place: str = APP_PLACE) -> str:
        """The way to Azure for a client at this place.

        The password means nothing, but Python's urllib names no user without one.
        """
        return f"http://{place}:local@127.0.0.1:{self.proxy}"


class Addresses(Entrance, frozen=True, kw_only=True):
    """Where everything of a stack is: ports on 127.0.0.1, and what else a client must know."""

    functions: int
    servicebus: int
    tables: int
    control: int
    inbox: int
    smtp: int
    webhook_url: str

    @property
    def functions_url(self) -> str:
        """The dashboard and the HTTP functions."""
        return f"http://127.0.0.1:{self.functions}"

    @property
    def inbox_url(self) -> str:
        """What Teams and mail received."""
        return f"http://127.0.0.1:{self.inbox}"

    @property
    def control_url(self) -> str:
        """The verbs that edit the estate."""
        return f"http://127.0.0.1:{self.control}"


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process without what would lead a child to the real Azure."""
    return {
        name: value
        for name, value in environment.items()
        if name.upper() not in _DROPPED and not name.upper().startswith(_DROPPED_PREFIXES)
    }


def for_clients(at: Entrance, place: str) -> dict[str, str]:
    """What skopeo, az, curl or a Python program needs to meet the estate from a place."""
    proxy = at.proxy_url(place)
    return {
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "NO_PROXY": SELF,
        "no_proxy": SELF,
        "SSL_CERT_FILE": at.ca_bundle,
        "REQUESTS_CA_BUNDLE": at.ca_bundle,
        "CURL_CA_BUNDLE": at.ca_bundle,
        "DNS_SERVER": f"127.0.0.1:{at.dns}",
        "IDENTITY_ENDPOINT": f"http://127.0.0.1:{at.msi}/{place}/msi/token",
        "IDENTITY_HEADER": at.identity_header,
    }


def app_settings(at: Addresses) -> dict[str, str]:
    """The app settings on this machine; those of the README that are not here have defaults."""
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureWebJobsDisableHomepage": "true",  # "/" is the dashboard's
        "SERVICE_BUS": servicebus.connection_string(at.servicebus),
        "TABLES": azurite.connection_string(at.tables),
        "URGENT_QUEUE": "jobs-urgent",
        "BULK_QUEUE": "jobs-bulk",
        "ALERTS_QUEUE": "alerts",
        "EVENTS_QUEUE": "events",
        "SWEEP_SCHEDULE": "0 0 2 * * *",
        "WATCH_SCHEDULE": "0 */5 * * * *",
        "TEAMS_WEBHOOK_URL": at.webhook_url,
        "WEBHOOK_URL": webhook.URL,
        "WEBHOOK_SECRET": webhook.SECRET,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(at.smtp),
        "SMTP_STARTTLS": "false",
        "MAIL_FROM": "pullwatch@contoso.com",
        "MAIL_TO": "operations@contoso.com",
        "PUBLIC_URL": at.functions_url,
        "CACHE_SECONDS": "1",  # edits of the estate are to be seen at once
        **for_clients(at, APP_PLACE),
    }
