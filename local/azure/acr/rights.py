"""What an account may do with a repository: by permissions, never by the names of roles.

Legacy registries ask for actions of the control plane, ABAC registries for data actions under
conditions and for nothing else (MicrosoftDocs azure-management-docs
container-registry-rbac-abac-repository-permissions.md). Tokens have their scope map.
"""

from typing import Final

from local.azure.acr.accounts import Account
from local.azure.rights import grants
from local.estates.conditions import Request, compile_condition
from local.estates.identity import Identity, RoleAssignment
from local.estates.model import Estate
from local.estates.registry import Registry
from local.estates.wildcards import stands_for

ACR: Final = "Microsoft.ContainerRegistry/registries"

LEGACY: Final = {
    "pull": f"{ACR}/pull/read",
    "push": f"{ACR}/push/write",
    "delete": f"{ACR}/artifacts/delete",
    "metadata_read": f"{ACR}/pull/read",
    "metadata_write": f"{ACR}/metadata/write",
    "deleted_read": f"{ACR}/deleted/read",
    "deleted_restore": f"{ACR}/deleted/restore/action",
    "quarantine_read": f"{ACR}/quarantine/read",
    "quarantine_write": f"{ACR}/quarantine/write",
}
"""Action in a token -> action of a role. Reading metadata follows pulling [inferred]; writing it is
an action of its own, which AcrPush does not list (Azure's resource provider operations)."""

ABAC: Final = {
    "pull": f"{ACR}/repositories/content/read",
    "push": f"{ACR}/repositories/content/write",
    "delete": f"{ACR}/repositories/content/delete",
    "metadata_read": f"{ACR}/repositories/metadata/read",
    "metadata_write": f"{ACR}/repositories/metadata/write",
}
"""Action in a token -> data action of a role. The rest stay actions of the control plane."""

SCOPE_MAP: Final = {
    "content/read": "pull",
    "content/write": "push",
    "content/delete": "delete",
    "metadata/read": "metadata_read",
    "metadata/write": "metadata_write",
}

ANONYMOUS_ACTIONS: Final = frozenset({"pull", "metadata_read"})
ADMIN_ACTIONS: Final = frozenset(LEGACY)
CATALOG: Final = "catalog"
DELETED_CATALOG: Final = "deleted_catalog"


def allowed(estate: Estate, registry: Registry, who: Account, repository: str) -> frozenset[str]:
    """The actions that an account may do with a repository."""
    match who.kind:
        case "admin":
            return ADMIN_ACTIONS
        case "anonymous":
            return ANONYMOUS_ACTIONS if registry.anonymous_pull_enabled else frozenset()
        case "token":
            return of_scope_map(registry, who.key, repository)
        case "identity":
            identity = identity_named(estate, who.key)
            granted = (a for a in LEGACY if may(estate, registry, identity, a, repository))
            return frozenset(granted) if identity else frozenset()


def may_list(estate: Estate, registry: Registry, who: Account, catalog: str = CATALOG) -> bool:
    """Whether an account may list repositories: a right of its own on ABAC registries."""
    if who.kind == "admin":
        return True
    identity = identity_named(estate, who.key) if who.kind == "identity" else None
    if identity is None:
        return False
    if catalog == DELETED_CATALOG:
        return may(estate, registry, identity, "deleted_read", "")
    if registry.role_assignment_mode == "LegacyRegistryPermissions":
        return may(estate, registry, identity, "metadata_read", "")
    action = f"{ACR}/catalog/repositories/read"
    found = grants(estate, identity, action, registry.id, data=True)
    return any(holds(each, action, None) for each in found)


def may_enter(estate: Estate, registry: Registry, who: Account) -> bool:
    """Whether a principal has any role that reaches the data of the registry, conditions aside.

    Without one the registry refuses to exchange its token (azure-cli reports that as
    CONNECTIVITY_REFRESH_TOKEN_ERROR with 401).
    """
    identity = identity_named(estate, who.key)
    if identity is None:
        return False
    if may_list(estate, registry, who):
        return True
    if registry.role_assignment_mode == "LegacyRegistryPermissions":
        return any(grants(estate, identity, each, registry.id) for each in LEGACY.values())
    return any(grants(estate, identity, each, registry.id, data=True) for each in ABAC.values())


def may(
    estate: Estate, registry: Registry, identity: Identity | None, action: str, repository: str
) -> bool:
    """Whether the roles of a principal allow one action on a repository."""
    if identity is None:
        return False
    is_abac = registry.role_assignment_mode == "AbacRepositoryPermissions"
    if is_abac and action in ABAC:
        found = grants(estate, identity, ABAC[action], registry.id, data=True)
        return any(holds(each, ABAC[action], repository) for each in found)
    return bool(grants(estate, identity, LEGACY[action], registry.id))


def holds(assignment: RoleAssignment, action: str, repository: str | None) -> bool:
    """Whether the condition of an assignment, if it has one, is met."""
    if assignment.condition is None:
        return True
    return compile_condition(assignment.condition)(Request(action, repository))


def of_scope_map(registry: Registry, token_name: str, repository: str) -> frozenset[str]:
    """The actions that the scope map of a token lists for a repository."""
    token = next((each for each in registry.tokens if each.name == token_name), None)
    maps = {each.name: each for each in registry.scope_maps}
    found = maps.get(token.scope_map) if token else None
    return frozenset(
        SCOPE_MAP[right]
        for entry in (found.actions if found else ())
        for name, right in [split(entry)]
        if right in SCOPE_MAP and stands_for(name, repository)
    )


def split(entry: str) -> tuple[str, str]:
    """`repositories/team/app/content/read` -> (`team/app`, `content/read`)."""
    parts = entry.removeprefix("repositories/").rsplit("/", maxsplit=2)
    return parts[0], "/".join(parts[1:])


def identity_named(estate: Estate, name: str) -> Identity | None:
    """An enabled identity of the estate."""
    found = (each for each in estate.identities if each.name == name and each.enabled)
    return next(found, None)
