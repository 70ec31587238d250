"""What the platforms need of the adapters: the few reads that they make."""

from typing import Any, Protocol

type Json = dict[str, Any]
"""A JSON object as Azure sent it."""


class ArmReader(Protocol):
    """Azure Resource Manager. Every failure is a CouldNotLookError; it remembers."""

    async def get(self, path: str, api_version: str) -> Json:
        """One resource."""

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        """Every page of a collection."""

    async def post(self, path: str, api_version: str, body: Json | None = None) -> Json:
        """A read that is a POST."""

    async def query(self, kql: str, subscriptions: tuple[str, ...]) -> tuple[Json, ...]:
        """Every page of a Resource Graph query; no subscriptions means all that can be read."""


class TokenSource(Protocol):
    """Entra tokens of the monitor's own identity."""

    async def token(self, audience: str) -> str:
        """An access token. Raises CouldNotLookError."""


class GraphReader(Protocol):
    """Microsoft Graph. Every failure is a CouldNotLookError."""

    async def tenant(self) -> str:
        """The tenant whose directory is read; empty where it is not told."""

    async def service_principal(self, app_id: str) -> Json | None:
        """The service principal of an application id, or None where the tenant has none."""

    async def application(self, app_id: str) -> Json | None:
        """The app registration of an application id, which holds its secrets."""
