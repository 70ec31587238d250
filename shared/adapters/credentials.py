"""The app's own identity: one credential for the process, one cached token per audience."""

import base64
import json
import os
import time
from dataclasses import dataclass
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

from shared.adapters.resilience import cached_until_stale
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

RENEW_BEFORE = 300.0


@dataclass(frozen=True)
class _Held:
    token: AccessToken
    stale_at: float


class Credentials:
    """
    An `AsyncTokenCredential` for the SDKs that asks Entra once per audience and hour.

    A managed identity where the host has one (its identity endpoint, or AZURE_CLIENT_ID), else
    what `DefaultAzureCredential` finds, such as `az login` on a laptop.
    """

    def __init__(self, settings: Settings, source: AsyncTokenCredential | None = None) -> None:
        """Use ``source`` instead of choosing one, where it is given."""
        self._settings = settings
        self._source = source
        self._held = cached_until_stale(self._read)

    async def token(self, audience: str) -> str:
        """
        Get a token for an audience, such as ``https://management.azure.com``.

        Raises:
            CouldNotLookError: Entra gave none, with its reason.

        """
        try:
            return (await self.get_token(audience.rstrip("/") + "/.default")).token
        except AzureError as why:  # a refusal, or nobody there to ask
            reason = str(why.message or why).partition("\n")[0][:300]
            raise CouldNotLookError(f"no token for {audience}: {reason}") from why

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Get a token as `AsyncTokenCredential` describes; claims challenges are not cached."""
        if options.get("claims") or len(scopes) != 1:
            return await self._credential().get_token(*scopes, **options)
        return (await self._held(scopes[0])).token

    async def close(self) -> None:
        """Close the credential's connections."""
        if self._source is not None:
            await self._source.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _read(self, scope: str) -> _Held:
        token = await self._credential().get_token(scope)
        now = time.time()
        left = token.expires_on - now
        return _Held(token, now + max(left - RENEW_BEFORE, left / 2))

    def _credential(self) -> AsyncTokenCredential:
        if self._source is None:
            self._source = _choose(self._settings.azure_client_id)
        return self._source


def tenant_in(token: str) -> str:
    """The tenant that issued one of our own tokens (claim ``tid``); empty: not told."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return ""
    return str(claims.get("tid") or "") if isinstance(claims, dict) else ""


def _choose(client_id: str) -> AsyncTokenCredential:
    # the identity endpoint is the host's affair and azure-identity's: it is no setting of ours
    if client_id or "IDENTITY_ENDPOINT" in os.environ:
        return ManagedIdentityCredential(client_id=client_id or None)
    return DefaultAzureCredential(exclude_interactive_browser_credential=True)
