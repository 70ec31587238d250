"""What a principal may do where: role assignments, inheritance, groups and deny assignments.

Decided by the permissions of the role definitions, never by their names. Conditions (ABAC) are the
business of the resource that knows the request's attributes: `grants` hands the assignments over.
"""

from collections.abc import Iterable

from local.estates.identity import (
    EVERYONE,
    DenyAssignment,
    Identity,
    RoleAssignment,
    RoleDefinition,
)
from local.estates.model import Estate
from local.estates.wildcards import stands_for

_MANAGEMENT_GROUP = "/providers/microsoft.management/managementgroups/"


def may(estate: Estate, who: Identity, action: str, scope: str, *, data: bool = False) -> bool:
    """Whether an assignment without a condition lets `who` do `action` at the ARM id `scope`."""
    found = grants(estate, who, action, scope, data=data)
    return any(assignment.condition is None for assignment in found)


def may_anywhere(estate: Estate, who: Identity, action: str) -> bool:
    """Whether some role of `who` allows the action, at whatever scope."""
    names = principals(estate, who)
    held = {one.role for one in estate.role_assignments if one.principal in names}
    return any(permits(role, action) for role in estate.roles if role.name in held)


def grants(
    estate: Estate, who: Identity, action: str, scope: str, *, data: bool = False
) -> list[RoleAssignment]:
    """The assignments that let `who` do `action` at `scope`; none where a denial takes it away."""
    names = principals(estate, who)
    if any(
        _denies(estate, denial, names, action, scope, data=data)
        for denial in estate.deny_assignments
    ):
        return []
    roles = {role.name: role for role in estate.roles}
    return [
        assignment
        for assignment in estate.role_assignments
        if assignment.principal in names
        and covers(estate, assignment.scope, scope)
        and (role := roles.get(assignment.role)) is not None
        and permits(role, action, data=data)
    ]


def principals(estate: Estate, who: Identity) -> set[str]:
    """The name of the identity, and of every group it belongs to, directly or through a group."""
    names = {who.name}
    while found := {g.name for g in estate.groups if not names.isdisjoint(g.members)} - names:
        names |= found
    return names


def permits(role: RoleDefinition, action: str, *, data: bool = False) -> bool:
    """Whether the role definition allows the action: `actions` less `notActions`, `*` any text."""
    allowed, excluded = (
        (role.data_actions, role.not_data_actions) if data else (role.actions, role.not_actions)
    )
    return matches(allowed, action) and not matches(excluded, action)


def matches(patterns: Iterable[str], action: str) -> bool:
    """Whether one of the patterns stands for the action; upper and lower case are the same."""
    return any(stands_for(pattern.lower(), action.lower()) for pattern in patterns)


def covers(estate: Estate, above: str, scope: str) -> bool:
    """Whether `above` is `scope` or one of its ancestors, management groups included."""
    upper, lower = above.rstrip("/").lower(), scope.rstrip("/").lower()
    if upper in {"", lower} or lower.startswith(upper + "/"):
        return True
    if not upper.startswith(_MANAGEMENT_GROUP):
        return False
    group = upper.removeprefix(_MANAGEMENT_GROUP)
    for subscription in estate.subscriptions:
        root = f"/subscriptions/{subscription.id}".lower()
        if lower == root or lower.startswith(root + "/"):
            return group in {name.lower() for name in subscription.management_groups}
    return False


def _denies(
    estate: Estate, denial: DenyAssignment, names: set[str], action: str, scope: str, *, data: bool
) -> bool:
    if EVERYONE not in denial.principals and names.isdisjoint(denial.principals):
        return False
    if not names.isdisjoint(denial.exclude_principals):
        return False
    here = denial.scope.lower() == scope.lower()
    if not here and (
        denial.do_not_apply_to_child_scopes or not covers(estate, denial.scope, scope)
    ):
        return False
    denied, spared = (
        (denial.data_actions, denial.not_data_actions)
        if data
        else (denial.actions, denial.not_actions)
    )
    return matches(denied, action) and not matches(spared, action)
