"""Has the tag moved since the workload pulled it?"""

from collections.abc import Iterable

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check
from shared.checks.names import about_image, about_workload
from shared.domain.facts.base import Unavailable
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import ImageContent, ManifestAnswer
from shared.domain.findings import Finding, Outcome, Problem

TAG_MOVED = Problem(
    code="EXISTENCE_TAG_MOVED",
    outcome=Outcome.WARN,
    title="{image} is another image than the one that runs",
    explanation="{workload} runs {running}; the tag now leads to {digest}. The next start brings "
    "the new image, and the running one may have lost its last tag: clean-up can remove it.",
    fix=(
        "Deploy on purpose, or pin the workload: {login_server}/{repository}@{running}",
        "az acr manifest show-metadata --registry {registry} --name {repository}@{running}",
    ),
    link=links.TAGS,
)


ONE_IMAGE = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)
"""Manifests of a single image: what runs of it has its digest. Of an index it is a child's."""


@check("existence.moved", TAG_MOVED, advisory=True)
def tag_has_not_moved(
    asked: Asked, seen: ManifestAnswer, content: ImageContent | Unavailable
) -> Iterable[Finding]:
    """The tag leads to the image that the workload runs."""
    image, running = asked.pull.image, asked.pull.running
    if image.digest or not running:
        raise NotApplicableError("pinned to a digest, or what runs is not known")
    if not seen.answer.ok or not seen.digest:
        raise NotApplicableError("the tag's digest is not known")
    if running == seen.digest:
        return
    if isinstance(content, Unavailable):
        if seen.media_type not in ONE_IMAGE:
            raise CannotTellError(f"what runs may be a part of it, not read: {content.reason}")
    elif any(child.digest == running for child in content.children):
        return
    yield TAG_MOVED.found(
        subject=str(image),
        running=running,
        digest=seen.digest,
        **about_image(image),
        **about_workload(asked.pull),
    )


CHECKS = (tag_has_not_moved,)
