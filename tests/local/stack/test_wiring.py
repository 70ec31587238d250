"""What is wired to what in a running stack."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from local.control import ControlError
from local.running import AlreadyRunningError, find
from local.stack import Stack
from tests.local.stack.conftest import APP, call

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = """
import sys, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1]).status)
except urllib.error.HTTPError as answer:
    print(answer.code)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """One stack for all tests here, on a machine that itself goes through a proxy."""
    settings = {"SWEEP_SCHEDULE": "0 0 5 * * *", "OWN": "own"}
    with pytest.MonkeyPatch.context() as machine:
        for name in ("HTTP_PROXY", "https_proxy", "ALL_PROXY", "AZURE_CLIENT_SECRET"):
            machine.setenv(name, "http://of-this-machine:3128")
        made = Stack(tmp_path_factory.mktemp("state"), app=APP, settings=settings)
        await made.__aenter__()
    yield made
    await made.__aexit__(None, None, None)


async def test_a_deletion_in_the_registry_becomes_a_card_in_the_inbox(stack: Stack) -> None:
    pushed = await stack.control.do("push", image="contoso/shop/cart:new")
    [first] = await stack.inbox.messages(wait=20, channel="teams")
    await stack.control.do("delete", image=f"contoso/shop/cart@{pushed['digest']}")
    [second] = await stack.inbox.messages(first.number, wait=20, channel="teams")
    assert first.subject.startswith("Microsoft.ContainerRegistry.ImagePushed shop/cart sha256:")
    assert second.subject.startswith("Microsoft.ContainerRegistry.ImageDeleted shop/cart sha256:")
    assert not first.failure


async def test_the_app_is_told_by_settings_and_not_what_this_machine_uses(stack: Stack) -> None:
    proxy = stack.addresses.proxy_url("pullwatch")
    expected = {
        "HTTP_PROXY": None,
        "https_proxy": proxy,
        "HTTPS_PROXY": proxy,
        "ALL_PROXY": None,
        "AZURE_CLIENT_SECRET": None,
        "SWEEP_SCHEDULE": "0 0 5 * * *",
        "OWN": "own",
        "PUBLIC_URL": stack.url,
    }
    query = "&".join(f"{name}=asked" for name in expected)
    assert await call(stack, "GET", f"api/settings?{query}") == expected


@pytest.mark.parametrize(("place", "answer"), [("laptop", "401"), ("home", "403"), ("moon", "")])
async def test_other_programs_meet_the_estate_with_the_environment_of_a_place(
    stack: Stack, place: str, answer: str
) -> None:
    environment = {**os.environ, **stack.env(place)}
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", ASK, "https://contoso.azurecr.io/v2/"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert (await program.communicate())[0].decode().strip() == answer


async def test_a_second_stack_on_the_same_state_is_told_where_the_first_one_is(
    stack: Stack,
) -> None:
    with pytest.raises(AlreadyRunningError, match=stack.url):
        await Stack(stack.state, app=APP).__aenter__()
    assert find(stack.state)


async def test_a_refused_verb_says_what_is_accepted(stack: Stack) -> None:
    with pytest.raises(ControlError, match=r"(?s)firewall.*accepted.*open \| close"):
        await stack.control.do("firewall", registry="contoso", action="shut")


@pytest.mark.parametrize("name", ["functions", "servicebus", "tables"])
async def test_a_killed_process_can_be_started_again_where_it_was(stack: Stack, name: str) -> None:
    before = stack.addresses
    received = len(await stack.inbox.messages())
    await stack.kill(name)
    await stack.start(name)
    assert stack.addresses == before
    await stack.control.do("push", image=f"contoso/shop/cart:after-{name}")
    assert await stack.inbox.messages(received, wait=30, channel="teams")
