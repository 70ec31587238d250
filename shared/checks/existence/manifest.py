"""Are the repository, and the tag or digest in it, there?"""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks.base import CannotTellError, check, known
from shared.checks.existence.missing import (
    DIGEST_MISSING,
    LATEST_NEVER_PUSHED,
    REPOSITORY_MISSING,
    SOFT_DELETED,
    TAG_DANGLING,
    TAG_MISSING,
    missing,
    of_repository,
)
from shared.checks.existence.proof import MANIFEST_UNKNOWN, NAME_UNKNOWN, is_missing
from shared.checks.existence.replicated import perhaps_late
from shared.checks.names import closest, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import CacheRule, Elsewhere, TaskRuns
from shared.domain.facts.pull import Asked, Remembered
from shared.domain.facts.registry import (
    ManifestAnswer,
    ManifestState,
    MonitorAccess,
    Neighbours,
    RegistryProfile,
    Replications,
    SoftDeleted,
)
from shared.domain.findings import Confidence, Finding


@check("existence.repository", REPOSITORY_MISSING)
def repository_exists(  # noqa: PLR0917 - each parameter is a fact
    asked: Asked,
    seen: ManifestAnswer,
    access: MonitorAccess | Unavailable,
    near: Neighbours | Unavailable,
    memory: Remembered | Unavailable,
    rule: CacheRule | Unavailable,
    deleted: SoftDeleted | Unavailable,
    left: Elsewhere | Unavailable,
    runs: TaskRuns | Unavailable,
    replications: Replications | Unavailable,
) -> Iterable[Finding]:
    """The repository exists."""
    if not is_missing(seen.answer, access):
        return
    _insist_on_no_cache(rule)
    if not _no_repository(seen, near):
        _insist_on_repository(seen, near)
        return
    image = asked.pull.image
    others = near.repositories if isinstance(near, Neighbours) else None
    alike = closest(image.repository, others or ())
    hint = f"Similar names there: {listed(alike)}. " if alike else ""
    if image.repository.startswith(f"{image.registry}/"):
        hint = "The login server stands in the name twice. "
    finding = REPOSITORY_MISSING.found(
        subject=f"{image.registry}/{image.repository}",
        hint=hint,
        **of_repository(asked, memory, deleted, left, runs),
    )
    yield perhaps_late(finding, replications, memory)


@check(
    "existence.manifest",
    TAG_MISSING,
    LATEST_NEVER_PUSHED,
    TAG_DANGLING,
    DIGEST_MISSING,
    SOFT_DELETED,
)
def manifest_exists(  # noqa: PLR0917 - each parameter is a fact
    asked: Asked,
    seen: ManifestAnswer,
    access: MonitorAccess | Unavailable,
    profile: RegistryProfile | Unavailable,
    state: ManifestState | Unavailable,
    near: Neighbours | Unavailable,
    memory: Remembered | Unavailable,
    deleted: SoftDeleted | Unavailable,
    rule: CacheRule | Unavailable,
    left: Elsewhere | Unavailable,
    runs: TaskRuns | Unavailable,
    replications: Replications | Unavailable,
) -> Iterable[Finding]:
    """The tag or digest exists."""
    if not is_missing(seen.answer, access):
        return
    _insist_on_no_cache(rule)
    if _no_repository(seen, near):
        raise CannotTellError("the repository does not exist")
    sure = _no_quarantine(asked, profile, state, near)
    finding = missing(asked, near, state, memory, deleted, left, runs)
    finding = perhaps_late(finding, replications, memory)
    yield finding if sure else replace(finding, confidence=Confidence.LIKELY)


def _insist_on_no_cache(rule: CacheRule | Unavailable) -> None:
    if isinstance(rule, CacheRule):
        raise CannotTellError(f"the cache rule {rule.name} would have to fetch it from upstream")


def _insist_on_repository(seen: ManifestAnswer, near: Neighbours | Unavailable) -> None:
    if seen.answer.code != MANIFEST_UNKNOWN and not (
        isinstance(near, Neighbours) and near.repository_exists
    ):
        raise CannotTellError("the registry does not say whether tag or repository is missing")


def _no_quarantine(
    asked: Asked,
    profile: RegistryProfile | Unavailable,
    state: ManifestState | Unavailable,
    near: Neighbours | Unavailable,
) -> bool:
    """Whether it is certain that no quarantine makes the image look like missing."""
    if isinstance(profile, Unavailable):
        return False
    if not profile.quarantine:
        return True
    if isinstance(state, ManifestState):
        if state.quarantined:
            raise CannotTellError("the image is in quarantine, where it looks like missing")
        return True
    tags = near.tags if isinstance(near, Neighbours) else None
    if tags is None or asked.pull.image.digest or asked.pull.image.tag in tags:
        known(state)
    return False


def _no_repository(seen: ManifestAnswer, near: Neighbours | Unavailable) -> bool:
    if seen.answer.code == NAME_UNKNOWN:
        return True
    return isinstance(near, Neighbours) and near.repository_exists is False


CHECKS = (repository_exists, manifest_exists)
