"""Stacks with a small app, each with a state folder of its own."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from local import azurite
from local.stack import Stack

APP = Path(__file__).parent / "app"

type Make = Callable[..., Stack]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    """Azurite, before the time of any test is measured."""
    asyncio.run(azurite.install(print))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a stack of this test; by default on one and the same state folder."""

    def stack(
        name: str = "state", app: Path = APP, *, fresh: bool = False, host: bool = True
    ) -> Stack:
        return Stack(tmp_path / name, app=app, fresh=fresh, host=host)

    return stack


async def call(stack: Stack, method: str, path: str) -> Any:
    """Call an HTTP function of the app; its JSON, or None when it answers without a body."""
    headers = {"x-functions-key": stack.keys.function_keys["default"]}
    async with (
        aiohttp.ClientSession(headers=headers, raise_for_status=True) as http,
        http.request(method, f"{stack.url}/{path}") as answer,
    ):
        return await answer.json(content_type=None) if answer.status == 200 else None
