"""Is everything that the manifest names there, and can it run where it is to run?"""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from shared.checks import links
from shared.checks.base import CannotTellError, NotApplicableError, check, known
from shared.checks.commands import import_from, restore
from shared.checks.existence.platforms import needed, serves
from shared.checks.names import about_image, about_workload, listed
from shared.domain.facts.base import Unavailable
from shared.domain.facts.beside import Elsewhere
from shared.domain.facts.pull import Asked
from shared.domain.facts.registry import Child, ImageContent, SoftDeleted
from shared.domain.facts.workload import RuntimePlatforms
from shared.domain.findings import Finding, Outcome, Problem
from shared.domain.images import Digest, ImageReference, Platform

IMAGE_CONFIGS = (
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
)
_KINDS = {
    "helm": "a Helm chart",
    "signature": "a signature",
    "cosign": "a signature",
    "notary": "a signature",
    "in-toto": "an attestation",
    "attestation": "an attestation",
    "spdx": "a bill of materials",
    "cyclonedx": "a bill of materials",
    "sbom": "a bill of materials",
    "wasm": "a WebAssembly module",
}
"""What artifacts are, by a word of their media type."""
_ATTACHED = re.compile(r"sha256-[0-9a-f]{64}(?:\.(?P<kind>sig|att|sbom))?")
"""Tags by which cosign attaches things to an image."""
_BY_SUFFIX = {"sig": "a signature", "att": "an attestation", "sbom": "a bill of materials"}

SCHEMA_ONE = "application/vnd.docker.distribution.manifest.v1"

NOT_AN_IMAGE = Problem(
    code="EXISTENCE_NOT_AN_IMAGE",
    outcome=Outcome.FAIL,
    title="{image} is {what}, no container image",
    explanation="What is stored under this name is of the kind {kind}, which no container runtime "
    "can run.",
    fix=("Correct the image's name or tag in {workload}",),
    link=links.IMAGES,
)
SCHEMA_1 = Problem(
    code="EXISTENCE_SCHEMA_1",
    outcome=Outcome.FAIL,
    title="{image} is stored in the outdated manifest format, schema 1",
    explanation="Today's container runtimes refuse it.",
    fix=("Build the image with a current builder and push it again",),
    link=links.IMAGES,
)
CHILD_MISSING = Problem(
    code="EXISTENCE_CHILD_MISSING",
    outcome=Outcome.FAIL,
    title="{image} is an index whose manifest for {platform} is gone",
    explanation="The tag and the index are there, the manifest {digest} that they lead to is not: "
    "old versions of acr purge delete the children of an index as untagged.",
    fix=(
        "{remedy}",
        "az acr manifest list-metadata --registry {registry} --name {repository}",
    ),
    link=links.PURGE,
)
BLOB_MISSING = Problem(
    code="EXISTENCE_BLOB_MISSING",
    outcome=Outcome.FAIL,
    title="{image} lacks {count} of its blobs",
    explanation="The manifest names {blobs}, which the registry does not have.",
    fix=("Push {image} again", "If that does not help: open a support case for {registry}"),
    link=links.TAG_NOT_FOUND,
)
PLATFORM_MISMATCH = Problem(
    code="EXISTENCE_PLATFORM_MISMATCH",
    outcome=Outcome.FAIL,
    title="{image} has nothing for {wanted}, where {workload} runs",
    explanation="The image is built for {platforms}.",
    fix=("Build the image for {wanted} too, or run {workload} on a platform that it has",),
    link=links.IMAGES,
)
PLATFORM_PARTIAL = Problem(
    code="EXISTENCE_PLATFORM_PARTIAL",
    outcome=Outcome.WARN,
    title="{image} has nothing for {wanted}, where {workload} may be placed",
    explanation="It is built for {platforms}. It runs on some of the nodes and fails on the "
    "others, as it happens to be placed.",
    fix=("Build the image for {wanted} too, or keep {workload} off those nodes",),
    link=links.IMAGES,
)


WINDOWS_VERSION = Problem(
    code="EXISTENCE_WINDOWS_VERSION",
    outcome=Outcome.FAIL,
    title="{image} is for another version of Windows than that on which {workload} runs",
    explanation="It is built for {have}, the machines run {wanted}. Containers of Windows share "
    "the machine's kernel, so the versions have to agree up to the build number.",
    fix=("Build the image on the base image of {wanted}, or run {workload} on machines of {have}",),
    link=links.WINDOWS,
)


