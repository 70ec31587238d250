"""``check IMAGE``: diagnose an image with the caller's own credentials, nothing deployed."""

import asyncio
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from shared import settings as settings_module
from shared.adapters.credentials import Credentials
from shared.adapters.http import Http, Lane
from shared.adapters.no_tables import NoTables
from shared.adapters.queue import NoQueue
from shared.adapters.store import Store
from shared.bootstrap import Common, make
from shared.cli.text import clean, render, render_health
from shared.domain.diagnosis import Diagnosis
from shared.domain.findings import Outcome
from shared.domain.health import RegistryHealth
from shared.domain.images import ImageReference
from shared.domain.pulls import Cause, CauseKind, Job, Pull
from shared.pipeline.discover import find
from shared.pipeline.health import registry_health
from shared.pipeline.on_demand import (
    BadQuestionError,
    look,
    named_workload,
    parse_image,
    parse_registry,
)
from shared.pipeline.services import Services

EXIT = {
    Outcome.PASS: 0,
    Outcome.SKIPPED: 0,
    Outcome.FAIL: 1,
    Outcome.WARN: 2,
    Outcome.UNKNOWN: 3,
}
USAGE = 64


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``check``."""
    parser.add_argument(
        "image", nargs="?", default="", help="REGISTRY/REPOSITORY:TAG or ...@DIGEST"
    )
    parser.add_argument("--registry", default="", help="instead of an image: how a registry is")
    parser.add_argument("--repository", default="", help="with --registry: may it be read")
    parser.add_argument("--workload", default="", help="ARM id of the workload that pulls it")
    parser.add_argument("--error", default="", help="the error text that somebody saw")
    parser.add_argument("--json", action="store_true", help="print diagnoses as JSON")


def run(arguments: Namespace) -> int:
    """Check and print. Exit code: 0 pass, 1 fail, 2 warn, 3 unknown, 64 usage."""
    if bool(arguments.image) == bool(arguments.registry):
        print("one of IMAGE and --registry is needed", file=sys.stderr)
        return USAGE
    if arguments.registry:
        return _run_health(arguments)
    try:
        image = parse_image(arguments.image)
        named_workload(arguments.workload)
    except BadQuestionError as why:
        print(clean(str(why)), file=sys.stderr)
        return USAGE
    diagnoses = asyncio.run(_check(image, arguments.workload, arguments.error))
    _print(diagnoses, as_json=arguments.json)
    return EXIT[max(d.outcome for d in diagnoses)]


def _run_health(arguments: Namespace) -> int:
    try:
        host = parse_registry(arguments.registry)
        if arguments.repository:
            parse_image(f"{host}/{arguments.repository}:any")
    except BadQuestionError as why:
        print(clean(str(why)), file=sys.stderr)
        return USAGE
    health = asyncio.run(_health(host, arguments.repository))
    if arguments.json:
        print(msgspec.json.encode(health).decode())
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        print(render_health(health, colour=colour))
    return EXIT[health.outcome]


async def _health(host: str, repository: str) -> RegistryHealth:
    async with callers_services() as services:
        return await registry_health(services, host, repository)


@asynccontextmanager
async def callers_services() -> AsyncIterator[Services]:
    """Services with the caller's own credentials, which remember nothing. Raises SettingsError."""
    settings = settings_module.read(os.environ, deployed=False)
    credentials = Credentials(settings)
    known = Common(settings, credentials, Store.on(NoTables()), NoQueue())
    services = make(settings, Http(settings, Lane.URGENT), known)
    try:
        yield services
    finally:
        await services.close()
        await credentials.close()


async def _check(image: ImageReference, workload: str, error: str) -> tuple[Diagnosis, ...]:
    async with callers_services() as services:
        pulls = await _pulls(services, image, workload)
        job = Job(
            id="command line",
            registry=image.registry,
            pulls=pulls,
            cause=Cause(kind=CauseKind.ASKED, at=services.now()),
            error_text=error,
        )
        return await look(services, job)


async def _pulls(services: Services, image: ImageReference, workload: str) -> tuple[Pull, ...]:
    """The named workload's pull, else every workload's that is found to use the image."""
    if workload:
        return (Pull(named_workload(workload), image),)
    _say(f"looking for workloads that use {image} ...")
    found = await find(services)
    for gap in (gap for part in found for gap in part.gaps):
        _say(f"could not look at {gap.what}: {gap.reason}")
    pulls = tuple(pull for part in found for pull in part.pulls if pull.image == image)
    _say(f"found {len(pulls)}")
    return pulls or (Pull(named_workload(""), image),)


def _print(diagnoses: tuple[Diagnosis, ...], *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(diagnoses).decode())
        return
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print("\n\n".join(render(diagnosis, colour=colour) for diagnosis in diagnoses))


def _say(text: str) -> None:
    print(clean(text), file=sys.stderr)
