"""Locks on tags and manifests (``changeableAttributes``): read, set, and the right that it takes.

The right is ``metadata/write``: in ABAC mode a data action of *Container Registry Repository
Writer*, else an action that Contributor has. AcrPush does not list it, so the remedy is a role with
nothing else in it. Source: Azure's resource provider operations of Microsoft.ContainerRegistry.
"""

import json
import shlex

from shared.domain.cleanup import Attributes
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import RegistryProfile
from shared.registry.answers import FORBIDDEN, UNAUTHORIZED, describe
from shared.registry.base import NotPermittedError
from shared.registry.repository import NotThereError, Repository
from shared.registry.wire import attributes

ACR = "Microsoft.ContainerRegistry/registries"
ROLE = "Pullwatch Image Locks"
BUILT_IN = {True: "Container Registry Repository Writer", False: "Contributor"}


async def read(repository: Repository, reference: str) -> Attributes | None:
    """
    Read the locks of a tag or a manifest; None for one that is not there.

    Raises:
        CouldNotLookError: it could not be read.

    """
    try:
        if ":" in reference:
            return attributes((await repository.attributes(reference)).changeable_attributes)
        return attributes((await repository.tag(reference)).changeable_attributes)
    except NotThereError:
        return None


async def write(
    repository: Repository, profile: RegistryProfile, reference: str, *, delete_enabled: bool
) -> None:
    """
    Set the lock against deletion, or take it away.

    Raises:
        NotPermittedError: the app has no right to.
        CouldNotLookError: it was not done.

    """
    grant = await repository.may_lock()
    if not grant.allows("metadata_write"):
        if grant.token or grant.answer.status in {UNAUTHORIZED, FORBIDDEN}:
            raise not_permitted(repository, profile)
        raise CouldNotLookError(f"no token to change locks: {describe(grant.answer)}")
    await repository.lock(reference, delete_enabled=delete_enabled)


def not_permitted(repository: Repository, profile: RegistryProfile) -> NotPermittedError:
    """What is missing, and the commands that grant it and nothing else."""
    action = f"{ACR}/repositories/metadata/write" if profile.abac else f"{ACR}/metadata/write"
    return NotPermittedError(
        f"Pullwatch may not lock images of {repository.host}/{repository.name}: its identity lacks "
        f"{action} (a role of its own with that and nothing else, or the built-in "
        f"{BUILT_IN[profile.abac]}, which may do much more)",
        (_definition(profile), _assignment(profile)),
    )


def _definition(profile: RegistryProfile) -> str:
    prefix = f"{ACR}/repositories/metadata" if profile.abac else f"{ACR}/metadata"
    rights = [f"{prefix}/read", f"{prefix}/write"]
    role = {
        "Name": ROLE,
        "Description": "Lock and unlock tags and manifests",
        "DataActions" if profile.abac else "Actions": rights,
        "AssignableScopes": [profile.resource_id],
    }
    return f"az role definition create --role-definition {shlex.quote(json.dumps(role))}"


def _assignment(profile: RegistryProfile) -> str:
    return (
        "az role assignment create --assignee-object-id OBJECT-ID-OF-PULLWATCH "
        f"--assignee-principal-type ServicePrincipal --role {shlex.quote(ROLE)} "
        f"--scope {shlex.quote(profile.resource_id)}"
    )
