"""Who may pull: effective rights by permission, never by the name of a role.

Sources: "Azure attribute-based access control for repositories" of Azure Container Registry, and
learn.microsoft.com/azure/role-based-access-control/overview. Role propagation to the token server
takes up to ten minutes (the ACR FAQ).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shared.domain.conditions import Request, Truth, holds
from shared.domain.facts.registry import (
    DenyAssignment,
    Permission,
    RoleAssignment,
    RoleAssignments,
)
from shared.domain.wildcards import matches

PULL = "Microsoft.ContainerRegistry/registries/pull/read"
"""The action that a pull needs where the registry knows no repository permissions."""

CONTENT = "Microsoft.ContainerRegistry/registries/repositories/content/read"
"""The data action that it needs where the registry's mode is AbacRepositoryPermissions."""

REPOSITORY = "microsoft.containerregistry/registries/repositories:name"
EVERYONE = "00000000-0000-0000-0000-000000000000"
PROPAGATION = timedelta(minutes=10)


class Why(StrEnum):
    """What decides whether a principal may pull."""

    ROLE = "a role permits it"
    RECENT = "a role permits it, but was assigned minutes ago"
    NO_ROLE = "no role at all"
    NO_PULL = "no role that permits a pull"
    OTHER_MODE = "only roles that the registry ignores in its mode"
    CONDITION = "a condition leaves the repository out"
    DENIED = "a deny assignment takes it away"
    RELATED = "the role is on another identity of the workload"
    ELSEWHERE = "the role is at a scope that does not cover the registry"
    UNREADABLE = "a condition cannot be evaluated"
    GROUPS = "group membership is not known"


class Verdict(Struct, frozen=True):
    """Whether a principal may pull (None: cannot tell), and the assignments that decide it."""

    may: bool | None
    why: Why
    roles: tuple[RoleAssignment, ...] = ()
    denial: DenyAssignment | None = None


class Ask(Struct, frozen=True):
    """The permission that one pull needs."""

    abac: bool
    repository: str

    @property
    def action(self) -> str:
        return CONTENT if self.abac else PULL

    @property
    def request(self) -> Request:
        """A repository is known to conditions in ABAC mode only."""
        return Request(self.action, {REPOSITORY: self.repository} if self.abac else {})


def may_pull(rights: RoleAssignments, *, abac: bool, repository: str, at: datetime) -> Verdict:
    """Decide from role assignments whether their principal may pull from a repository."""
    ask = Ask(abac, repository)
    able = [role for role in rights.assignments if permits(role.permissions, ask)]
    admitted = [role for role in able if holds(role.condition, ask.request) is True]
    if admitted:
        return _less_denials(rights, ask, admitted, at)
    unsure = tuple(role for role in able if holds(role.condition, ask.request) is None)
    if unsure:
        return Verdict(None, Why.UNREADABLE, unsure)
    if not rights.groups_known:
        return Verdict(None, Why.GROUPS, tuple(able))
    if able:
        return Verdict(False, Why.CONDITION, tuple(able))
    return _refusal(rights, ask)


def permits(permissions: Iterable[Permission], ask: Ask) -> bool:
    """Whether a role definition allows the action: each block's actions less its exceptions."""
    return any(_covers(block, ask) for block in permissions)


def _covers(block: Permission, ask: Ask) -> bool:
    allowed, excepted = (
        (block.data_actions, block.not_data_actions)
        if ask.abac
        else (block.actions, block.not_actions)
    )
    hit = any(matches(pattern, ask.action) for pattern in allowed)
    return hit and not any(matches(pattern, ask.action) for pattern in excepted)


def _less_denials(
    rights: RoleAssignments, ask: Ask, admitted: list[RoleAssignment], at: datetime
) -> Verdict:
    relevant = [denial for denial in rights.denials if permits(denial.permissions, ask)]
    bites = [(denial, _bites(denial, rights, ask)) for denial in relevant]
    for denial, truth in bites:
        if truth is True:
            return Verdict(False, Why.DENIED, tuple(admitted), denial)
    for denial, truth in bites:
        if truth is None:
            known = holds(denial.condition, ask.request) is not None
            why = Why.GROUPS if known else Why.UNREADABLE
            return Verdict(None, why, tuple(admitted), denial)
    settled = [role for role in admitted if not _recent(role, at)]
    if settled:
        return Verdict(True, Why.ROLE, tuple(settled))
    return Verdict(True, Why.RECENT, tuple(admitted))


def _bites(denial: DenyAssignment, rights: RoleAssignments, ask: Ask) -> Truth:
    """Whether a deny assignment hits the principal, as far as its groups are known."""
    mine = {rights.principal_id.lower(), *(group.lower() for group in rights.groups)}
    named = {name.lower() for name in denial.principal_ids}
    spared = {name.lower() for name in denial.excluded_principal_ids}
    if mine & spared:
        return False
    if not (mine | {EVERYONE}) & named:
        return False if rights.groups_known or not named else None
    if spared and not rights.groups_known:
        return None
    return holds(denial.condition, ask.request)


def _refusal(rights: RoleAssignments, ask: Ask) -> Verdict:
    """Why nothing permits the pull, the most helpful reason first."""
    other = Ask(not ask.abac, ask.repository)
    ignored = tuple(r for r in rights.assignments if permits(r.permissions, other))
    if ignored:
        return Verdict(False, Why.OTHER_MODE, ignored)
    related = tuple(r for r in rights.related if _would_do(r, ask))
    if related:
        return Verdict(False, Why.RELATED, related)
    elsewhere = tuple(r for r in rights.elsewhere if permits(r.permissions, ask))
    if elsewhere:
        return Verdict(False, Why.ELSEWHERE, elsewhere)
    why = Why.NO_PULL if rights.assignments else Why.NO_ROLE
    return Verdict(False, why, rights.assignments)


def _would_do(role: RoleAssignment, ask: Ask) -> bool:
    return permits(role.permissions, ask) and holds(role.condition, ask.request) is not False


def _recent(role: RoleAssignment, at: datetime) -> bool:
    """One that was made after what is looked at is the most recent of all: bulk work reads caches.

    No clock is wrong by hours, so a time that far ahead tells nothing.
    """
    return role.created is not None and -PROPAGATION < at - role.created < PROPAGATION
