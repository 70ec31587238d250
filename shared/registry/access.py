"""Who holds which roles at a registry: assignments, role definitions, denials, groups."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared.adapters.arm import Arm, Json, NotFoundError
from shared.adapters.graph import GUID, Graph
from shared.domain.clock import utc
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import (
    DenyAssignment,
    Permission,
    RoleAssignment,
    RoleAssignments,
)
from shared.domain.facts.workload import PullIdentity
from shared.domain.pulls import Registry

VERSION = "2022-04-01"
EVERYONE = "00000000-0000-0000-0000-000000000000"
"""The principal id of "all principals" in a deny assignment."""

MOST_ELSEWHERE = 20
"""Assignments at other places whose roles are looked up."""

_AUTHORIZATION = "/providers/Microsoft.Authorization"


class Access:
    """Reads rights. Every principal of a registry is answered from one listing of it."""

    def __init__(self, arm: Arm, graph: Graph) -> None:
        """Both cache what they read; built-in roles never change, so they are kept for good."""
        self._arm = arm
        self._graph = graph
        self._built_in: dict[str, Json] = {}

    async def of(self, registry: Registry, identity: PullIdentity) -> RoleAssignments:
        """
        Read the rights of an identity, its groups' rights among them, at the registry or above.

        Raises:
            CouldNotLookError: assignments, denials or a role's definition could not be read.

        """
        scope = registry.resource_id + _AUTHORIZATION
        assigned, denied = await asyncio.gather(
            self._arm.list(f"{scope}/roleAssignments?$filter=atScope()", VERSION),
            self._arm.list(f"{scope}/denyAssignments?$filter=atScope()", VERSION),
        )
        groups, groups_known = await self._groups(registry, identity.principal_id, assigned, denied)
        own = {identity.principal_id.lower(), *groups}
        related = {object_id.lower() for object_id in identity.related.values()} - own
        held = await self._held_by(own, assigned)
        return RoleAssignments(
            principal_id=identity.principal_id,
            assignments=held,
            elsewhere=() if held else await self._elsewhere(registry, identity.principal_id),
            related=await self._held_by(related, assigned),
            denials=tuple(
                _denial(one)
                for one in denied
                if _is_for(_properties(one), registry)
                and _may_hit(_properties(one), own, groups_known=groups_known)
            ),
            groups_known=groups_known,
            groups=tuple(sorted(groups)),
        )

    async def _groups(
        self,
        registry: Registry,
        principal_id: str,
        assigned: Collection[Json],
        denied: Collection[Json],
    ) -> tuple[frozenset[str], bool]:
        """The groups of a principal, and whether no other group can matter."""
        if not _name_groups(assigned, denied):
            return frozenset(), True
        try:
            found = await self._graph.groups_of(principal_id)
        except NotFoundError:
            return frozenset(), True
        except CouldNotLookError:
            return await self._holding_groups(registry, principal_id, denied)
        return frozenset(group.lower() for group in found), True

    async def _holding_groups(
        self, registry: Registry, principal_id: str, denied: Collection[Json]
    ) -> tuple[frozenset[str], bool]:
        """Those of its groups that hold a role here: ARM tells them without the directory."""
        if not GUID.fullmatch(principal_id):
            return frozenset(), False
        asked = f"$filter=atScope() and assignedTo('{principal_id}')"
        scope = registry.resource_id + _AUTHORIZATION
        try:
            found = await self._arm.list(f"{scope}/roleAssignments?{asked}", VERSION)
        except CouldNotLookError:
            return frozenset(), False
        groups = frozenset(
            _principal(one) for one in found if _properties(one).get("principalType") == "Group"
        )
        return groups, not _name_groups((), denied)

    async def _elsewhere(self, registry: Registry, principal_id: str) -> tuple[RoleAssignment, ...]:
        """Roles of a principal in the registry's subscription, at what is not above the registry.

        They explain that a role was given, but at the wrong place. That they cannot be read
        leaves no question open.
        """
        if not GUID.fullmatch(principal_id) or not registry.resource_id.startswith("/subscri"):
            return ()
        subscription = "/".join(registry.resource_id.split("/")[:3])
        asked = f"$filter=principalId eq '{principal_id}'"
        try:
            found = await self._arm.list(
                f"{subscription}{_AUTHORIZATION}/roleAssignments?{asked}", VERSION
            )
            return await self._held_by({principal_id.lower()}, found[:MOST_ELSEWHERE])
        except CouldNotLookError:
            return ()

    async def _held_by(
        self, principals: Collection[str], assigned: Collection[Json]
    ) -> tuple[RoleAssignment, ...]:
        held = [one for one in assigned if _principal(one) in principals]
        return tuple(await asyncio.gather(*map(self._assignment, held)))

    async def _assignment(self, one: Json) -> RoleAssignment:
        properties = _properties(one)
        role = _properties(await self._role(str(properties.get("roleDefinitionId"))))
        return RoleAssignment(
            id=str(one.get("id", "")),
            principal_id=str(properties.get("principalId", "")),
            role_name=str(role.get("roleName", "")),
            scope=str(properties.get("scope", "")),
            permissions=_permissions(role),
            condition=str(properties.get("condition") or ""),
            created=_when(properties.get("createdOn")),
        )

    async def _role(self, definition_id: str) -> Json:
        if definition_id in self._built_in:
            return self._built_in[definition_id]
        found = await self._arm.get(definition_id, VERSION)
        if _properties(found).get("type") == "BuiltInRole":
            self._built_in[definition_id] = found
        return found


def _properties(one: Json) -> Mapping[str, Any]:
    found = one.get("properties")
    return found if isinstance(found, dict) else {}


def _principal(one: Json) -> str:
    return str(_properties(one).get("principalId", "")).lower()


def _name_groups(assigned: Collection[Json], denied: Collection[Json]) -> bool:
    """Whether groups matter here at all: if not, nobody has to be asked for them."""
    kinds = {_properties(one).get("principalType") for one in assigned}
    named = [
        principal
        for one in denied
        for key in ("principals", "excludePrincipals")
        for principal in _properties(one).get(key) or ()
    ]
    return "Group" in kinds or any(one.get("type") == "Group" for one in named)


def _is_for(properties: Mapping[str, Any], registry: Registry) -> bool:
    scope = str(properties.get("scope", "")).lower().rstrip("/")
    here = scope == registry.resource_id.lower().rstrip("/")
    return here or not properties.get("doNotApplyToChildScopes")


def _may_hit(properties: Mapping[str, Any], own: Collection[str], *, groups_known: bool) -> bool:
    """Whether a denial names the principal, or a group that it may be in for all that is known."""
    if not _ids(properties, "excludePrincipals").isdisjoint(own):
        return False
    named = properties.get("principals") or ()
    open_question = not groups_known and any(one.get("type") == "Group" for one in named)
    ids = _ids(properties, "principals")
    return open_question or EVERYONE in ids or not ids.isdisjoint(own)


def _denial(one: Json) -> DenyAssignment:
    properties = _properties(one)
    return DenyAssignment(
        id=str(one.get("id", "")),
        name=str(properties.get("denyAssignmentName", "")),
        principal_ids=tuple(sorted(_ids(properties, "principals"))),
        excluded_principal_ids=tuple(sorted(_ids(properties, "excludePrincipals"))),
        permissions=_permissions(properties),
        condition=str(properties.get("condition") or ""),
    )


def _ids(properties: Mapping[str, Any], key: str) -> frozenset[str]:
    return frozenset(str(one.get("id", "")).lower() for one in properties.get(key) or ())


def _permissions(properties: Mapping[str, Any]) -> tuple[Permission, ...]:
    return tuple(
        Permission(
            actions=tuple(one.get("actions") or ()),
            not_actions=tuple(one.get("notActions") or ()),
            data_actions=tuple(one.get("dataActions") or ()),
            not_data_actions=tuple(one.get("notDataActions") or ()),
        )
        for one in properties.get("permissions") or ()
    )


def _when(text: object) -> datetime | None:
    with suppress(ValueError):
        return utc(str(text or ""))
    return None
