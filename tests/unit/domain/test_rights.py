"""Who may pull, by permission."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.domain.facts.registry import (
    DenyAssignment,
    Permission,
    RoleAssignment,
    RoleAssignments,
)
from shared.domain.rights import EVERYONE, Verdict, Why, may_pull

NOW = datetime(2026, 9, 1, tzinfo=UTC)
ME, GROUP, OTHER = "me", "group", "other"
PULL = Permission(actions=("Microsoft.ContainerRegistry/registries/pull/read",))
CONTENT = Permission(
    data_actions=("Microsoft.ContainerRegistry/registries/repositories/content/read",)
)
ALL = Permission(actions=("*",))
ALL_DATA = Permission(data_actions=("*",))
NAME = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
FITS, MISSES, ODD = f"{NAME} StringEquals 'api'", f"{NAME} StringEquals 'web'", "Odd{'x'}"


def role(*permissions: Permission, condition: str = "", age: int = 60) -> RoleAssignment:
    return RoleAssignment(
        id="id",
        principal_id=ME,
        role_name="role",
        scope="/",
        permissions=permissions,
        condition=condition,
        created=NOW - timedelta(minutes=age),
    )


def deny(
    *principals: str,
    permission: Permission = ALL,
    spared: tuple[str, ...] = (),
    condition: str = "",
) -> DenyAssignment:
    return DenyAssignment(
        id="id",
        name="deny",
        principal_ids=principals,
        excluded_principal_ids=spared,
        permissions=(permission,),
        condition=condition,
    )


def verdict(
    *roles: RoleAssignment,
    abac: bool = False,
    denials: tuple[DenyAssignment, ...] = (),
    related: tuple[RoleAssignment, ...] = (),
    groups: tuple[str, ...] = (),
    groups_known: bool = True,
) -> Verdict:
    rights = RoleAssignments(
        principal_id=ME,
        assignments=roles,
        denials=denials,
        related=related,
        groups=groups,
        groups_known=groups_known,
    )
    return may_pull(rights, abac=abac, repository="api", at=NOW)


def told(found: Verdict) -> tuple[bool | None, Why]:
    return found.may, found.why


@pytest.mark.parametrize(
    ("permission", "abac", "may"),
    [
        (PULL, False, True),
        (CONTENT, True, True),
        (ALL, False, True),
        (ALL_DATA, True, True),
        (Permission(actions=("*/read",)), False, True),
        (Permission(data_actions=("*/content/read",)), True, True),
        (Permission(data_actions=("Microsoft.ContainerRegistry/*",)), True, True),
        (PULL, True, False),
        (ALL, True, False),
        (CONTENT, False, False),
        (ALL_DATA, False, False),
        (Permission(actions=("*",), not_actions=("*/pull/*",)), False, False),
        (Permission(actions=("*",), not_actions=("*",)), False, False),
        (Permission(data_actions=("*",), not_data_actions=("*/read",)), True, False),
        (Permission(actions=("*",), not_data_actions=("*",)), False, True),
        (Permission(actions=("*/write",)), False, False),
        (Permission(), False, False),
        (Permission(data_actions=("*/metadata/read",)), True, False),
    ],
)
def test_permissions_decide_and_not_names(permission: Permission, abac: bool, may: bool) -> None:
    assert verdict(role(permission), abac=abac).may is may


def test_exceptions_count_within_their_own_block_only() -> None:
    excepted = Permission(actions=("*",), not_actions=("*",))
    assert verdict(role(excepted, PULL)).may is True
    assert verdict(role(excepted), role(PULL)).may is True


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (verdict(), (False, Why.NO_ROLE)),
        (verdict(role(Permission(actions=("*/write",)))), (False, Why.NO_PULL)),
        (verdict(role(CONTENT)), (False, Why.OTHER_MODE)),
        (verdict(role(PULL), abac=True), (False, Why.OTHER_MODE)),
        (verdict(related=(role(PULL),)), (False, Why.RELATED)),
        (verdict(related=(role(CONTENT),)), (False, Why.NO_ROLE)),
        (verdict(groups_known=False), (None, Why.GROUPS)),
        (verdict(related=(role(PULL),), groups_known=False), (None, Why.GROUPS)),
        (verdict(role(PULL), groups_known=False), (True, Why.ROLE)),
        (verdict(role(CONTENT, condition=FITS), abac=True), (True, Why.ROLE)),
        (verdict(role(CONTENT, condition=MISSES), abac=True), (False, Why.CONDITION)),
        (verdict(role(CONTENT, condition=ODD), abac=True), (None, Why.UNREADABLE)),
        (
            verdict(role(CONTENT, condition=MISSES), abac=True, groups_known=False),
            (None, Why.GROUPS),
        ),
        (verdict(role(CONTENT, condition=MISSES), role(CONTENT), abac=True), (True, Why.ROLE)),
        (verdict(role(CONTENT, condition=ODD), role(CONTENT), abac=True), (True, Why.ROLE)),
        (verdict(role(PULL, condition=MISSES)), (None, Why.UNREADABLE)),
        (verdict(role(PULL, age=3)), (True, Why.RECENT)),
        (verdict(role(PULL, age=3), role(PULL)), (True, Why.ROLE)),
        (verdict(role(PULL, age=-1)), (True, Why.RECENT)),
        (verdict(role(PULL, age=-30)), (True, Why.ROLE)),
    ],
)
def test_the_reason_is_told(found: Verdict, expected: tuple[bool | None, Why]) -> None:
    assert told(found) == expected


@pytest.mark.parametrize(
    ("denial", "groups", "known", "expected"),
    [
        (deny(ME), (), True, (False, Why.DENIED)),
        (deny("ME"), (), True, (False, Why.DENIED)),
        (deny(EVERYONE), (), True, (False, Why.DENIED)),
        (deny(OTHER), (), True, (True, Why.ROLE)),
        (deny(GROUP), (GROUP,), True, (False, Why.DENIED)),
        (deny(GROUP), (), False, (None, Why.GROUPS)),
        (deny(EVERYONE, spared=(ME,)), (), True, (True, Why.ROLE)),
        (deny(EVERYONE, spared=(GROUP,)), (GROUP,), True, (True, Why.ROLE)),
        (deny(EVERYONE, spared=(GROUP,)), (), False, (None, Why.GROUPS)),
        (deny(ME, permission=ALL_DATA), (), True, (True, Why.ROLE)),
        (deny(ME, permission=PULL), (), True, (False, Why.DENIED)),
        (deny(ME, permission=Permission(actions=("*/write",))), (), True, (True, Why.ROLE)),
        (deny(ME, condition=ODD), (), True, (None, Why.UNREADABLE)),
        (deny(), (), True, (True, Why.ROLE)),
    ],
)
def test_deny_assignments_win_where_they_hit(
    denial: DenyAssignment,
    groups: tuple[str, ...],
    known: bool,
    expected: tuple[bool | None, Why],
) -> None:
    found = verdict(role(PULL), denials=(denial,), groups=groups, groups_known=known)
    assert told(found) == expected


def test_a_verdict_names_what_decides_it() -> None:
    granted, denial = role(PULL), deny(ME)
    assert verdict(granted).roles == (granted,)
    assert verdict(granted, denials=(denial,)).denial == denial


PERMISSIONS = st.sampled_from([PULL, CONTENT, ALL, ALL_DATA, Permission()])
ROLES = st.builds(
    role, PERMISSIONS, condition=st.sampled_from(["", FITS, MISSES, ODD]), age=st.integers(0, 20)
)
DENIALS = st.builds(
    deny,
    st.sampled_from([ME, GROUP, OTHER, EVERYONE]),
    permission=PERMISSIONS,
    spared=st.sampled_from([(), (ME,), (GROUP,)]),
    condition=st.sampled_from(["", FITS, ODD]),
)
RIGHTS = st.builds(
    RoleAssignments,
    principal_id=st.just(ME),
    assignments=st.lists(ROLES, max_size=4).map(tuple),
    related=st.lists(ROLES, max_size=2).map(tuple),
    denials=st.lists(DENIALS, max_size=3).map(tuple),
    groups_known=st.booleans(),
    groups=st.sampled_from([(), (GROUP,)]),
)
RANK = {False: 0, None: 1, True: 2}


def _may(rights: RoleAssignments, abac: bool) -> int:
    return RANK[may_pull(rights, abac=abac, repository="api", at=NOW).may]


@given(RIGHTS, DENIALS, st.booleans())
def test_one_more_denial_never_permits_more(
    rights: RoleAssignments, denial: DenyAssignment, abac: bool
) -> None:
    stricter = replace(rights, denials=(*rights.denials, denial))
    assert _may(stricter, abac) <= _may(rights, abac)


@given(RIGHTS, ROLES, st.booleans())
def test_one_more_role_never_permits_less(
    rights: RoleAssignments, added: RoleAssignment, abac: bool
) -> None:
    freer = replace(rights, assignments=(*rights.assignments, added))
    if not rights.denials:
        assert _may(freer, abac) >= _may(rights, abac)


@given(RIGHTS, st.booleans())
def test_what_is_not_known_of_groups_only_adds_doubt(rights: RoleAssignments, abac: bool) -> None:
    sure = may_pull(replace(rights, groups_known=True), abac=abac, repository="api", at=NOW)
    unsure = may_pull(replace(rights, groups_known=False), abac=abac, repository="api", at=NOW)
    assert unsure.may in (None, sure.may)


@given(RIGHTS, st.booleans())
def test_nobody_is_refused_without_a_reason(rights: RoleAssignments, abac: bool) -> None:
    found = may_pull(rights, abac=abac, repository="api", at=NOW)
    assert (found.why in (Why.ROLE, Why.RECENT)) == (found.may is True)
    assert (found.why in (Why.UNREADABLE, Why.GROUPS)) == (found.may is None)
