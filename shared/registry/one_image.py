"""One image, by what the registry answered when it was asked for its manifest."""

from msgspec import Struct

from shared.domain.facts.base import CouldNotLookError, Fact, Observation, Unavailable
from shared.domain.facts.registry import ImageContent, ManifestAnswer, ManifestState
from shared.domain.images import Digest
from shared.domain.pulls import Registry
from shared.registry import content, locks
from shared.registry.answers import Reply, describe
from shared.registry.listing import Listing
from shared.registry.repository import NotThereError, Repository, digest_of
from shared.registry.wire import Entry, Manifest

ABOUT_IMAGES: tuple[type[Fact], ...] = (ManifestAnswer, ManifestState, ImageContent)
NOTHING_KEPT = ManifestState(digest=Digest(""))

type Observations = tuple[Observation, ...]


class Asked(Struct, frozen=True):
    """What is asked of one repository: the registry, its repository, and how closely to look."""

    registry: Registry
    repository: Repository
    thorough: bool


def unseen(reason: str) -> Observations:
    """Nothing is known of the image, and why."""
    return tuple(Unavailable.of(kind, reason) for kind in ABOUT_IMAGES)


async def locked(asked: Asked, reference: str, reply: Reply) -> Observations:
    """What is known of an image that a lock keeps from being read."""
    held, state = await locks.read(asked.repository, reference)
    unread = describe(reply.answer)
    return (
        ManifestAnswer(answer=reply.answer),
        state or Unavailable.of(ManifestState, unread),
        Unavailable.of(ImageContent, unread),
        held,
    )


async def kept(repository: Repository, digest: str) -> ManifestState:
    """
    Read what ACR keeps beside a manifest; NOTHING_KEPT where there is none.

    Raises:
        CouldNotLookError: it could not be read.

    """
    try:
        return (await repository.attributes(digest)).state()
    except NotThereError:
        return NOTHING_KEPT


async def there(asked: Asked, reply: Reply, listed: Listing) -> Observations:
    """What an image consists of, by the manifest that the registry gave."""
    repository, digest = asked.repository, digest_of(reply)
    entry = listed.manifests.get(digest) or await _entry(repository, digest)
    state = entry.state() if isinstance(entry, Entry) else entry
    manifest = reply.read(Manifest)
    found = content.of_manifest(digest, _media_type(reply, manifest), manifest)
    known = entry if isinstance(entry, Entry) else None
    found, read = await content.with_platform(found, manifest, known, repository)
    if found.children:
        found = await content.with_children(found, repository, listed)
    elif asked.thorough and content.is_image(found):
        found = await content.with_blobs(found, manifest, repository, read)
    answer = ManifestAnswer(
        answer=reply.answer,
        digest=Digest(digest),
        media_type=found.media_type,
        size=content.pulled_bytes(manifest),
    )
    return answer, state, found


async def index_content(repository: Repository, digest: str) -> ImageContent:
    """Read what a manifest consists of. Raises CouldNotLookError."""
    reply = await repository.manifest(digest)
    manifest = reply.read(Manifest)
    return content.of_manifest(digest, _media_type(reply, manifest), manifest)


async def _entry(repository: Repository, digest: str) -> Entry | Unavailable:
    try:
        return await repository.attributes(digest)
    except CouldNotLookError as why:
        return Unavailable.of(ManifestState, str(why))


def _media_type(reply: Reply, manifest: Manifest) -> str:
    sent = reply.headers.get("Content-Type", "").partition(";")[0].strip()
    return manifest.media_type or sent
