"""A scripted registry: any answer, also those that no registry should give."""

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import stamina

from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.registry.data_plane import DataPlane
from shared.registry.repository import Repository
from shared.registry.tokens import Tokens
from shared.settings import Settings
from tests.support.azure import Entra
from tests.support.wire import World, world

HOST = "contoso.azurecr.io"
DATA = "contoso.westeurope.data.azurecr.io"
BLOBS = "eusmanaged1.blob.core.windows.net"
EXCHANGE = f"POST {HOST}/oauth2/exchange"
TOKEN = f"POST {HOST}/oauth2/token"
SETTINGS = Settings(retry_attempts=3, request_timeout_seconds=1, breaker_failures=100)


def jwt(actions: list[str] | None = None, seconds: float = 4500, **claims: Any) -> str:
    """A token as a registry makes them; nobody here looks at its signature."""
    access = [{"type": "repository", "name": "app", "actions": actions}] if actions else []
    body = {"exp": int(time.time() + seconds), "access": access} | claims
    payload = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.c2ln"


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def registry() -> AsyncIterator[World]:
    async with world(HOST, DATA, BLOBS, "evil.example") as made:
        made.routes[EXCHANGE] = {"refresh_token": jwt(seconds=10800)}
        made.routes[TOKEN] = {"access_token": jwt(["pull", "metadata_read"])}
        yield made


@pytest.fixture
async def http(registry: World) -> AsyncIterator[Http]:
    made = Http(SETTINGS, Lane.URGENT, registry.connector)
    yield made
    await made.close()


@pytest.fixture
def plane(http: Http) -> DataPlane:
    return DataPlane(SETTINGS, http)


@pytest.fixture
def entra() -> Entra:
    return Entra()


@pytest.fixture
def tokens(plane: DataPlane, entra: Entra) -> Tokens:
    return Tokens(plane, Credentials(SETTINGS, entra), refusal_seconds=45)


@pytest.fixture
def repository(plane: DataPlane, tokens: Tokens) -> Repository:
    return Repository(plane, tokens, HOST, "app")
