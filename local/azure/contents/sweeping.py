"""What policies delete by themselves: retention of untagged manifests, the end of soft delete."""

from datetime import datetime, timedelta

from local.azure.contents.model import Contents, Manifest, Repository
from local.azure.operations import Kind, Operation
from local.estates.content import DOCKER_LIST, DOCKER_MANIFEST
from local.estates.registry import Registry

COVERED = frozenset({DOCKER_MANIFEST, DOCKER_LIST})
"""The retention policy does not touch OCI media types."""


def sweep_retention(
    registry: Registry, contents: Contents, started: datetime, now: datetime
) -> list[Operation]:
    """Delete manifests that were untagged after the policy began, and for so many days."""
    policy = registry.policies.retention
    if policy.status != "Enabled" or registry.sku != "Premium":
        return []
    began = started - policy.updated
    done = []
    for repository in contents.repositories.values():
        used = repository.children()
        for manifest in list(repository.manifests.values()):
            limit = now - timedelta(days=policy.days)
            if manifest.digest not in used and expired(manifest, began, limit):
                del repository.manifests[manifest.digest]
                done.append(operation("retention", registry, repository, manifest, now))
    return done


def expired(manifest: Manifest, began: datetime, limit: datetime) -> bool:
    """Whether the retention policy takes a manifest that no index lists.

    Source: MicrosoftDocs azure-management-docs container-registry-retention-policy.md; that
    children of an index are spared is inferred.
    """
    return (
        manifest.media_type in COVERED
        and manifest.untagged is not None
        and began <= manifest.untagged <= limit
        and manifest.locks.delete_enabled
        and manifest.locks.write_enabled
    )


def sweep_soft_deleted(registry: Registry, contents: Contents, now: datetime) -> list[Operation]:
    """Forget what was soft-deleted longer ago than the policy's present number of days."""
    policy = registry.policies.soft_delete
    limit = now - timedelta(days=policy.days)
    done = []
    for repository in contents.repositories.values():
        for digest, deleted in list(repository.deleted.items()):
            if deleted.time <= limit:
                del repository.deleted[digest]
                done.append(
                    operation("soft-delete purge", registry, repository, deleted.manifest, now)
                )
    return done


def operation(
    kind: Kind, registry: Registry, repository: Repository, manifest: Manifest, now: datetime
) -> Operation:
    """The record of a deletion that nobody asked for."""
    return Operation(
        kind=kind,
        time=now,
        registry=registry.name,
        repository=repository.name,
        digest=manifest.digest,
        media_type=manifest.media_type,
    )
