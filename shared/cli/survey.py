"""``survey``: find every workload that pulls, and diagnose each, with the caller's credentials."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from shared.cli.check import EXIT, callers_services
from shared.cli.text import clean, render
from shared.domain.diagnosis import Diagnosis, Gap
from shared.domain.findings import Outcome
from shared.domain.pulls import LONGEST_JOB, Cause, CauseKind, Job, Pull
from shared.pipeline.discover import find
from shared.pipeline.on_demand import Question, look, named_workload, parse_image
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
        "--follow",
        action="store_true",
        help="JSON, once for each line of standard input; a line may hold a JSON list of questions "
        "to answer besides, as POST /api/checks takes them",
    )


def run(arguments: Namespace) -> int:
    """Survey and print. Exit code as of ``check``, of the worst diagnosis."""
    if arguments.follow:
        for line in sys.stdin:
            questions = msgspec.json.decode(line.strip() or "[]", type=tuple[Question, ...])
            print(msgspec.json.encode(asyncio.run(survey(questions))).decode(), flush=True)
        return 0
    found = asyncio.run(survey())
    _print(found, as_json=arguments.json)
    return EXIT[found.outcome]


async def survey(questions: Sequence[Question] = ()) -> Survey:
    """Look at everything that the caller can read, then answer. Nothing is stored or alerted."""
    async with callers_services() as services:
        found = await find(services)
        pulls = dict.fromkeys(pull for part in found for pull in part.pulls)
        jobs = [*jobs_of(services, pulls)]
        surveyed = await asyncio.gather(*(look(services, job) for job in jobs))
        asked = await asyncio.gather(*(_answer(services, one) for one in questions))
    diagnoses = (diagnosis for answer in surveyed for diagnosis in answer)
    in_order = sorted(diagnoses, key=lambda d: (d.pull.workload.id, str(d.pull.image)))
    in_order += [diagnosis for answer in asked for diagnosis in answer]
    return Survey(tuple(in_order), tuple(gap for part in found for gap in part.gaps))


async def _answer(services: Services, question: Question) -> tuple[Diagnosis, ...]:
    image = parse_image(question.image)
    job = Job(
        id="question",
        registry=image.registry,
        pulls=(Pull(named_workload(question.workload), image),),
        cause=Cause(kind=CauseKind.ASKED, at=services.now()),
        error_text=question.error,
    )
    return await look(services, job)


def jobs_of(services: Services, pulls: Iterable[Pull]) -> Iterator[Job]:
    """Jobs that look at pulls, of one registry each."""
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
