"""Somebody asks about one image of a workload, of an app that is warm."""

import time

from bench.estate import Shape, image_names
from bench.rows import Row, spread
from bench.stage import Stage, staged

PART = "on-demand check"
TIMES = 10


async def measure() -> list[Row]:
    """Ask about the same image again and again: each time everything is looked at anew."""
    async with staged(Shape(repositories=2, images=2)) as stage:
        await stage.sweep()
        image = next(image_names(stage.shape))
        await _ask(stage, image)
        seconds = [await _ask(stage, image) for _ in range(TIMES)]
        asked = await stage.requests()
    found = spread([one * 1000 for one in seconds])
    again = sum(number - 1 for _, number in asked.repeated)
    return [
        Row(
            part=PART, what="median of 10", measured=found.median, unit="ms", note=found.told("ms")
        ),
        Row(part=PART, what="data-plane requests", measured=asked.data_plane),
        Row(part=PART, what="ARM requests", measured=asked.arm),
        Row(
            part=PART,
            what="reads that were repeated",
            measured=again,
            bound=0,
            note=", ".join(read for read, _ in asked.repeated)[:200],
        ),
    ]


async def _ask(stage: Stage, image: str) -> float:
    await stage.forget_requests()
    started = time.monotonic()
    await stage.scene.ask(image=image, workload="w0")
    return time.monotonic() - started
