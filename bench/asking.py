"""Somebody asks about one image of a workload, of an app that is warm."""

import time

from bench import kinds_estate
from bench.counts import Counts
from bench.estate import Shape, image_names
from bench.needed import KINDS, MOST_BEYOND, Kind
from bench.rows import Row, spread
from bench.stage import Stage, staged

PART = "on-demand check"
TIMES, TRIES = 10, 3
QUIET = {"WATCH_SCHEDULE": "0 0 0 1 1 *"}
"""Nothing else is to look while requests are counted."""


async def measure() -> list[Row]:
    """One image again and again, then every kind of image: each check knows nothing before."""
    return [*await _one(), *await _every_kind()]


async def _one() -> list[Row]:
    async with staged(Shape(repositories=2, images=2)) as stage:
        await stage.sweep()
        image = next(image_names(stage.shape))
        await _ask(stage, image, "w0")
        seconds = [await _ask(stage, image, "w0") for _ in range(TIMES)]
        asked = await stage.requests()
    found = spread([one * 1000 for one in seconds])
    return [
        Row(
            part=PART, what="median of 10", measured=found.median, unit="ms", note=found.told("ms")
        ),
        Row(part=PART, what="data-plane requests", measured=asked.data_plane),
        Row(part=PART, what="ARM requests", measured=asked.arm),
    ]


async def _every_kind() -> list[Row]:
    kinds = [kind for kind in KINDS if not kind.verb and "@" not in kind.image]
    async with staged(Shape(), kinds_estate.describe(), QUIET) as stage:
        await stage.sweep()
        found = [(kind, await _asked(stage, kind)) for kind in kinds]
    beyond = {kind.name: asked.of_registries - kind.needed for kind, asked in found}
    again = [read for _, asked in found for read, _ in asked.repeated]
    most = max(beyond.values())
    who = ", ".join(name for name, more in beyond.items() if more == most)
    what = f"requests beyond what it needs, most of {len(kinds)} kinds of images"
    return [
        Row(part=PART, what=what, measured=most, bound=MOST_BEYOND, note=who[:200]),
        Row(
            part=PART,
            what="reads that were repeated",
            measured=len(again),
            bound=0,
            note=", ".join(again)[:200],
        ),
    ]


async def _asked(stage: Stage, kind: Kind) -> Counts:
    """What a check of all workloads of an image asks for, once the app is warm.

    Of some tries the least: jobs that the sweep or a check gave rise to are counted with it.
    """
    found = []
    for _ in range(1 + TRIES):
        await _ask(stage, kind.image)
        found.append(await stage.requests())
    return min(found[1:], key=lambda asked: (len(asked.repeated), asked.of_registries))


async def _ask(stage: Stage, image: str, workload: str = "") -> float:
    await stage.forget_requests()
    started = time.monotonic()
    await stage.scene.ask(image=image, **({"workload": workload} if workload else {}))
    return time.monotonic() - started
