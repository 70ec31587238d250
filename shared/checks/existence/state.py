"""Does the registry hand the image out: is it free of quarantine and read locks?"""

from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.existence.proof import is_disallowed
from shared.checks.names import about_image, about_workload
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import ReadLocks
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ManifestAnswer, ManifestState, RegistryProfile
from shared.domain.findings import Confidence, Finding, Outcome, Problem

QUARANTINED = Problem(
    code="EXISTENCE_QUARANTINED",
    outcome=Outcome.FAIL,
    title="{image} is in quarantine",
    explanation="The registry's quarantine policy hides an image until a scanner has released it: "
    "by its tag it looks missing, by its digest the operation is disallowed.",
    fix=(
        "Have the scanner release {digest}, or release it by setting its quarantineState to Passed",
        "az acr manifest show-metadata --registry {registry} --name {repository}@{digest}",
    ),
    link=links.QUARANTINE,
    explains=("existence.",),
)
READ_LOCKED = Problem(
    code="EXISTENCE_READ_LOCKED",
    outcome=Outcome.FAIL,
    title="{image} is locked against reading",
    explanation="readEnabled is false for its manifest: it exists, and nobody can pull it.",
    fix=(
        (
            "az acr repository update --name {registry} --image {repository}@{digest} "
            "--read-enabled true"
        ),
    ),
    link=links.LOCK,
    explains=("existence.",),
)
REPOSITORY_LOCKED = Problem(
    code="EXISTENCE_REPOSITORY_READ_LOCKED",
    outcome=Outcome.FAIL,
    title="The repository {repository} of {login_server} is locked against reading",
    explanation="readEnabled is false for the repository: nothing in it can be pulled.",
    fix=(
        "az acr repository update --name {registry} --repository {repository} --read-enabled true",
    ),
    link=links.LOCK,
    explains=("existence.",),
)
TAG_LOCKED = Problem(
    code="EXISTENCE_TAG_READ_LOCKED",
    outcome=Outcome.FAIL,
    title="The tag {tag} of {login_server}/{repository} is locked against reading",
    explanation="readEnabled is false for the tag: its manifest can be pulled by digest or by "
    "another tag only.",
    fix=("az acr repository update --name {registry} --image {name} --read-enabled true",),
    link=links.LOCK,
    explains=("existence.",),
)
DISALLOWED = Problem(
    code="EXISTENCE_READ_DISALLOWED",
    outcome=Outcome.FAIL,
    title="{login_server} disallows pulling {image}",
    explanation="The registry answers 'the operation is disallowed': the image or its repository "
    "is locked against reading, or in quarantine.",
    fix=(
        "az acr repository show --name {registry} --image {name}",
        "az acr repository show --name {registry} --repository {repository}",
    ),
    link=links.LOCK,
    explains=("existence.",),
)


@check("existence.quarantine", QUARANTINED)
def image_is_released(
    asked: Asked,
    profile: RegistryProfile | Unavailable,
    state: ManifestState | Unavailable,
) -> Iterable[Finding]:
    """The image is not held in quarantine."""
    if isinstance(profile, RegistryProfile) and not profile.quarantine:
        raise NotApplicableError("the registry has no quarantine policy")
    if known(state).quarantined:
        found = QUARANTINED.found(subject=str(asked.pull.image), **_about(asked, known(state)))
        sure = isinstance(profile, RegistryProfile)  # else the policy may be off
        yield found if sure else replace(found, confidence=Confidence.LIKELY)


@check("existence.readable", REPOSITORY_LOCKED, TAG_LOCKED, READ_LOCKED, DISALLOWED)
def image_may_be_read(
    asked: Asked,
    seen: ManifestAnswer | Unavailable,
    state: ManifestState | Unavailable,
    locks: ReadLocks | Unavailable,
) -> Iterable[Finding]:
    """Neither the image nor its repository is locked against reading."""
    image = asked.pull.image
    if isinstance(locks, ReadLocks) and locks.repository:
        where = f"{image.registry}/{image.repository}"
        yield REPOSITORY_LOCKED.found(subject=where, **_about(asked, state))
        return
    if isinstance(locks, ReadLocks) and locks.tag:
        yield TAG_LOCKED.found(subject=str(image), **_about(asked, state))
        return
    if isinstance(state, ManifestState) and not state.read_enabled:
        yield READ_LOCKED.found(subject=str(asked.pull.image), **_about(asked, state))
        return
    answer = known(seen).answer
    if is_disallowed(answer):
        if isinstance(state, ManifestState) and state.quarantined:
            raise CannotTellError("the image is in quarantine")
        yield DISALLOWED.found(subject=str(asked.pull.image), **_about(asked, state))
    elif not answer.ok or known(seen).listed:
        known(state)  # a listing shows what is locked, too


def _about(asked: Asked, state: ManifestState | Unavailable) -> dict[str, str]:
    image = asked.pull.image
    digest = state.digest if isinstance(state, ManifestState) else image.digest
    name = f"{image.repository}{about_image(image)['reference']}"
    return about_image(image) | about_workload(asked.pull) | {"digest": digest, "name": name}


BEFORE = (image_is_released,)
CHECKS = (image_may_be_read,)
