"""Microsoft.ManagedIdentity and Log Analytics workspaces."""

from collections.abc import Iterator
from functools import partial

from local.azure.arm.render.common import Entry, Json, always, tracked
from local.azure.world import World
from local.estates.identity import Identity
from local.estates.model import Workspace


def entries(world: World) -> Iterator[Entry]:
    """User-assigned identities, then workspaces."""
    for identity in world.estate.identities:
        if identity.kind == "managedIdentity" and not identity.deleted:
            render = always(partial(_identity, identity))
            yield Entry(identity.id, Identity.TYPE, render, in_graph=True)
    for workspace in world.estate.workspaces:
        render = always(partial(_workspace, workspace))
        yield Entry(workspace.id, Workspace.TYPE, render, in_graph=True)


def _workspace(workspace: Workspace) -> Json:
    properties = {"customerId": workspace.customer_id, "retentionInDays": 30}
    return tracked(workspace, properties)


def _identity(identity: Identity) -> Json:
    return tracked(
        identity,
        {
            "tenantId": identity.tenant,
            "principalId": identity.object_id,
            "clientId": identity.client_id,
        },
    )
