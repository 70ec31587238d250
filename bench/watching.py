"""The watch over many repositories, every few minutes."""

from bench.estate import Shape
from bench.rows import Row
from bench.stage import staged

SHAPE = Shape(registries=2, repositories=1000, images=1, spread=False)
PER_REPOSITORY = 1.0


async def measure() -> list[Row]:
    """The first watch discovers, the second gets tokens; the third is what a period costs."""
    async with staged(SHAPE) as stage:
        discovering = await stage.watch()
        await stage.forget_requests()
        signing_in = await stage.watch()
        tokens = (await stage.requests()).tokens
        await stage.forget_requests()
        seconds = await stage.watch()
        asked = await stage.requests()
    part = f"watch of {SHAPE.repositories:,} repositories"
    return [
        Row(
            part=part,
            what="data-plane requests a repository and period",
            measured=asked.data_plane / SHAPE.repositories,
            bound=PER_REPOSITORY,
        ),
        Row(
            part=part,
            what="token requests a repository and period",
            measured=asked.tokens / SHAPE.repositories,
            bound=PER_REPOSITORY,
            note=f"{tokens / SHAPE.repositories:g} in a new process",
        ),
        Row(
            part=part,
            what="one period",
            measured=seconds,
            unit="s",
            note=f"in a new process {signing_in:.1f} s; with discovery {discovering:.1f} s",
        ),
    ]
