"""What is said of a missing image: what became of it, and what brings it back."""

from datetime import datetime

from msgspec.structs import replace

from shared.checks import links
from shared.checks.commands import import_from, restore, retag
from shared.checks.names import about_image, about_workload, closest, day, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import CLOCKS, Elsewhere, TaskRuns
from shared.domain.facts.pull import Asked, Remembered
from shared.domain.facts.registry import ManifestState, Neighbours, SoftDeleted
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.images import Digest, ImageReference
from shared.domain.removals import RemovalKind, means, purges

CONSEQUENCES = ("existence.",)
MOST_CHILDREN, MOST_RUNS = 6, 3
SHOW_TAGS = (
    "az acr repository show-tags --name {registry} --repository {repository} "
    "--orderby time_desc --top 10"
)

REPOSITORY_MISSING = Problem(
    code="EXISTENCE_REPOSITORY_MISSING",
    outcome=Outcome.FAIL,
    title="There is no repository {repository} in {login_server}",
    explanation="The registry knows no repository of this name. {hint}{history}",
    fix=(
        "{remedy}",
        "{other}",
        "{rebuild}",
        "az acr repository list --name {registry} --output table",
    ),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
TAG_MISSING = Problem(
    code="EXISTENCE_TAG_MISSING",
    outcome=Outcome.FAIL,
    title="There is no tag {tag} in {login_server}/{repository}",
    explanation="The registry says that the repository has no such tag. {history}{hint}",
    fix=("{remedy}", "{other}", "{rebuild}", SHOW_TAGS),
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
        "{rebuild}",
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
    fix=("{remedy}", "{other}", "{rebuild}", SHOW_TAGS),
    link=links.TAG_NOT_FOUND,
    explains=CONSEQUENCES,
)
SOFT_DELETED = Problem(
    code="EXISTENCE_SOFT_DELETED",
    outcome=Outcome.FAIL,
    title="{image} was deleted, and can be restored",
    explanation="{history}Soft delete still holds the manifest {digest}. Restoring an index does "
    "not restore its children: restore them too.",
    fix=(
        "{remedy}",
        "{children}",
        "{other}",
        "az acr manifest list-deleted --registry {registry} --name {repository}",
    ),
    link=links.SOFT_DELETE,
    explains=CONSEQUENCES,
)


def history(asked: Asked, memory: Remembered | Unavailable, runs: TaskRuns | Unavailable) -> str:
    """What the index remembers, as sentences: who deleted it, when, and what it was."""
    if not isinstance(memory, Remembered):
        return ""
    parts = []
    if memory.deleted_at:
        by = f"{_who(memory)}{_in_run(memory, runs)}"
        parts.append(f"It was {_done(memory)} on {day(memory.deleted_at)}{by}. ")
    elif memory.last_seen:
        parts.append(f"It was last seen on {day(memory.last_seen)}. ")
        parts.append(_meanwhile(memory.last_seen, asked.at, runs))
    if memory.digest and not asked.pull.image.digest:
        parts.append(f"It pointed to {memory.digest}{_with_it(memory)}. ")
    return "".join(parts)


def _done(memory: Remembered) -> str:
    return "untagged" if memory.way == RemovalKind.UNTAGGED else "deleted"


def _who(memory: Remembered) -> str:
    """Who removed it, from where and with what, as far as anybody told."""
    if memory.way == RemovalKind.EXPIRED:
        return " by a clean-up policy of the registry"
    by = f" by {memory.deleted_by}" if memory.deleted_by else ""
    where = f" from {memory.address}" if memory.address else ""
    using = f" with {means(memory.user_agent)}" if memory.user_agent else ""
    return f"{by}{where}{using}"


def _in_run(memory: Remembered, runs: TaskRuns | Unavailable) -> str:
    """The run that did it, where a purge did and one was under way."""
    if isinstance(runs, Unavailable) or memory.deleted_at is None or not purges(memory.user_agent):
        return ""
    found = [one.name for one in runs.runs if one.covers(memory.deleted_at)]
    return f", in {' or '.join(found[:MOST_RUNS])}" if found else ""


def _meanwhile(since: datetime, until: datetime, runs: TaskRuns | Unavailable) -> str:
    """What ran since an image was last seen: nobody told who it was, so it is a hint only."""
    if isinstance(runs, Unavailable):
        return ""
    found = [one.name for one in runs.runs if since - CLOCKS <= one.started <= until]
    return (
        f"Since then there was {listed(found[:MOST_RUNS])}, which may have done it. "
        if (found)
        else ""
    )


def _with_it(memory: Remembered) -> str:
    """The other tags, which a deleted digest takes with it and an untag spares."""
    others = memory.tags[1:]
    if not others or memory.way != RemovalKind.DELETED:
        return ""
    return f", and {listed(others)} died with it"


def teller(memory: Remembered | Unavailable) -> str:
    """Who removed it; empty as long as nobody told. It is a detail of findings: `who`."""
    if not isinstance(memory, Remembered) or not memory.deleted_at:
        return ""
    return _who(memory).strip()


def missing(  # noqa: PLR0917 - the facts of the check
    asked: Asked,
    near: Neighbours | Unavailable,
    state: ManifestState | Unavailable,
    memory: Remembered | Unavailable,
    deleted: SoftDeleted | Unavailable,
    left: Elsewhere | Unavailable,
    runs: TaskRuns | Unavailable,
) -> Finding:
    """The finding for a tag or digest that is proven missing, with the best remedy."""
    image = asked.pull.image
    details = about_image(image) | about_workload(asked.pull)
    details |= {"subject": str(image), "history": history(asked, memory, runs), "how": "unknown"}
    details |= {"who": teller(memory), "rebuild": _rebuild(memory)}
    details |= {"other": _import(image, left), "children": ""}
    tags = near.tags if isinstance(near, Neighbours) else None
    if image.tag and not image.digest and image.tag in (tags or ()):
        return TAG_DANGLING.found(**details)
    last = (memory.digest if isinstance(memory, Remembered) else "") or asked.pull.running
    if isinstance(deleted, SoftDeleted) and deleted.found:
        digest = deleted.digest or image.digest or last
        found = {"digest": digest, "remedy": restore(image, digest), "how": "soft-deleted"}
        return SOFT_DELETED.found(**details | found | {"children": _children(image, memory)})
    if image.digest:
        remedy = (
            "Push the very same image again (only the same bytes have this digest), or deploy one "
            f"that exists instead of {image}"
        )
        found = {"digest": image.digest, "remedy": remedy}
        return DIGEST_MISSING.found(**details | found | _import_first(details["other"]))
    if last:
        found = details | _put_back(image, last, state, memory, left)
        kept = found["how"] == "untagged"
        return TAG_MISSING.found(**found | ({} if kept else _import_first(details["other"])))
    alike = closest(image.tag, tags or ())
    hint = f"Similar tags there: {listed(alike)}." if alike else _empty(tags)
    remedy = f"Push {image}, or deploy a tag that exists"
    if image.tag == "latest" and tags:
        few = f"Its tags are: {listed(tags)}."
        remedy = "Name a tag that exists in the image of the workload"
        return LATEST_NEVER_PUSHED.found(**details | {"hint": few, "remedy": remedy})
    return TAG_MISSING.found(**details | {"hint": hint, "remedy": remedy, "how": "never seen"})


def of_repository(
    asked: Asked,
    memory: Remembered | Unavailable,
    deleted: SoftDeleted | Unavailable,
    left: Elsewhere | Unavailable,
    runs: TaskRuns | Unavailable,
) -> dict[str, str]:
    """What brings an image back whose repository is gone, and who did it: details of a finding."""
    image = asked.pull.image
    found = {"remedy": f"Push {image} again, or correct the name", "other": ""}
    digest = image.digest or (memory.digest if isinstance(memory, Remembered) else Digest(""))
    if isinstance(deleted, SoftDeleted) and deleted.found and (deleted.digest or digest):
        found |= {"remedy": restore(image, deleted.digest or digest), "other": _import(image, left)}
    else:
        found |= _import_first(_import(image, left))
    return {
        **found,
        "history": history(asked, memory, runs),
        "rebuild": _rebuild(memory),
        "who": teller(memory),
        **about_image(image),
        **about_workload(asked.pull),
    }


def _put_back(
    image: ImageReference,
    digest: str,
    state: ManifestState | Unavailable,
    memory: Remembered | Unavailable,
    left: Elsewhere | Unavailable,
) -> dict[str, str]:
    """The tag is known, so it can be put back, unless its manifest is gone as well."""
    if isinstance(state, ManifestState) and state.digest == digest:
        hint = "The manifest is still there, untagged, until something cleans it up."
        return {"hint": hint, "how": "untagged", "remedy": retag(image, digest)}
    is_gone = isinstance(left, Elsewhere) and left.digest == digest and left.here is False
    deleted = isinstance(memory, Remembered) and memory.deleted_at and _done(memory) == "deleted"
    if is_gone or deleted:
        hint = "The manifest itself was deleted, so there is nothing to put the tag back on."
        remedy = f"Push {image} again from the pipeline that built it, or deploy a tag that exists"
        return {"hint": hint, "how": "deleted", "remedy": remedy}
    hint = f"If {digest} is still there, the tag can be put back on it."
    return {"hint": hint, "how": "gone", "remedy": retag(image, digest)}


def _import(image: ImageReference, left: Elsewhere | Unavailable) -> str:
    """The command that brings it back from another registry that has it; empty for none."""
    if isinstance(left, Unavailable) or not left.login_servers:
        return ""
    return import_from(image, left.digest, left.login_servers[0])


def _import_first(command: str) -> dict[str, str]:
    """Where another registry has it, that is the first thing to do."""
    return (
        {"remedy": command, "other": "Or push it again, or deploy one that exists"}
        if (command)
        else {}
    )


def _rebuild(memory: Remembered | Unavailable) -> str:
    """What built it, by its labels; they come from whoever built it, so it is a sentence."""
    if isinstance(memory, Unavailable) or not (memory.source or memory.revision):
        return ""
    at = f" at revision {memory.revision}" if memory.revision else ""
    return f"Or run its pipeline again: it was built from {memory.source or 'a source'}{at}"


def _children(image: ImageReference, memory: Remembered | Unavailable) -> str:
    """The commands that bring the children of a deleted index back, where they went as well."""
    if isinstance(memory, Unavailable) or not memory.children:
        return ""
    bare = replace(image, tag="", digest=Digest(""))
    return " && ".join(restore(bare, digest) for digest in memory.children[:MOST_CHILDREN])


def _empty(tags: tuple[str, ...] | None) -> str:
    if tags is None:
        return ""
    return f"Its tags are: {listed(tags)}." if tags else "The repository has no tag at all."
