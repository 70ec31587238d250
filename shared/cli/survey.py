"""``survey``: find every workload that pulls, and diagnose each, with the caller's credentials."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from shared.cli.check import EXIT, callers_services
from shared.cli.text import clean, render
from shared.domain.diagnosis import Diagnosis, Gap
from shared.domain.findings import Outcome
from shared.domain.pulls import LONGEST_JOB, Cause, CauseKind, Job, Pull
from shared.pipeline.on_demand import look
from shared.pipeline.services import Services


class Survey(Struct, frozen=True):
    """Every pull that was found, diagnosed, and where nobody could look for workloads."""

    diagnoses: tuple[Diagnosis, ...]
    gaps: tuple[Gap, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst that was seen; where something could not be looked at, it is no pass."""
        unsure = [Outcome.UNKNOWN] if self.gaps else []
        return max([*(d.outcome for d in self.diagnoses), *unsure], default=Outcome.UNKNOWN)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``survey``."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--follow", action="store_true", help="JSON, and once more for each line of standard input"
    )


def run(arguments: Namespace) -> int:
    """Survey and print. Exit code as of ``check``, of the worst diagnosis."""
    if arguments.follow:
        for _ in sys.stdin:
            print(msgspec.json.encode(asyncio.run(survey())).decode(), flush=True)
        return 0
    found = asyncio.run(survey())
    _print(found, as_json=arguments.json)
    return EXIT[found.outcome]


async def survey() -> Survey:
    """Look at everything that the caller can read. Nothing is stored, nobody is alerted."""
    async with callers_services() as services:
        scope = services.settings.subscriptions
        found = await asyncio.gather(*(p.discover(scope) for p in services.platforms))
        pulls = dict.fromkeys(pull for part in found for pull in part.pulls)
        jobs = [*_jobs(services, pulls)]
        answers = await asyncio.gather(*(look(services, job) for job in jobs))
    diagnoses = (diagnosis for answer in answers for diagnosis in answer)
    in_order = sorted(diagnoses, key=lambda d: (d.pull.workload.id, str(d.pull.image)))
    return Survey(tuple(in_order), tuple(gap for part in found for gap in part.gaps))


def _jobs(services: Services, pulls: Iterable[Pull]) -> Iterator[Job]:
    by_registry: dict[str, list[Pull]] = defaultdict(list)
    for pull in pulls:
        by_registry[pull.image.registry].append(pull)
    cause = Cause(kind=CauseKind.ASKED, at=services.now())
    for registry, own in sorted(by_registry.items()):
        for start in range(0, len(own), LONGEST_JOB):
            some = tuple(own[start : start + LONGEST_JOB])
            yield Job(id="survey", registry=registry, pulls=some, cause=cause)


def _print(found: Survey, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    print("\n\n".join(render(diagnosis, colour=False) for diagnosis in found.diagnoses))
    for gap in found.gaps:
        print(clean(f"could not look at {gap.what}: {gap.reason}"), file=sys.stderr)
