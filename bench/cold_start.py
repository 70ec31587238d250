"""A process that starts from nothing: the app imported, its first job done; beside the floor."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import msgspec

from bench.estate import Shape
from bench.rows import Row
from bench.stage import Stage, staged
from local.environment import app_settings, inherited
from local.wiring import ROOT
from shared.adapters.store.index import DeploymentIndex, Entry
from shared.adapters.tables import AzureTables
from shared.domain.pulls import Cause, CauseKind, Job

TIMES = 7
"""Tries, of which the fastest counts: what slows a start down is the rest of the machine."""
FLOOR = "import azure.functions, azure.identity.aio, aiohttp"
TELL = "; import sys, time; print(time.time() - float(sys.argv[1]))"
RATIO = 2.5
"""The app may take so many times as long as the packages that every such app imports."""

type Environment = Mapping[str, str]


async def measure() -> list[Row]:
    """With what Python compiled before, and without, as after a deployment that left it out."""
    async with staged(Shape(repositories=2, images=2)) as stage:
        await stage.sweep()
        job = await _job(stage)
        environment = {
            **inherited(os.environ),
            **app_settings(stage.stack.addresses),
            "PYTHONPATH": str(ROOT),
        }
        rows = await _figures("cold start", environment, job)
        with tempfile.TemporaryDirectory(prefix="pullwatch-bench-") as empty:
            nothing = {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"}
            rows += await _figures("cold start without .pyc", {**environment, **nothing}, job)
    return rows


async def _figures(part: str, environment: Environment, job: bytes) -> list[Row]:
    floors, imports, jobs = [], [], []
    await _app(environment, job)
    for _ in range(TIMES):  # in turns: what else the machine does hits all alike
        floors.append(await _floor(environment))
        imported, done = await _app(environment, job)
        imports.append(imported)
        jobs.append(done)
    floor, imported, done = min(floors), min(imports), min(jobs)
    ratio = imported / floor
    return [
        Row(
            part=part,
            what="floor (azure-functions, azure-identity, aiohttp)",
            measured=floor,
            unit="s",
        ),
        Row(part=part, what="function_app imported", measured=imported, unit="s"),
        Row(part=part, what="function_app : floor", measured=ratio, bound=RATIO),
        Row(part=part, what="and the first job done", measured=done, unit="s"),
        Row(part=part, what="first job : floor", measured=done / floor),
    ]


async def _floor(environment: Environment) -> float:
    return float(await _run(environment, b"", "-c", FLOOR + TELL))


async def _app(environment: Environment, job: bytes) -> tuple[float, float]:
    told = json.loads(await _run(environment, job, "-m", "bench.first_job"))
    return told["imported"], told["done"]


async def _run(environment: Environment, given: bytes, *program: str) -> bytes:
    """Run Python with the time of its start as last argument; what it prints."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        str(time.time()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=dict(environment),
    )
    told, _ = await child.communicate(given)
    if child.returncode:
        raise RuntimeError(f"{' '.join(program)} ended with {child.returncode}")
    return told


async def _job(stage: Stage) -> bytes:
    """An urgent job about one pull that the app knows."""
    tables = app_settings(stage.stack.addresses)["TABLES"]
    service = AzureTables(connection=tables, credential=None)
    try:
        entry = await _first(DeploymentIndex(service).everything())
    finally:
        await service.close()
    cause = Cause(kind=CauseKind.MOVED, at=datetime.now(UTC))
    image = entry.pull.image
    return msgspec.json.encode(
        Job(id="bench", registry=image.registry, pulls=(entry.pull,), cause=cause)
    )


async def _first(entries: AsyncIterator[Entry]) -> Entry:
    async for entry in entries:
        return entry
    raise LookupError("the sweep found nothing")
