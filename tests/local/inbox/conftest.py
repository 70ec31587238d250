"""An inbox with its ends served over plain HTTP, as the TLS listener would serve them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from local.inbox import Inbox, applications


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    made = applications(tmp_path)
    yield made
    await made.stop()


@pytest.fixture
async def page(inbox: Inbox) -> str:
    return f"http://127.0.0.1:{await inbox.start_page()}"


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def teams(inbox: Inbox) -> AsyncIterator[str]:
    """The webhook's address, its host replaced by where it is served."""
    async with TestServer(inbox.teams.app) as server:
        path = inbox.webhook_url.partition(":443")[2]
        yield str(server.make_url("/")).rstrip("/") + path


@pytest.fixture
async def acs(inbox: Inbox) -> AsyncIterator[str]:
    async with TestServer(inbox.acs.app) as server:
        yield str(server.make_url("/")).rstrip("/")
