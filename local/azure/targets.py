"""What a verb is about, who does it, and the record of it."""

import uuid
from dataclasses import dataclass

from local.azure.acr.accounts import of_identity
from local.azure.contents.model import Contents, Manifest
from local.azure.operations import Kind, Operation, Requester
from local.azure.world import World
from local.estates.registry import Registry


@dataclass(frozen=True)
class Target:
    """What a verb is about."""

    registry: Registry
    contents: Contents
    repository: str
    reference: str
    """Tag or digest; empty for the whole repository."""


def target(world: World, text: str) -> Target:
    """What a reference names. Raises KeyError for an unknown registry."""
    host, _, path = text.partition("/")
    registry = world.registry_at(host) or world.registry(host)
    if "@" in path:
        repository, _, reference = path.partition("@")
    else:
        repository, _, reference = path.partition(":")
    return Target(registry, world.contents[registry.name], repository, reference)


def requester(world: World, by: str, method: str, user_agent: str) -> Requester:
    """Who a verb is done by; an unknown name stands for itself."""
    identity = world.identity(by) if by else None
    account = of_identity(identity, world.estate.domain) if identity else None
    return Requester(
        name=account.name if account else by,
        object_id=account.object_id if account else "",
        address="203.0.113.10",
        user_agent=user_agent,
        method=method,
        request_id=str(uuid.uuid4()),
    )


def record(
    world: World,
    at: Target,
    kind: Kind,
    *,
    manifest: Manifest | None,
    who: Requester,
) -> None:
    """Record an operation on what the target names; that also sends its event, if it has one."""
    world.record(
        Operation(
            kind=kind,
            time=world.now(),
            registry=at.registry.name,
            requester=who,
            repository=at.repository,
            tag="" if ":" in at.reference else at.reference,
            digest=manifest.digest if manifest else "",
            media_type=manifest.media_type if manifest else "",
            size=len(manifest.body) if manifest else 0,
            artifact_type=manifest.parsed.artifact_type if manifest else "",
            quarantined=manifest.quarantined if manifest else False,
        )
    )
