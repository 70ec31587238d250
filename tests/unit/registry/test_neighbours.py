"""What stands near a missing name: looking through thousands holds nobody up."""

import asyncio
import threading
from collections.abc import Iterable
from typing import cast

import pytest

from shared.adapters.arm import Arm
from shared.registry import neighbours
from shared.registry.neighbours import Surroundings
from shared.registry.repository import Repository
from tests.support.wire import World
from tests.unit.registry.conftest import HOST


async def test_other_work_goes_on_while_names_are_compared(
    registry: World, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, comparing, done = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def slow(name: str, names: Iterable[str]) -> tuple[str, ...]:
        loop.call_soon_threadsafe(comparing.set)
        assert done.wait(10), "the loop stood still while names were compared"
        return (name, *names)

    async def other_work() -> None:
        await comparing.wait()
        done.set()

    registry.routes[f"GET {HOST}/acr/v1/app/_tags"] = {
        "tags": [{"name": "v2", "digest": "sha256:2"}]
    }
    monkeypatch.setattr(neighbours, "closest", slow)
    look = Surroundings(cast("Arm", None), 0)
    found, _ = await asyncio.gather(look.look(repository, "v1"), other_work())
    assert found.tags == ("v1", "v2")
