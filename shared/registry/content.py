"""What a manifest consists of: an index's children, an image's platform, config and layers."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import Child, ImageContent
from shared.domain.images import Digest, Platform
from shared.registry.listing import Listing
from shared.registry.repository import Repository
from shared.registry.wire import INDEXES, Entry, Manifest, OciPlatform, platform, runs

SOURCE, REVISION = "org.opencontainers.image.source", "org.opencontainers.image.revision"
LONGEST_LABEL = 300
MOST_ASKED = 64
"""Children or blobs of one image whose presence is asked for."""

_IMAGE_CONFIGS = frozenset(
    {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    }
)


def of_manifest(digest: str, media_type: str, manifest: Manifest) -> ImageContent:
    """Read the content out of the manifest itself; an image's platform is in its config."""
    children = tuple(
        Child(Digest(one.digest), _platform(one.platform)) for one in manifest.manifests or ()
    )
    content = ImageContent(
        digest=Digest(digest),
        media_type=media_type,
        artifact_type=manifest.artifact_type,
        config_media_type=manifest.config.media_type if manifest.config else "",
        platforms=_served(children),
        children=children,
    )
    return _labelled(content, manifest.annotations)


def _labelled(content: ImageContent, labels: Any) -> ImageContent:
    """With where the image says that it comes from (OCI image-spec, annotations), cut short."""
    if not isinstance(labels, Mapping):
        return content
    source, revision = (str(labels.get(name) or "")[:LONGEST_LABEL] for name in (SOURCE, REVISION))
    return replace(content, source=source or content.source, revision=revision or content.revision)


def of_entry(entry: Entry) -> ImageContent | None:
    """Read the content out of a listing; None where it does not tell enough."""
    if entry.is_index and not entry.references:
        return None
    children = tuple(
        Child(Digest(one.digest), platform(one.os, one.architecture))
        for one in entry.references or ()
    )
    own = entry.platform
    return ImageContent(
        digest=Digest(entry.digest),
        media_type=entry.media_type or "",
        config_media_type=entry.config_media_type or "",
        platforms=_served(children) if entry.is_index else ((own,) if runs(own) else ()),
        children=children,
    )


def pulled_bytes(manifest: Manifest) -> int:
    """How much a pull of this image fetches, compressed; 0 for an index."""
    parts = [*(manifest.layers or ()), *([manifest.config] if manifest.config else [])]
    return sum(part.size for part in parts)


def is_image(content: ImageContent) -> bool:
    """Whether a runtime pulls its layers: not where its config says that it is something else."""
    return not content.config_media_type or content.config_media_type in _IMAGE_CONFIGS


async def with_platform(
    content: ImageContent, manifest: Manifest, entry: Entry | None, repository: Repository
) -> tuple[ImageContent, frozenset[str]]:
    """
    Complete an image's platform: from what ACR read of it, else from its config.

    Returns the blobs that were read for it, too: they are there.
    """
    if content.media_type in INDEXES or content.config_media_type not in _IMAGE_CONFIGS:
        return content, frozenset()
    read, known = frozenset[str](), entry.platform if entry else None
    if (known is None or known.os == "windows") and manifest.config:
        with suppress(CouldNotLookError):
            config = await repository.config(manifest.config.digest)
            read = frozenset({manifest.config.digest})
            known = _platform(config) or known
            inner = config.config if isinstance(config.config, Mapping) else {}
            content = _labelled(content, inner.get("Labels"))
    return (replace(content, platforms=(known,)) if runs(known) else content), read


async def with_children(
    content: ImageContent, repository: Repository, listing: Listing | None = None
) -> ImageContent:
    """Say of each child whether the registry still has it; a listing answers for most."""

    async def look(child: Child) -> Child:
        if listing is not None and child.digest in listing.manifests:
            return replace(child, present=True)
        with suppress(CouldNotLookError):
            return replace(child, present=await repository.has_manifest(child.digest))
        return child

    asked = await asyncio.gather(*map(look, content.children[:MOST_ASKED]))
    return replace(content, children=(*asked, *content.children[MOST_ASKED:]))


async def with_blobs(
    content: ImageContent, manifest: Manifest, repository: Repository, read: Collection[str] = ()
) -> ImageContent:
    """Name the config and layers that the registry does not have; what was read is there."""
    blobs = [one for one in (manifest.config, *(manifest.layers or ())) if one and not one.urls]
    digests = tuple(dict.fromkeys(one.digest for one in blobs if one.digest not in read))

    async def there(digest: str) -> bool | None:
        with suppress(CouldNotLookError):
            return await repository.has_blob(digest)
        return None

    answers = await asyncio.gather(*map(there, digests[:MOST_ASKED]))
    missing = tuple(
        Digest(digest) for digest, found in zip(digests, answers, strict=False) if found is False
    )
    complete = len(digests) <= MOST_ASKED and None not in answers
    return replace(content, missing=missing, blobs_asked=complete)


def _platform(found: OciPlatform | None) -> Platform | None:
    if found is None:
        return None
    return platform(found.os, found.architecture, found.variant, found.os_version)


def _served(children: Iterable[Child]) -> tuple[Platform, ...]:
    return tuple(dict.fromkeys(one.platform for one in children if runs(one.platform)))
