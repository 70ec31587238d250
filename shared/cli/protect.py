"""``protect``: which locks would keep deployed images from the clean-ups of their registries."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Iterator

import msgspec
from msgspec.structs import replace

from shared import bootstrap
from shared.adapters.store.index import Entry, lasting
from shared.cli.check import USAGE, callers_services
from shared.cli.survey import jobs_of
from shared.cli.text import clean
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ImageContent, ManifestAnswer
from shared.domain.forecast import SeenPlan
from shared.domain.images import Digest
from shared.domain.protection import Line, Protection, Standing
from shared.domain.pulls import Job
from shared.pipeline.discover import find
from shared.pipeline.observe import observe
from shared.pipeline.on_demand import BadQuestionError, parse_registry
from shared.pipeline.protect import protect
from shared.pipeline.protection import plan_for
from shared.pipeline.services import Services

UNKNOWN, TO_DO = 3, 2
DONE = {Standing.SET: "locked", Standing.RELEASE: "released"}
SHOWN = (Standing.SET, Standing.RELEASE, Standing.TAKEN, Standing.UNREAD)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``protect``."""
    parser.add_argument("--registry", default="", help="one registry only")
    parser.add_argument(
        "--apply",
        action="store_true",
        help="set and release the locks, with the app's own settings and memory (TABLES, ...)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: Namespace) -> int:
    """Plan or apply, and print. Exit code: 0 nothing is left to do, 2 something is, 3 not all was
    read, 64 wrong usage.
    """
    try:
        host = parse_registry(arguments.registry) if arguments.registry else ""
    except BadQuestionError as why:
        print(clean(str(why)), file=sys.stderr)
        return USAGE
    found = asyncio.run(_apply(host) if arguments.apply else _plan(host))
    print(msgspec.json.encode(found).decode() if arguments.json else clean("\n".join(_told(found))))
    left = [line for line in found.lines if line.standing in SHOWN and not line.done]
    if found.gaps or any(line.standing is Standing.UNREAD for line in left):
        return UNKNOWN
    return TO_DO if left or found.helpless else 0


async def _apply(host: str) -> Protection:
    """With the app's memory: a lock that nobody wrote down could never be released."""
    services = bootstrap.bulk()
    try:
        return await protect(services, await services.store.index.listed(), host)
    finally:
        await services.close()


async def _plan(host: str) -> Protection:
    """With the caller's own rights, and no memory of earlier locks."""
    async with callers_services() as services:
        found = await find(services)
        gaps = [gap for part in found for gap in part.gaps]
        pulls = dict.fromkeys(pull for part in found for pull in part.pulls)
        mine = [pull for pull in pulls if host in {"", pull.image.registry}]
        entries = [entry for job in jobs_of(services, mine) for entry in await _seen(services, job)]
        plans, unread = await _plans(services, {pull.image.registry for pull in mine})
        planned = await plan_for(services, entries, plans, {})
        return replace(planned, gaps=(*gaps, *unread))


async def _seen(services: Services, job: Job) -> list[Entry]:
    found: list[Entry] = []
    for pull, evidence in (await observe(services, job)).items():
        answer, content = evidence.get(ManifestAnswer), evidence.get(ImageContent)
        found.append(
            Entry(
                pull=pull,
                seen=evidence[Asked].at,
                digest=answer.digest if answer else Digest(""),
                content=lasting(content) if content else None,
                gone=bool(answer and not answer.answer.ok),
            )
        )
    return found


async def _plans(
    services: Services, hosts: Collection[str]
) -> tuple[dict[str, SeenPlan], list[Gap]]:
    plans: dict[str, SeenPlan] = {}
    gaps = []
    known = {one.login_server: one for one in (await services.registry.registries()).known}
    for host in sorted(hosts):
        try:
            plans[host] = await services.registry.cleanup(known[host])
        except KeyError:
            gaps.append(Gap(f"clean-ups of {host}", "no registry of this name can be looked at"))
        except CouldNotLookError as why:
            gaps.append(Gap(f"clean-ups of {host}", str(why)))
    return plans, gaps


def _told(found: Protection) -> Iterator[str]:
    for gap in found.gaps:
        yield f"? could not look at {gap.what}: {gap.reason}"
    for one in found.helpless:
        yield f"! No lock helps against the task {one.task} of {one.registry}: {one.command}"
    for missing in found.missing:
        yield f"! {missing.reason}"
        yield from (f"    {command}" for command in missing.commands)
    done = [line for line in found.lines if line.done and line.standing in DONE]
    left = [line for line in found.lines if line.standing in SHOWN and not line.done]
    for line in (*done, *left):
        yield from _line(line)
    rest = len(found.lines) - len(left) - len(done)
    did = f"{len(done)} done, " if done else ""
    yield f"{did}{len(left)} to do or to look at, {rest} locked already or not there"


def _line(line: Line) -> Iterator[str]:
    who = f"  needed by {', '.join(line.workloads[:5])}" if line.workloads else ""
    yield f"{DONE[line.standing] if line.done else line.standing.value:10} {line.target}{who}"
    if line.done:
        return
    if line.reason:
        yield f"    {line.reason}"
    if line.command:
        yield f"    {line.command}"
