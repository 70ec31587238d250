"""Will something delete the image that a pull needs, and when?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import NotApplicableError, check, known
from shared.checks.cleanup.telling import about_loss, afterwards, keep, restore_hint, why
from shared.checks.existence.platforms import needed
from shared.checks.names import about_image, about_workload
from shared.domain.cleanup import Loss, LossKind
from shared.domain.facts.base import Unavailable
from shared.domain.facts.cleanup import CleanupForecast
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ImageContent, ManifestAnswer
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.findings import Confidence, Finding, Outcome, Problem
from shared.domain.forecast import first, stage
from shared.domain.images import Digest
from shared.domain.pulls import Pull

STILL = (
    "What runs goes on running; whatever must pull the image after that fails: a new node, a "
    "restart, a scale-out. "
)
GONE = ("EXISTENCE_",)
TAG_FORESEEN = Problem(
    code="CLEANUP_TAG_FORESEEN",
    outcome=Outcome.WARN,
    becomes=GONE,
    title="{when} the task {task} will untag {repository}:{tag}",
    explanation="{why}" + STILL + "{afterwards}{hint}",
    fix=("{keep}", "{keep_manifest}", "{halt}", "{change}"),
    link=links.PURGE,
)
MANIFEST_FORESEEN = Problem(
    code="CLEANUP_MANIFEST_FORESEEN",
    outcome=Outcome.WARN,
    becomes=GONE,
    title="{when} the task {task} will delete a manifest that {image} needs",
    explanation="{why}{what}" + STILL + "{hint}",
    fix=("{keep_manifest}", "{halt}", "{change}"),
    link=links.PURGE,
)
RETENTION_FORESEEN = Problem(
    code="CLEANUP_RETENTION_FORESEEN",
    outcome=Outcome.WARN,
    becomes=GONE,
    title="{when} the retention policy of {login_server} will delete a manifest that {image} needs",
    explanation="{why}{what}" + STILL + "{hint}",
    fix=(
        "{keep_manifest}",
        "Give the manifest a tag: the policy takes untagged manifests only",
        "{halt}",
    ),
    link=links.RETENTION,
)
RUNNING_FORESEEN = Problem(
    code="CLEANUP_RUNNING_FORESEEN",
    outcome=Outcome.WARN,
    title="{when} {by} will delete the manifest that {workload} runs of {image}",
    explanation="The tag {tag} points to another manifest by now, so a new pull gets that one. The "
    "running manifest {digest} has no tag any more; once it is gone, nothing can go back to it. "
    "{why}{hint}",
    fix=("{keep_manifest}",),
    link=links.RETENTION,
    confidence=Confidence.LIKELY,
)


@check("cleanup.foreseen", TAG_FORESEEN, MANIFEST_FORESEEN, RETENTION_FORESEEN, advisory=True)
def image_outlives_the_week(
    asked: Asked,
    forecast: CleanupForecast,
    answer: ManifestAnswer | Unavailable,
    content: ImageContent | Unavailable,
    runtime: RuntimePlatforms | Unavailable,
) -> Iterable[Finding]:
    """No task and no policy that can be read will delete the image within seven days."""
    tag = first(one for one in forecast.losses if one.kind is LossKind.UNTAGGED)
    if tag:
        yield _found(TAG_FORESEEN, asked, forecast, tag)
        return
    running = _only_running(asked.pull, answer, content)
    spared = {running, *_of_others(content, runtime)}
    if loss := first(one for one in forecast.losses if one.digest not in spared):
        policy = loss.kind is LossKind.RETENTION
        yield _found(RETENTION_FORESEEN if policy else MANIFEST_FORESEEN, asked, forecast, loss)
    elif running and any(one.digest == running for one in forecast.losses):
        known(content)  # what runs may be a part of the index that the image names


@check("cleanup.retention", RUNNING_FORESEEN, advisory=True)
def running_image_outlives_the_week(
    asked: Asked,
    forecast: CleanupForecast,
    answer: ManifestAnswer,
    content: ImageContent | Unavailable,
) -> Iterable[Finding]:
    """What runs under a tag that was moved since is not deleted within seven days."""
    if not asked.pull.running or not (asked.pull.image.digest or answer.digest):
        raise NotApplicableError("it is not known what runs, or the image is gone")
    running = _only_running(asked.pull, answer, content)
    if loss := first(one for one in forecast.losses if running and one.digest == running):
        yield _found(RUNNING_FORESEEN, asked, forecast, loss)


def _of_others(
    content: ImageContent | Unavailable, runtime: RuntimePlatforms | Unavailable
) -> set[Digest]:
    """Manifests of the image's index that the workload does not pull: of other platforms."""
    if isinstance(content, Unavailable):
        return set()
    pulled = needed(content.children, runtime)
    if pulled is None:
        return set()
    return {child.digest for child in content.children} - {child.digest for child in pulled}


def _only_running(
    pull: Pull, answer: ManifestAnswer | Unavailable, content: ImageContent | Unavailable
) -> str:
    """The digest that runs, where the image names another one now; else empty.

    Of an index a child runs: it is what the image names.
    """
    named = pull.image.digest or (answer.digest if isinstance(answer, ManifestAnswer) else "")
    children = content.children if isinstance(content, ImageContent) else ()
    parts = {named, *(child.digest for child in children)}
    return pull.running if named and pull.running not in parts else ""


def _found(problem: Problem, asked: Asked, forecast: CleanupForecast, loss: Loss) -> Finding:
    image = asked.pull.image
    found = problem.found(
        subject=str(image),
        why=why(loss, forecast),
        what=_what(asked.pull, loss),
        afterwards=afterwards(loss, forecast),
        hint=restore_hint(loss, forecast),
        **about_image(image)
        | about_workload(asked.pull)
        | keep(image, loss, forecast)
        | about_loss(loss),
    )
    return found.at_stage(stage(loss.at, asked.at))


def _what(pull: Pull, loss: Loss) -> str:
    if pull.image.digest == loss.digest:
        return f"The workload is pinned to {loss.digest}, which has no tag by then. "
    return f"It is {loss.digest}, which the index of the image lists. The tag itself stays. "
