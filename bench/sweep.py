"""The nightly sweep: how much is asked of whom, how fast it is, and what it takes."""

from msgspec import Struct

from bench.counts import Counts
from bench.estate import Shape
from bench.machine import peak_megabytes
from bench.rows import Row
from bench.stage import Stage, staged

PLAIN = Shape(registries=3)
INDEXES = Shape(registries=3, platforms=("linux/amd64", "linux/arm64"))
DATA_PLANE = 0.3
TOKENS = 1.0
HEALTH = 1
"""Tokens that the look at a registry as such takes, whatever its size."""


class Swept(Struct, frozen=True):
    """One sweep."""

    seconds: float
    asked: Counts


async def measure() -> list[Row]:
    """Sweep plain images, then indexes: the first time, and the next night in a new process."""
    async with staged(PLAIN) as stage:
        plain = await _swept(stage)
        rows = [*_figures("sweep", stage, plain), *_others("sweep", stage, plain)]
    async with staged(INDEXES) as stage:
        first = await _swept(stage)
        await stage.renew_functions()
        second = await _swept(stage)
        rows += _figures("first sweep of indexes", stage, first, every_index_read=True)
        rows += _figures("next sweep of indexes, new process", stage, second)
    return rows


async def _swept(stage: Stage) -> Swept:
    await stage.forget_requests()
    seconds = await stage.sweep()
    return Swept(seconds, await stage.requests())


def _figures(part: str, stage: Stage, swept: Swept, *, every_index_read: bool = False) -> list[Row]:
    """What is promised. An index that nobody has read yet is read once in its life."""
    shape, asked = stage.shape, swept.asked
    per_image = Row(
        part=part,
        what="data-plane requests an image",
        measured=asked.data_plane / shape.total,
        bound=None if every_index_read else DATA_PLANE,
        note="each index is read once in its life" if every_index_read else "",
    )
    tokens = Row(
        part=part,
        what="token requests a repository",
        measured=(asked.tokens - HEALTH * shape.registries) / shape.repositories,
        bound=TOKENS,
        note=f"and {asked.exchanges / shape.registries:g} exchange a registry, "
        f"and {HEALTH} token for its health",
    )
    return [per_image, tokens]


def _others(part: str, stage: Stage, swept: Swept) -> list[Row]:
    shape, asked = stage.shape, swept.asked
    rows = [
        Row(
            part=part,
            what="ARM requests a pull",
            measured=asked.arm / shape.pulls,
            note=f"{shape.pulls} pulls of {shape.total} images, on four compute platforms",
        ),
        Row(part=part, what="Kubernetes requests, a cluster", measured=asked.kubernetes),
        Row(part=part, what="Graph requests", measured=asked.graph),
        Row(
            part=part,
            what="images a second",
            measured=shape.total / swept.seconds,
            note=f"{swept.seconds:.1f} s, Azure simulated on the same machine",
        ),
    ]
    peak = peak_megabytes(stage.functions_pid)
    if peak is not None:
        rows.append(Row(part=part, what="peak memory of the app", measured=peak, unit="MB"))
    return rows
