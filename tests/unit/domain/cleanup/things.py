"""Registries to purge, in few words. Ages are days before NOW."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from shared.domain.cleanup import (
    Attributes,
    Doomed,
    ManifestEntry,
    RegistryContents,
    RepositoryContents,
    TagEntry,
    doomed,
    parse_purge,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LOCKED = Attributes(delete_enabled=False)
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json"


def ago(days: float) -> datetime:
    """A time before now."""
    return NOW - timedelta(days=days)


def tag(
    name: str, age: float = 100, digest: str = "", *, lock: Attributes | None = None
) -> TagEntry:
    """A tag, unlocked and old if nothing else is said."""
    return TagEntry(name, digest or f"sha256:{name}", ago(age), lock or Attributes())


def manifest(
    digest: str,
    age: float | None = 100,
    kind: str = DOCKER,
    *,
    tags: Iterable[str] = (),
    children: Iterable[str] = (),
    subject: str = "",
    lock: Attributes | None = None,
) -> ManifestEntry:
    """A manifest, untagged, unlocked and old if nothing else is said."""
    return ManifestEntry(
        digest,
        kind,
        None if age is None else ago(age),
        tuple(tags),
        tuple(children),
        subject,
        lock or Attributes(),
    )


def repository(
    name: str, tags: Iterable[TagEntry] = (), manifests: Iterable[ManifestEntry] = ()
) -> RepositoryContents:
    """A repository; its tags have no manifests unless they are given."""
    return RepositoryContents(name, tuple(tags), tuple(manifests))


def named(name: str, *tags: str) -> RepositoryContents:
    """A repository with old tags."""
    return repository(name, [tag(each) for each in tags])


def purge(command: str, *repositories: RepositoryContents) -> Doomed:
    """What the command takes now."""
    return doomed(parse_purge(command), RegistryContents(repositories), NOW)


def tags_of(command: str, *repositories: RepositoryContents) -> list[str]:
    """The tags that the command takes now; nothing may be refused."""
    found = purge(command, *repositories)
    assert found.refused == ()
    return list(found.tags)


def manifests_of(command: str, *manifests: ManifestEntry, tags: Iterable[TagEntry] = ()) -> str:
    """The digests, without sha256:, that the command takes of a repository ``app``."""
    found = purge(command, repository("app", tags, manifests))
    assert found.refused == ()
    return " ".join(each.removeprefix("app@") for each in found.manifests)
