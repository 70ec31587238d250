"""The watch, every few minutes: over many repositories, and over one with very many tags."""

from bench.estate import Shape, image_names
from bench.rows import Row
from bench.stage import Stage, staged

SHAPE = Shape(registries=2, repositories=1000, images=1, spread=False)
LARGE = Shape(repositories=1, images=10_000, used=1, spread=False)
PER_REPOSITORY = 1.0


async def measure() -> list[Row]:
    """Many repositories first, then a large one."""
    return [*await _many(), *await _large()]


async def _many() -> list[Row]:
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


async def _large() -> list[Row]:
    """A repository at rest, one in which something else is pushed, one that loses a tag in use."""
    async with staged(LARGE) as stage:
        await stage.sweep()
        first = await _period(stage)
        await _period(stage)
        rest = await _period(stage)
        (image,) = image_names(LARGE)
        await stage.scene.do("push", image=f"{image.rpartition(':')[0]}:new")
        pushed = await _period(stage)
        await stage.scene.settle()
        await stage.scene.do("untag", image=image)
        lost = await _period(stage)
        await stage.scene.card("There is no tag v0")
    part = f"watch of {LARGE.images:,} tags, one in use"
    return [
        Row(
            part=part,
            what="requests a period, at rest",
            measured=rest,
            bound=PER_REPOSITORY,
            note=f"{first:g} in the first period, which lists it",
        ),
        Row(part=part, what="requests when another tag is pushed", measured=pushed),
        Row(
            part=part,
            what="requests when the tag is lost",
            measured=lost,
            note="its job asks more",
        ),
    ]


async def _period(stage: Stage) -> float:
    """How many requests one period of the watch makes of login servers."""
    await stage.forget_requests()
    await stage.watch()
    return (await stage.requests()).data_plane
