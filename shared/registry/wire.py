"""The shapes of ``/acr/v1`` and of OCI manifests, as far as we read them (acr data plane API)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeIs

from msgspec import Struct

from shared.domain import cleanup
from shared.domain.clock import utc
from shared.domain.facts.registry import ManifestState
from shared.domain.images import Digest, Platform

INDEXES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)


class Locks(Struct, frozen=True, rename="camel"):
    """``changeableAttributes``, of a repository, a tag or a manifest separately."""

    read_enabled: bool | None = None
    write_enabled: bool | None = None
    delete_enabled: bool | None = None
    list_enabled: bool | None = None
    quarantine_state: str | None = None


class Reference(Struct, frozen=True):
    """A child as ACR tells it beside an index: without variant and os.version."""

    digest: str
    os: str | None = None
    architecture: str | None = None


class Entry(Struct, frozen=True, rename="camel"):
    """A manifest in ``_manifests``."""

    digest: str
    tags: tuple[str, ...] | None = None
    media_type: str | None = None
    config_media_type: str | None = None
    image_size: int | None = None
    os: str | None = None
    architecture: str | None = None
    last_update_time: str | None = None
    references: tuple[Reference, ...] | None = None
    changeable_attributes: Locks | None = None
    quarantine_state: str | None = None

    @property
    def platform(self) -> Platform | None:
        """The platform that the registry read of the image's config, None for none."""
        return platform(self.os, self.architecture)

    @property
    def is_index(self) -> bool:
        """Whether it names other manifests."""
        return self.media_type in INDEXES

    @property
    def readable(self) -> bool:
        """Whether nothing beside the manifest keeps it from being pulled."""
        return self.state().read_enabled and not self.state().quarantined

    def state(self) -> ManifestState:
        """What ACR keeps beside the manifest, as the fact."""
        locks = self.changeable_attributes or Locks()
        quarantine = self.quarantine_state or locks.quarantine_state or ""
        return ManifestState(
            digest=Digest(self.digest),
            tags=tuple(self.tags or ()),
            read_enabled=locks.read_enabled is not False,
            delete_enabled=locks.delete_enabled is not False,
            write_enabled=locks.write_enabled is not False,
            list_enabled=locks.list_enabled is not False,
            quarantined=quarantine.lower() not in {"", "passed"},
            updated=_when(self.last_update_time),
        )

    def in_cleanup(self, children: Iterable[str] = ()) -> cleanup.ManifestEntry:
        """The manifest as clean-ups see it; an index with its children, which no listing tells."""
        return cleanup.ManifestEntry(
            digest=self.digest,
            media_type=self.media_type or "",
            last_update_time=_when(self.last_update_time),
            tags=tuple(self.tags or ()),
            references=tuple(children),
            changeable_attributes=attributes(self.changeable_attributes),
        )


class ManifestPage(Struct, frozen=True):
    """A page of ``/acr/v1/{repository}/_manifests``."""

    manifests: tuple[Entry, ...] | None = None


class OneManifest(Struct, frozen=True):
    """``/acr/v1/{repository}/_manifests/{digest}``."""

    manifest: Entry


class TagEntry(Struct, frozen=True, rename="camel"):
    """A tag in ``_tags``."""

    name: str
    digest: str
    last_update_time: str | None = None
    changeable_attributes: Locks | None = None

    @property
    def readable(self) -> bool:
        """Whether the tag itself is not locked against reading."""
        return (self.changeable_attributes or Locks()).read_enabled is not False

    def in_cleanup(self) -> cleanup.TagEntry:
        """The tag as clean-ups see it."""
        return cleanup.TagEntry(
            self.name,
            self.digest,
            _when(self.last_update_time),
            attributes(self.changeable_attributes),
        )


class OneTag(Struct, frozen=True):
    """``/acr/v1/{repository}/_tags/{tag}``."""

    tag: TagEntry


class OneRepository(Struct, frozen=True, rename="camel"):
    """``/acr/v1/{repository}``."""

    last_update_time: str | None = None
    manifest_count: int | None = None
    tag_count: int | None = None
    changeable_attributes: Locks | None = None

    @property
    def stamp(self) -> str:
        """
        What changes with the repository: a removal lowers a count, a push moves the time.

        Empty where the registry does not tell all three. That the counts are exact at once, and
        that a tag put on another manifest moves the time, is documented nowhere.
        """
        parts = (self.last_update_time, self.manifest_count, self.tag_count)
        return "" if None in parts else "|".join(map(str, parts))


class TagPage(Struct, frozen=True):
    """A page of ``/acr/v1/{repository}/_tags``."""

    tags: tuple[TagEntry, ...] | None = None


class CatalogPage(Struct, frozen=True):
    """A page of ``/acr/v1/_catalog``."""

    repositories: tuple[str, ...] | None = None


class DeletedEntry(Struct, frozen=True):
    """A soft-deleted manifest, or a tag of one; the newest comes last."""

    digest: str
    tag: str = ""


class DeletedPage(Struct, frozen=True):
    """A page of ``/acr/v1/_deleted/{repository}/_manifests`` or ``/_tags``."""

    manifests: tuple[DeletedEntry, ...] | None = None
    tags: tuple[DeletedEntry, ...] | None = None


class OciPlatform(Struct, frozen=True, rename={"os_version": "os.version"}):
    """A platform in an index or a config."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = ""
    config: Any = None


class Descriptor(Struct, frozen=True, rename="camel"):
    """A descriptor in a manifest or an index."""

    digest: str
    media_type: str = ""
    size: int = 0
    platform: OciPlatform | None = None
    urls: tuple[str, ...] | None = None


class Manifest(Struct, frozen=True, rename="camel"):
    """An image manifest or an index, of OCI or docker."""

    media_type: str = ""
    artifact_type: str = ""
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    manifests: tuple[Descriptor, ...] | None = None
    annotations: Any = None  # of whatever shape: it must not spoil the manifest


def attributes(locks: Locks | None) -> cleanup.Attributes:
    """The locks that clean-ups heed; what is not told is open."""
    told = locks or Locks()
    return cleanup.Attributes(told.delete_enabled is not False, told.write_enabled is not False)


def _when(text: str | None) -> datetime | None:
    with suppress(ValueError):
        return utc(text or "")
    return None


def platform(
    os: str | None, architecture: str | None, variant: str = "", os_version: str = ""
) -> Platform | None:
    """Make a platform of what is written; None where nothing is."""
    if not os or not architecture:
        return None
    return Platform(os.lower(), architecture.lower(), variant.lower(), os_version)


def runs(one: Platform | None) -> TypeIs[Platform]:
    """Whether something can run there: an attestation is for ``unknown/unknown``."""
    return one is not None and "unknown" not in {one.os, one.architecture}
