"""Microsoft.Authorization: role assignments, role definitions and deny assignments at any scope."""

import re
from collections.abc import Iterator

from local.azure import rights
from local.azure.arm.errors import ArmError, bad_request
from local.azure.arm.render.common import Json
from local.azure.entra.directory import by_name, object_id_of
from local.azure.stamps import stamp
from local.azure.world import World
from local.estates.identity import EVERYONE, DenyAssignment, RoleAssignment, RoleDefinition

_PRINCIPAL = re.compile(r"principalId\s+eq\s+'([^']*)'", re.IGNORECASE)
_ASSIGNED = re.compile(r"assignedTo\('([^']*)'\)", re.IGNORECASE)
_ROLE_NAME = re.compile(r"roleName\s+eq\s+'([^']*)'", re.IGNORECASE)
_TYPE = "Microsoft.Authorization"
_NOBODY = "00000000-0000-0000-0000-000000000000"


def role_assignments(world: World, scope: str, text: str) -> list[Json]:
    """Assignments at the scope, above it (inherited) and, without `atScope()`, below it.

    Filters: `atScope()`, `principalId eq '...'`, `assignedTo('...')` (groups included).
    """
    wanted = _principals(world, text)
    return [
        _assignment(world, one, scope)
        for one in world.estate.role_assignments
        if _in_view(world, one.scope, scope, text) and (wanted is None or one.principal in wanted)
    ]


def deny_assignments(world: World, scope: str, text: str) -> list[Json]:
    """Deny assignments, seen and filtered as role assignments are."""
    wanted = _principals(world, text)
    return [
        _denial(world, one)
        for one in world.estate.deny_assignments
        if _in_view(world, one.scope, scope, text)
        and (wanted is None or EVERYONE in one.principals or not wanted.isdisjoint(one.principals))
    ]


def role_definitions(world: World, scope: str, text: str) -> list[Json]:
    """Roles that can be assigned at the scope; filter `roleName eq '...'`."""
    match = _ROLE_NAME.search(text)
    return [
        _definition(one, scope)
        for one in world.estate.roles
        if any(rights.covers(world.estate, above, scope) for above in one.assignable_scopes)
        and (match is None or one.name.lower() == match[1].lower())
    ]


def role_definition(world: World, scope: str, guid: str) -> Json:
    """A role by its GUID, named below the subscription of the scope. Raises ArmError 404."""
    for one in world.estate.roles:
        if one.id.lower() == guid.lower():
            return _definition(one, scope)
    message = f"The role definition with ID '{guid}' does not exist."
    raise ArmError(404, "RoleDefinitionDoesNotExist", message)


def role_assignment(world: World, guid: str) -> Json:
    """An assignment by its GUID. Raises ArmError 404."""
    for one in world.estate.role_assignments:
        if one.id.lower() == guid.lower():
            return _assignment(world, one, one.scope)
    raise ArmError(404, "RoleAssignmentNotFound", f"The role assignment '{guid}' is not found.")


def _in_view(world: World, assigned: str, scope: str, text: str) -> bool:
    if rights.covers(world.estate, assigned, scope):
        return True
    return "atscope()" not in text.lower() and rights.covers(world.estate, scope, assigned)


def _principals(world: World, text: str) -> set[str] | None:
    """Names that a filter asks for; None without one."""
    if match := _ASSIGNED.search(text):
        who = world.identity(match[1])
        return rights.principals(world.estate, who) if who else set()
    if match := _PRINCIPAL.search(text):
        return set(_named(world, match[1]))
    rest = re.sub(r"atScope\(\)|\s+and\s+|\s", "", text, flags=re.IGNORECASE)
    if rest:
        raise bad_request("BadRequestFormat", f"The filter {text!r} is not supported.")
    return None


def _named(world: World, object_id: str) -> Iterator[str]:
    wanted = object_id.lower()
    yield from (one.name for one in world.estate.identities if one.object_id.lower() == wanted)
    yield from (one.name for one in world.estate.groups if one.object_id.lower() == wanted)


def _assignment(world: World, one: RoleAssignment, seen_from: str) -> Json:
    who = by_name(world.estate, one.principal)
    made = stamp(world.clock.before_start(one.created))
    root = _root(one.scope) or _root(seen_from)
    role = f"{root}/providers/{_TYPE}/roleDefinitions/{_role_id(world, one)}"
    properties: Json = {
        "roleDefinitionId": role,
        "principalId": object_id_of(world.estate, one.principal),
        "principalType": who.principal_type if who else "Group",
        "scope": one.scope,
        "condition": one.condition,
        "conditionVersion": "2.0" if one.condition else None,
        "createdOn": made,
        "updatedOn": made,
        "createdBy": _NOBODY,
        "updatedBy": _NOBODY,
        "delegatedManagedIdentityResourceId": None,
        "description": None,
    }
    prefix = one.scope.rstrip("/")
    return {
        "id": f"{prefix}/providers/{_TYPE}/roleAssignments/{one.id}",
        "type": f"{_TYPE}/roleAssignments",
        "name": one.id,
        "properties": properties,
    }


def _role_id(world: World, one: RoleAssignment) -> str:
    return next((role.id for role in world.estate.roles if role.name == one.role), _NOBODY)


def _root(scope: str) -> str:
    """Role definitions are named below the subscription they are seen from; az relies on it."""
    parts = scope.split("/")
    return "/".join(parts[:3]) if scope.lower().startswith("/subscriptions/") else ""


def _definition(one: RoleDefinition, scope: str) -> Json:
    permissions = {
        "actions": one.actions,
        "notActions": one.not_actions,
        "dataActions": one.data_actions,
        "notDataActions": one.not_data_actions,
    }
    return {
        "id": f"{_root(scope)}/providers/{_TYPE}/roleDefinitions/{one.id}",
        "type": f"{_TYPE}/roleDefinitions",
        "name": one.id,
        "properties": {
            "roleName": one.name,
            "type": "BuiltInRole" if one.built_in else "CustomRole",
            "description": one.description,
            "assignableScopes": one.assignable_scopes,
            "permissions": [permissions],
        },
    }


def _denial(world: World, one: DenyAssignment) -> Json:
    permissions = {
        "actions": one.actions,
        "notActions": one.not_actions,
        "dataActions": one.data_actions,
        "notDataActions": one.not_data_actions,
    }
    return {
        "id": f"{one.scope.rstrip('/')}/providers/{_TYPE}/denyAssignments/{one.id}",
        "type": f"{_TYPE}/denyAssignments",
        "name": one.id,
        "properties": {
            "denyAssignmentName": one.name,
            "description": "",
            "permissions": [permissions],
            "scope": one.scope,
            "doNotApplyToChildScopes": one.do_not_apply_to_child_scopes,
            "principals": [_principal(world, name) for name in one.principals],
            "excludePrincipals": [_principal(world, name) for name in one.exclude_principals],
            "isSystemProtected": True,
        },
    }


def _principal(world: World, name: str) -> Json:
    if name == EVERYONE:
        return {"id": _NOBODY, "type": "SystemDefined"}
    who = by_name(world.estate, name)
    kind = who.principal_type if who else "Group"
    return {"id": object_id_of(world.estate, name), "type": kind}
