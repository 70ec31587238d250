"""An on-demand check: somebody asks, and waits."""

import asyncio
import re
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from shared.adapters.store.packing import TooLargeError
from shared.adapters.store.requested import Requested
from shared.domain.diagnosis import Diagnosis
from shared.domain.images import ImageReference, InvalidReferenceError, parse_reference
from shared.domain.pulls import (
    LONGEST_JOB,
    Cause,
    CauseKind,
    Compute,
    Job,
    Pull,
    Standing,
    Workload,
)
from shared.pipeline.diagnose import decide, diagnose
from shared.pipeline.health import registry_health
from shared.pipeline.jobs import enqueue
from shared.pipeline.observe import observe
from shared.pipeline.services import Services

LONGEST_ERROR = 100_000
MOST_ANSWERED = 1_000
"""Workloads with one image that one check looks at; how many more there are, the answer tells."""
NOBODY = Workload(id="", compute=Compute.AKS, name="")
"""Stands for no workload: then only the registry end is looked at."""

type Text = Annotated[str, Meta(max_length=2_000)]
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63}){0,5}")
ACCEPTED = (
    'accepted: {"image": "REGISTRY/REPOSITORY:TAG", "workload": "ARM id, optional", '
    '"error": "error text, optional"} or {"registry": "NAME.azurecr.io", "repository": "optional"}'
)


