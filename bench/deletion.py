"""From a delete event to the card in the inbox."""

import asyncio
import time

from bench.estate import Shape, image_names
from bench.rows import Row, spread
from bench.stage import PATIENCE, Stage, staged

PART = "delete event -> card"
TIMES = 10
BOUND = 3.0
APART = 0.5
"""Seconds between two: cards go out at most four a second, which is not what is measured."""


async def measure() -> list[Row]:
    """Delete ten images that are in use, one after the other."""
    async with staged(Shape(repositories=TIMES, images=2)) as stage:
        await stage.sweep()
        images = list(image_names(stage.shape))[:: stage.shape.images]
        seconds = [await _deleted(stage, image) for image in images]
    found = spread(seconds)
    return [
        Row(part=PART, what="median of 10", measured=found.median, unit="s", bound=BOUND),
        Row(part=PART, what="fastest", measured=found.least, unit="s"),
        Row(part=PART, what="slowest", measured=found.most, unit="s", bound=BOUND),
    ]


async def _deleted(stage: Stage, image: str) -> float:
    await asyncio.sleep(APART)
    await stage.scene.settle()
    repository, _, tag = image.partition("/")[2].partition(":")
    started = time.monotonic()
    await stage.scene.do("delete", image=image)
    async with asyncio.timeout(PATIENCE):
        await stage.scene.card(repository, tag)
    return time.monotonic() - started