@check("existence.kind", NOT_AN_IMAGE, SCHEMA_1)
def is_an_image(asked: Asked, content: ImageContent) -> Iterable[Finding]:
    """What is stored is a container image, in a format that runtimes accept."""
    details = _about(asked)
    if attached := _ATTACHED.fullmatch(asked.pull.image.tag):
        # it may look like an image: its config is often an image's, its layers never are
        kind = _BY_SUFFIX.get(attached["kind"] or "", "what is attached to another image")
        yield NOT_AN_IMAGE.found(what=kind, kind=f"the tag {asked.pull.image.tag}", **details)
        return
    if content.media_type.startswith(SCHEMA_ONE):
        yield SCHEMA_1.found(**details)
    kind = content.config_media_type or content.artifact_type
    if kind and kind not in IMAGE_CONFIGS:
        kind = content.artifact_type or kind
        yield NOT_AN_IMAGE.found(what=_what(kind), kind=kind, **details)


@check("existence.children", CHILD_MISSING)
def children_exist(
    asked: Asked,
    content: ImageContent,
    runtime: RuntimePlatforms | Unavailable,
    deleted: SoftDeleted | Unavailable,
    left: Elsewhere | Unavailable,
) -> Iterable[Finding]:
    """The index's manifests for the platforms of the workload exist."""
    if not content.children:
        raise NotApplicableError("the manifest is not an index")
    pulled = needed(content.children, runtime)
    if pulled is None:
        raise CannotTellError("a manifest is gone; whether this or another is pulled is not known")
    gone = [child for child in pulled if child.present is False]
    for child in gone:
        yield CHILD_MISSING.found(
            platform=str(child.platform or "an unnamed platform"),
            digest=child.digest,
            remedy=_bring_back(asked.pull.image, child, deleted, left),
            **_about(asked),
        )
    if not gone and any(child.present is None for child in pulled):
        raise CannotTellError("whether the index's manifests exist was not asked")


@check("existence.blobs", BLOB_MISSING, advisory=True)
def blobs_exist(asked: Asked, content: ImageContent) -> Iterable[Finding]:
    """The image's config and layers exist."""
    if content.missing:
        count = str(len(content.missing))
        yield BLOB_MISSING.found(count=count, blobs=listed(content.missing), **_about(asked))
    elif content.children:
        raise NotApplicableError("the manifest is an index")
    elif content.config_media_type and content.config_media_type not in IMAGE_CONFIGS:
        raise NotApplicableError("it is no container image")
    elif not content.blobs_asked:
        raise CannotTellError("whether the config and the layers exist was not asked")


@check("existence.platform", PLATFORM_MISMATCH, PLATFORM_PARTIAL, WINDOWS_VERSION)
def platform_fits(
    asked: Asked, content: ImageContent, runtime: RuntimePlatforms | Unavailable
) -> Iterable[Finding]:
    """The image has a variant for every platform on which the workload may be placed."""
    if content.config_media_type and content.config_media_type not in IMAGE_CONFIGS:
        raise NotApplicableError("it is no container image")
    wanted, built = known(runtime).platforms, content.platforms
    if not wanted:
        raise CannotTellError("on which platforms the workload runs is not known")
    if not built:
        raise CannotTellError("the image does not say for which platform it is built")
    lacking = [one for one in wanted if not any(serves(have, one) for have in built)]
    if versions := _other_windows(built, lacking):
        wanted_versions = dict.fromkeys(one.os_version for one in lacking)
        yield WINDOWS_VERSION.found(
            have=listed(versions), wanted=listed(wanted_versions), **_about(asked)
        )
    elif lacking:
        problem = PLATFORM_MISMATCH if len(lacking) == len(wanted) else PLATFORM_PARTIAL
        yield problem.found(
            wanted=listed(map(str, lacking)), platforms=listed(map(str, built)), **_about(asked)
        )


def _bring_back(
    image: ImageReference,
    child: Child,
    deleted: SoftDeleted | Unavailable,
    left: Elsewhere | Unavailable,
) -> str:
    """The command for a child that soft delete or another registry still has."""
    bare = replace(image, tag="", digest=Digest(""))
    if isinstance(deleted, SoftDeleted) and deleted.found and deleted.digest == child.digest:
        return restore(bare, child.digest)
    if isinstance(left, Elsewhere) and left.digest == child.digest and left.login_servers:
        return import_from(bare, child.digest, left.login_servers[0])
    return f"Push {image} again"


def _what(kind: str) -> str:
    return next((name for word, name in _KINDS.items() if word in kind.lower()), "an artifact")


def _other_windows(built: Iterable[Platform], lacking: Iterable[Platform]) -> list[str]:
    """The Windows versions of the image, where nothing but the version is in the way."""
    versions = []
    for wanted in lacking:
        any_version = replace(wanted, os_version="")
        near = [one for one in built if one.os_version and serves(one, any_version)]
        if wanted.os.lower() != "windows" or not near:
            return []
        versions += [one.os_version for one in near]
    return list(dict.fromkeys(versions))


def _about(asked: Asked) -> dict[str, str]:
    image = asked.pull.image
    return about_image(image) | about_workload(asked.pull) | {"subject": str(image)}


CHECKS = (is_an_image, children_exist, blobs_exist, platform_fits)
