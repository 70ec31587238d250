"""Azure for tests of adapters: an identity that counts, an Arm that ends at a scripted world."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from azure.core.credentials import AccessToken

from shared.adapters.arm import Arm
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.settings import Settings
from tests.support.wire import World


class Entra:
    """A credential that counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.asked += 1
        return AccessToken(f"token for {scopes[0]}", int(time.time()) + 3600)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...


@asynccontextmanager
async def reader(azure: World, settings: Settings) -> AsyncIterator[Arm]:
    """Make an Arm whose connections all end at the scripted server."""
    http = Http(settings, Lane.URGENT, azure.connector)
    yield Arm(settings, http, Credentials(settings, Entra()))
    await http.close()
