"""The app's identity."""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

from shared.adapters.credentials import Credentials, tenant_in
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings
from tests.support.azure import Entra

ARM = "https://management.azure.com"


async def test_one_request_for_an_audience_however_many_ask() -> None:
    entra = Entra()
    credentials = Credentials(Settings(), entra)
    tokens = await asyncio.gather(*(credentials.token(ARM) for _ in range(100)))
    assert set(tokens) == {f"token for {ARM}/.default"}
    await credentials.get_token(f"{ARM}/.default")
    await credentials.token("https://graph.microsoft.com")
    assert entra.asked == 2


async def test_a_token_is_renewed_before_it_ends() -> None:
    entra, now = Entra(), time.time()
    credentials = Credentials(Settings(), entra)
    await credentials.token(ARM)
    credentials._held._clock = lambda: now + 3200
    await credentials.token(ARM)
    assert entra.asked == 1
    credentials._held._clock = lambda: now + 3400
    await credentials.token(ARM)
    assert entra.asked == 2


async def test_a_challenge_gets_a_token_of_its_own() -> None:
    entra = Entra()
    credentials = Credentials(Settings(), entra)
    await credentials.get_token(f"{ARM}/.default")
    await credentials.get_token(f"{ARM}/.default", claims="{}")
    assert entra.asked == 2


async def test_that_nobody_answers_is_a_reason_as_well() -> None:
    class Away(Entra):
        async def get_token(self, *_: str, **__: Any) -> AccessToken:
            raise ServiceRequestError("Cannot connect to host 169.254.169.254:80")

    with pytest.raises(CouldNotLookError, match=f"no token for {ARM}: Cannot connect"):
        await Credentials(Settings(), Away()).token(ARM)


async def test_entras_reason_is_told_in_one_line() -> None:
    class Refusing(Entra):
        async def get_token(self, *_: str, **__: Any) -> AccessToken:
            raise ClientAuthenticationError(message="AADSTS700016: no such app\nTrace ID: 1")

    with pytest.raises(CouldNotLookError) as raised:
        await Credentials(Settings(), Refusing()).token(ARM)
    assert str(raised.value) == f"no token for {ARM}: AADSTS700016: no such app"


@pytest.mark.parametrize(
    ("client_id", "endpoint", "kind"),
    [
        ("", "http://127.0.0.1/msi", ManagedIdentityCredential),
        ("11111111-2222-3333-4444-555555555555", "", ManagedIdentityCredential),
        ("", "", DefaultAzureCredential),
    ],
)
def test_the_host_decides_which_identity_it_is(
    monkeypatch: pytest.MonkeyPatch, client_id: str, endpoint: str, kind: type
) -> None:
    monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
    if endpoint:
        monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint)
    credentials = Credentials(Settings(azure_client_id=client_id))
    assert isinstance(credentials._credential(), kind)


@pytest.mark.parametrize(
    ("claims", "tenant"),
    [({"tid": "t1"}, "t1"), ({}, ""), ({"tid": None}, ""), ([], ""), ("text", "")],
)
def test_our_own_token_tells_its_tenant(claims: object, tenant: str) -> None:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert tenant_in(f"head.{payload}.signature") == tenant


@pytest.mark.parametrize("token", ["", "opaque", "a.b", "a.%%%.c", "a." + "W" * 50_000 + ".c"])
def test_a_token_that_cannot_be_read_tells_none(token: str) -> None:
    assert tenant_in(token) == ""
