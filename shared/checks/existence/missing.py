"""What is said of a missing image: what became of it, and what brings it back."""

from shared.checks import links
from shared.checks.commands import restore, retag
from shared.checks.names import about_image, about_workload, closest, day, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked, Remembered
from shared.domain.facts.registry import ManifestState, Neighbours, SoftDeleted
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.images import ImageReference

CONSEQUENCES = ("existence.",)
SHOW_TAGS = (
    "az acr repository show-tags --name {registry} --repository {repository} "
    "--orderby time_desc --top 10"
)

REPOSITORY_MISSING = Problem(
    code="EXISTENCE_REPOSITORY_MISSING",
    outcome=Outcome.FAIL,
    title="There is no repository {repository} in {login_server}",
    explanation="The registry knows no repository of this name. {hint}{history}",
    fix=("az acr repository list --name {registry} --output table", "{remedy}"),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
TAG_MISSING = Problem(
    code="EXISTENCE_TAG_MISSING",
    outcome=Outcome.FAIL,
    title="There is no tag {tag} in {login_server}/{repository}",
    explanation="The registry says that the repository has no such tag. {history}{hint}",
    fix=("{remedy}", SHOW_TAGS),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
LATEST_NEVER_PUSHED = Problem(
    code="EXISTENCE_LATEST_NEVER_PUSHED",
    outcome=Outcome.FAIL,
    title="{login_server}/{repository} has no tag latest",
    explanation="An image named without a tag means the tag latest, which is there only if "
    "somebody pushes it: it is not the newest tag. {hint}",
    fix=("{remedy}", SHOW_TAGS),
    link=links.TAGS,
    explains=CONSEQUENCES,
)
TAG_DANGLING = Problem(
    code="EXISTENCE_TAG_DANGLING",
    outcome=Outcome.FAIL,
    title="The tag {tag} of {login_server}/{repository} leads to a manifest that is gone",
    explanation="The tag is still listed, but its manifest is not found. {history}",
    fix=(
        "Push {image} again",
        "az acr repository untag --name {registry} --image {repository}:{tag}",
        "If both fail: open a support case for {registry}",
    ),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
DIGEST_MISSING = Problem(
    code="EXISTENCE_DIGEST_MISSING",
    outcome=Outcome.FAIL,
    title="{login_server}/{repository} has no manifest {digest}",
    explanation="{workload} is pinned to this digest. {history}Manifests without a tag are what "
    "retention policies and purge tasks remove.",
    fix=("{remedy}", SHOW_TAGS),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
SOFT_DELETED = Problem(
    code="EXISTENCE_SOFT_DELETED",
    outcome=Outcome.FAIL,
    title="{image} was deleted, and can be restored",
    explanation="{history}Soft delete still holds the manifest {digest}. Restoring an index does "
    "not restore its children: restore them too.",
    fix=("{remedy}", "az acr manifest list-deleted --registry {registry} --name {repository}"),
    link=links.SOFT_DELETE,
    explains=CONSEQUENCES,
)


def history(memory: Remembered | Unavailable) -> str:
    """What the index remembers, as sentences: who deleted it, when, and what it was."""
    if not isinstance(memory, Remembered):
        return ""
    parts = []
    if memory.deleted_at:
        by = f" by {memory.deleted_by}" if memory.deleted_by else ""
        using = f" with {memory.user_agent}" if memory.user_agent else ""
        parts.append(f"It was deleted on {day(memory.deleted_at)}{by}{using}. ")
    elif memory.last_seen:
        parts.append(f"It was last seen on {day(memory.last_seen)}. ")
    if memory.digest:
        parts.append(f"It pointed to {memory.digest}. ")
    return "".join(parts)


def missing(
    asked: Asked,
    near: Neighbours | Unavailable,
    state: ManifestState | Unavailable,
    memory: Remembered | Unavailable,
    deleted: SoftDeleted | Unavailable,
) -> Finding:
    """The finding for a tag or digest that is proven missing, with the best remedy."""
    image = asked.pull.image
    details = about_image(image) | about_workload(asked.pull)
    details |= {"subject": str(image), "history": history(memory), "how": "unknown"}
    tags = near.tags if isinstance(near, Neighbours) else None
    if image.tag and not image.digest and image.tag in (tags or ()):
        return TAG_DANGLING.found(**details)
    last = (memory.digest if isinstance(memory, Remembered) else "") or asked.pull.running
    if isinstance(deleted, SoftDeleted) and deleted.found:
        digest = deleted.digest or image.digest or last
        found = {"digest": digest, "remedy": restore(image, digest), "how": "soft-deleted"}
        return SOFT_DELETED.found(**details | found)
    if image.digest:
        remedy = f"Push the image again, or deploy one that exists instead of {image}"
        return DIGEST_MISSING.found(**details | {"digest": image.digest, "remedy": remedy})
    if last:
        return TAG_MISSING.found(**details | _put_back(image, last, state, memory))
    alike = closest(image.tag, tags or ())
    hint = f"Similar tags there: {listed(alike)}." if alike else _empty(tags)
    remedy = f"Push {image} again, or deploy a tag that exists"
    if image.tag == "latest" and tags:
        few = f"Its tags are: {listed(tags)}."
        remedy = "Name a tag that exists in the image of the workload"
        return LATEST_NEVER_PUSHED.found(**details | {"hint": few, "remedy": remedy})
    return TAG_MISSING.found(**details | {"hint": hint, "remedy": remedy, "how": "never seen"})


def _put_back(
    image: ImageReference,
    digest: str,
    state: ManifestState | Unavailable,
    memory: Remembered | Unavailable,
) -> dict[str, str]:
    """The tag is known, so it can be put back, unless its manifest is gone as well."""
    if isinstance(state, ManifestState) and state.digest == digest:
        hint = "The manifest is still there, untagged, until something cleans it up."
        return {"hint": hint, "how": "untagged", "remedy": retag(image, digest)}
    if isinstance(memory, Remembered) and memory.deleted_at:
        hint = "The manifest itself was deleted, so there is nothing to put the tag back on."
        remedy = f"Push {image} again from the pipeline that built it, or deploy a tag that exists"
        return {"hint": hint, "how": "deleted", "remedy": remedy}
    hint = f"If {digest} is still there, the tag can be put back on it."
    return {"hint": hint, "how": "gone", "remedy": retag(image, digest)}


def _empty(tags: tuple[str, ...] | None) -> str:
    if tags is None:
        return ""
    return f"Its tags are: {listed(tags)}." if tags else "The repository has no tag at all."
