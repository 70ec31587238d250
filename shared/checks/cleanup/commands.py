"""What is wrong with the purge commands that visit a pull's repository."""

import shlex
from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, check
from shared.checks.names import about_image
from shared.domain.facts.cleanup import CleanupForecast, Refusal
from shared.domain.facts.pull import Asked
from shared.domain.findings import Finding, Outcome, Problem

TRAP = Problem(
    code="CLEANUP_TRAP",
    outcome=Outcome.WARN,
    title="The task {task} of {login_server}: {said}",
    explanation="It runs: {command}. {trap}",
    fix=("{correct}", "az acr task show --registry {registry} --name {task}"),
    link=links.PURGE,
)
UNREADABLE = Problem(
    code="CLEANUP_UNREADABLE",
    outcome=Outcome.WARN,
    title="It cannot be foretold what the task {task} of {login_server} deletes",
    explanation="It purges, and may take what is deployed: {reason}. What is not understood is not "
    "guessed.",
    fix=(
        "az acr task show --registry {registry} --name {task}",
        "Try it: add --dry-run to its command, and run the task by hand",
    ),
    link=links.PURGE,
)


@check("cleanup.lint", TRAP, advisory=True)
def commands_have_no_traps(asked: Asked, forecast: CleanupForecast) -> Iterable[Finding]:
    """The purge commands that take the image do what they look like; of a registry, all of them."""
    about = about_image(asked.pull.image)
    for one in forecast.traps:
        corrected = (
            f"az acr task update --registry {shlex.quote(about['registry'])} "
            f"--name {shlex.quote(one.task)} --cmd {shlex.quote(one.trap.corrected)} "
            "--file /dev/null"
        )
        yield TRAP.found(
            subject=f"{asked.pull.image.registry} task {one.task}: {one.trap.code}",
            task=one.task,
            said=_lower(one.trap.title),
            trap=one.trap.explanation,
            command=one.command,
            correct=corrected if one.trap.corrected else "",
            **about,
        )


@check("cleanup.unreadable", UNREADABLE, advisory=True)
def plans_can_be_read(asked: Asked, forecast: CleanupForecast) -> Iterable[Finding]:
    """Everything that may purge the repository can be read and understood."""
    by_task: dict[str, list[Refusal]] = {}
    for one in forecast.refused:
        by_task.setdefault(one.task, []).append(one)
    for task, found in by_task.items():
        if task:
            yield UNREADABLE.found(
                subject=f"{asked.pull.image.registry} task {task}",
                task=task,
                reason="; ".join(dict.fromkeys(one.reason for one in found))[:1_000],
                **about_image(asked.pull.image),
            )
    if not any(by_task):
        unseen = [f"{one.task}: {one.reason}" for one in (*forecast.refused, *forecast.unseen)]
        if unseen:
            raise CannotTellError("; ".join(one.removeprefix(": ") for one in unseen)[:1_000])


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