class Question(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of ``POST /api/checks``: an image, and where known who pulls it and what it said.

    Or, instead of an image, a registry, and perhaps a repository in it: how the registry is.
    """

    image: Text = ""
    workload: Text = ""
    error: Annotated[str, Meta(max_length=LONGEST_ERROR)] = ""
    registry: Text = ""
    repository: Text = ""


class BadQuestionError(Exception):
    """The question is not well-formed. The message names the field, the value, what is accepted."""


def read_question(body: bytes) -> Question:
    """A question from JSON. Raises BadQuestionError."""
    try:
        question = msgspec.json.decode(body, type=Question)
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise BadQuestionError(f"{why}; {ACCEPTED}") from why
    if bool(question.image) == bool(question.registry):
        raise BadQuestionError(f"one of `image` and `registry` is required; {ACCEPTED}")
    if question.registry and (question.workload or question.error):
        raise BadQuestionError(f"`workload` and `error` go with an `image`; {ACCEPTED}")
    if question.image and question.repository:
        raise BadQuestionError(f"`repository` goes with a `registry`; {ACCEPTED}")
    return question


async def ask(services: Services, question: Question, check: str) -> Requested:
    """Answer within the budget, or enqueue: then ``diagnoses`` is None and the answer follows.

    Raises:
        BadQuestionError: the image is no reference, the registry no host, or the workload no id.

    """
    if question.registry:
        return await _ask_for_health(services, question, check)
    job = await _job(services, question, check)
    try:
        async with asyncio.timeout(services.settings.check_budget_seconds):
            return await _finish(services, job)
    except TimeoutError:
        waiting = _requested(job)
        await services.store.requested.put(waiting)
        await enqueue(services, [replace(job, pulls=job.pulls[:LONGEST_JOB])])
        return waiting


async def _ask_for_health(services: Services, question: Question, check: str) -> Requested:
    """A registry is looked at with few requests: who asks gets the answer, or that it is late."""
    host = parse_registry(question.registry)
    asked = Requested(id=check, asked=services.now(), registry=host)
    if question.repository:
        _insist_on_repository(host, question.repository)
    budget = services.settings.check_budget_seconds
    try:
        async with asyncio.timeout(budget):
            health = await registry_health(services, host, question.repository)
    except TimeoutError:
        answered = replace(asked, failed=f"{host} was not looked at within {budget:g} seconds")
    else:
        answered = replace(asked, health=health)
    await services.store.requested.put(answered)
    return answered


def _insist_on_repository(host: str, text: str) -> None:
    try:
        parse_reference(f"{host}/{text}:any")
    except InvalidReferenceError as why:
        raise BadQuestionError(f"repository = {text[:200]!r}: {why}") from why


def parse_registry(text: str) -> str:
    """The login server that a question names, by its name alone too. Raises BadQuestionError."""
    host = text.strip().lower()
    if not _HOST.fullmatch(host):
        raise BadQuestionError(f"registry = {text[:200]!r}: expected a login server or its name")
    return host if "." in host else f"{host}.azurecr.io"


async def finish(services: Services, job: Job) -> Requested:
    """Answer a job off the queue, and store the answer for who asks again."""
    if job.whole:
        job = replace(job, pulls=await _deployed(services, job.pulls[0].image, "") or job.pulls)
    return await _finish(services, job)


async def _finish(services: Services, job: Job) -> Requested:
    looked = replace(job, pulls=job.pulls[:MOST_ANSWERED])
    diagnoses = await answer(services, looked)
    answered = replace(
        _requested(job),
        diagnoses=diagnoses,
        left_out=len(job.pulls) - len(looked.pulls),
    )
    await _keep(services, answered)
    return answered


async def _keep(services: Services, answered: Requested) -> None:
    """Store as much of an answer as a row holds: what is cut off is counted."""
    try:
        await services.store.requested.put(answered)
    except TooLargeError:
        found = answered.diagnoses or ()
        kept = found[: len(found) // 2]
        left_out = answered.left_out + len(found) - len(kept)
        await _keep(services, replace(answered, diagnoses=kept, left_out=left_out))


def _requested(job: Job) -> Requested:
    return Requested(id=job.check, asked=job.cause.at, image=str(job.pulls[0].image))


async def answer(services: Services, job: Job) -> tuple[Diagnosis, ...]:
    """Diagnose deployed pulls as ever; one that is not deployed is looked at, not remembered."""
    if await services.store.index.of_pull(job.pulls[0]):
        found = await diagnose(services, job)
        if found:
            return found
    return await look(services, job)


async def look(services: Services, job: Job) -> tuple[Diagnosis, ...]:
    """Observe and decide only: nothing is stored, nobody is alerted."""
    seen = await observe(services, job)
    return tuple(decide(job, pull, evidence) for pull, evidence in seen.items())


async def _job(services: Services, question: Question, check: str) -> Job:
    image = parse_image(question.image)
    deployed = await _deployed(services, image, question.workload)
    pulls = deployed or (Pull(named_workload(question.workload), image),)
    return Job(
        id=f"asked:{check}",
        registry=image.registry,
        pulls=pulls,
        whole=len(pulls) > LONGEST_JOB,
        cause=Cause(kind=CauseKind.ASKED, at=services.now()),
        check=check,
        error_text=question.error,
    )


def parse_image(text: str) -> ImageReference:
    """The image of a question. Raises BadQuestionError."""
    try:
        return parse_reference(text)
    except InvalidReferenceError as why:
        raise BadQuestionError(f"image = {text[:200]!r}: {why}") from why


async def _deployed(services: Services, image: ImageReference, workload: str) -> tuple[Pull, ...]:
    """The pulls of an image, those in use first: what is left out is what matters least."""
    entries = await services.store.index.of_repository(image.registry, image.repository)
    wanted = workload.lower().rstrip("/")
    found = (entry.pull for entry in entries if entry.pull.image == image)
    named = (pull for pull in found if wanted in {"", *_names(pull.workload)})
    return tuple(sorted(named, key=lambda pull: (list(Standing).index(pull.standing), pull)))


def _names(workload: Workload) -> tuple[str, str]:
    return workload.id.lower(), workload.name.lower()


TYPES = {
    "microsoft.containerservice/managedclusters": Compute.AKS,
    "microsoft.web/sites": Compute.APP_SERVICE,
    "microsoft.app/containerapps": Compute.CONTAINER_APPS,
    "microsoft.app/jobs": Compute.CONTAINER_APPS,
    "microsoft.containerinstance/containergroups": Compute.CONTAINER_INSTANCES,
}
_NAME = r"(?!\.+(?:/|\Z))[\w.-]+"
_WORKLOAD = re.compile(
    rf"/subscriptions/{_NAME}/resourceGroups/(?!\.+/)[\w.()-]+/providers"
    rf"/(?P<type>{'|'.join(map(re.escape, TYPES))})/{_NAME}"
    rf"(?:/slots/{_NAME}|/namespaces/{_NAME}/{_NAME}/{_NAME})?/?",
    re.IGNORECASE,
)
"""Nothing but an id: what a question names is read with the app's own identity."""


def named_workload(text: str) -> Workload:
    """The workload of a question by its ARM id; no id is nobody. Raises BadQuestionError."""
    if not text:
        return NOBODY
    found = _WORKLOAD.fullmatch(text)
    if found is None:
        raise BadQuestionError(
            f"workload = {text[:200]!r}: expected the ARM id of a managed cluster (followed by "
            "/namespaces/NAMESPACE/KIND/NAME), site, container app, job or container group, "
            "or the name of a workload that is known to use the image"
        )
    workload = text.rstrip("/")
    return Workload(workload, TYPES[found["type"].lower()], workload.rpartition("/")[2])
