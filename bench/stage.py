"""A local stack on an estate of some shape, with the questions that measuring asks."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bench import counts
from bench.counts import Counts
from bench.estate import Shape, describe
from local.running import find
from local.stack import Stack
from local.story.scene import Scene
from shared.settings import Settings

PATIENCE = 180.0
"""Seconds that a sweep or a watch may take."""
DEPLOYED = {"CACHE_SECONDS": str(Settings().cache_seconds)}
"""As deployed; the local stack would forget sooner, so that edits are seen at once."""


class Stage:
    """A running stack and the estate on it."""

    def __init__(self, stack: Stack, scene: Scene, shape: Shape) -> None:
        self.stack = stack
        self.scene = scene
        self.shape = shape

    async def forget_requests(self) -> None:
        """Count requests from here on."""
        await self.scene.do("reset-requests")

    async def requests(self) -> Counts:
        """What was asked since they were forgotten."""
        return counts.read(await self.stack.control.show("requests"))

    async def sweep(self) -> float:
        """Sweep until the report is on its channels. Returns how long it took (s)."""
        await self.scene.settle()
        started = time.monotonic()
        await self.scene.run("sweep")
        async with asyncio.timeout(PATIENCE):
            await self.scene.card("Nightly report")
            seconds = time.monotonic() - started
            await self.scene.mail("Nightly report")
        return seconds

    async def watch(self) -> float:
        """Run the watch until it says that it is done. Returns how long it took (s)."""
        before, started = await self._last_watch(), time.monotonic()
        await self.scene.run("watch")
        async with asyncio.timeout(PATIENCE):
            while await self._last_watch() == before:  # noqa: ASYNC110 - the app is not this process
                await asyncio.sleep(0.1)
        return time.monotonic() - started

    async def renew_functions(self) -> None:
        """Have another process do the work, as every night finds one without servers."""
        await self.stack.kill("functions")
        await self.stack.start("functions")

    @property
    def functions_pid(self) -> int:
        """The process of the Functions host, which is the last that is started."""
        running = find(self.stack.state, alive_only=False)
        assert running is not None
        return running.children[-1]

    async def _last_watch(self) -> str | None:
        key = {"x-functions-key": self.stack.keys.function_keys["default"]}
        url = f"{self.stack.url}/api/health"
        async with self.scene.http.get(url, headers=key) as answer:
            health = await answer.json()
        beats = {beat["name"]: beat["last"] for beat in health["heartbeats"]}
        last: str | None = beats["watch"]
        return last


@asynccontextmanager
async def staged(
    shape: Shape, described: str = "", settings: Mapping[str, str] = {}
) -> AsyncIterator[Stage]:
    """A stack of its own, thrown away afterwards; of another estate if one is described."""
    with tempfile.TemporaryDirectory(prefix="pullwatch-bench-") as folder:
        estate = Path(folder) / "estate.yaml"
        estate.write_text(described or describe(shape), encoding="utf-8")
        state = Path(folder) / "state"
        async with (
            Stack(state, estate=estate, settings={**DEPLOYED, **settings}) as stack,
            aiohttp.ClientSession() as http,
        ):
            yield Stage(stack, Scene(stack, http), shape)
