"""Rights read out of ARM and Graph."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.adapters.arm import Arm, ForbiddenError, Json, NotFoundError
from shared.adapters.graph import Graph
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.pulls import Registry
from shared.domain.rights import Why, may_pull
from shared.registry.access import EVERYONE, Access

SCOPE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso"
REGISTRY = Registry("contoso.azurecr.io", SCOPE)
ME = "11111111-2222-3333-4444-555555555555"
GROUP = "99999999-2222-3333-4444-555555555555"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHO = PullIdentity(kind=IdentityKind.MANAGED_IDENTITY, principal_id=ME)


class FakeArm(Arm):
    """Collections and resources by what their path contains."""

    def __init__(self) -> None:
        self.assigned: list[Json] = []
        self.assigned_to_me: list[Json] | CouldNotLookError = []
        self.denied: list[Json] | CouldNotLookError = []
        self.at_other_places: list[Json] | CouldNotLookError = []
        self.asked: list[str] = []

    async def list(self, path: str, api_version: str) -> tuple[Json, ...]:
        self.asked.append(path)
        rows: Any = self.denied if "denyAssignments" in path else self.assigned
        if "assignedTo" in path:
            rows = self.assigned_to_me
        if "principalId eq" in path:
            rows = self.at_other_places
        if isinstance(rows, CouldNotLookError):
            raise rows
        return tuple(rows)

    async def get(self, path: str, api_version: str) -> Json:
        self.asked.append(path)
        name = path.rpartition("/")[2]
        if name == "gone":
            raise NotFoundError(path)
        permissions = [{"actions": ["*/read"], "notActions": ["x"], "dataActions": None}]
        kind = "CustomRole" if name == "custom" else "BuiltInRole"
        return {"properties": {"roleName": name, "type": kind, "permissions": permissions}}


class FakeGraph(Graph):
    """Groups, or why they cannot be told."""

    def __init__(self) -> None:
        self.answer: frozenset[str] | CouldNotLookError = frozenset()

    async def groups_of(self, object_id: str) -> frozenset[str]:
        if isinstance(self.answer, CouldNotLookError):
            raise self.answer
        return self.answer


def assignment(principal: str, role: str = "AcrPull", kind: str = "ServicePrincipal") -> Json:
    return {
        "id": f"{SCOPE}/providers/Microsoft.Authorization/roleAssignments/1",
        "properties": {
            "principalId": principal,
            "principalType": kind,
            "roleDefinitionId": f"{ROLES}/{role}",
            "scope": SCOPE,
            "createdOn": "2026-01-02T03:04:05.1234567Z",
        },
    }


def denial(*principals: str, excluded: tuple[str, ...] = (), **more: Any) -> Json:
    return {
        "id": "/d",
        "properties": {
            "denyAssignmentName": "no",
            "scope": SCOPE,
            "principals": [{"id": one, "type": "ServicePrincipal"} for one in principals],
            "excludePrincipals": [{"id": one, "type": "ServicePrincipal"} for one in excluded],
            "permissions": [{"actions": ["*"]}],
            **more,
        },
    }


@pytest.fixture
def arm() -> FakeArm:
    return FakeArm()


@pytest.fixture
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture
def access(arm: FakeArm, graph: FakeGraph) -> Access:
    return Access(arm, graph)


async def test_own_assignments_only_with_their_permissions(arm: FakeArm, access: Access) -> None:
    arm.assigned = [assignment(ME.upper()), assignment("somebody else")]
    found = await access.of(REGISTRY, WHO)
    (held,) = found.assignments
    assert held.role_name == "AcrPull"
    assert held.permissions[0].actions == ("*/read",)
    assert held.permissions[0].not_actions == ("x",)
    assert held.created is not None
    assert held.created.year == 2026
    assert found.groups_known


async def test_built_in_roles_are_read_once(arm: FakeArm, access: Access) -> None:
    arm.assigned = [assignment(ME), assignment(ME, "custom")]
    await access.of(REGISTRY, WHO)
    await access.of(REGISTRY, WHO)
    assert arm.asked.count(f"{ROLES}/AcrPull") == 1
    assert arm.asked.count(f"{ROLES}/custom") == 2


async def test_groups_are_asked_for_only_where_a_group_has_a_role(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    graph.answer = ForbiddenError("403")
    arm.assigned = [assignment(ME)]
    assert (await access.of(REGISTRY, WHO)).groups_known
    assert not any("assignedTo" in path for path in arm.asked)


async def test_a_groups_role_counts(arm: FakeArm, graph: FakeGraph, access: Access) -> None:
    arm.assigned = [assignment(GROUP, kind="Group")]
    graph.answer = frozenset({GROUP})
    assert len((await access.of(REGISTRY, WHO)).assignments) == 1
    graph.answer = NotFoundError("no such principal")
    found = await access.of(REGISTRY, WHO)
    assert (found.assignments, found.groups_known) == ((), True)


async def test_arm_tells_groups_where_the_directory_does_not(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    graph.answer = ForbiddenError("403")
    arm.assigned = arm.assigned_to_me = [assignment(GROUP, kind="Group")]
    found = await access.of(REGISTRY, WHO)
    assert len(found.assignments) == 1
    assert found.groups_known


async def test_groups_that_nobody_tells_are_not_known(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    graph.answer = ForbiddenError("403")
    arm.assigned = [assignment(GROUP, kind="Group")]
    arm.assigned_to_me = CouldNotLookError("429")
    found = await access.of(REGISTRY, WHO)
    assert (found.assignments, found.groups_known) == ((), False)


async def test_a_denied_group_that_holds_no_role_is_not_known(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    graph.answer = ForbiddenError("403")
    one = denial(GROUP)
    one["properties"]["principals"][0]["type"] = "Group"
    arm.denied = [one]
    assert not (await access.of(REGISTRY, WHO)).groups_known


@pytest.mark.parametrize(
    ("one", "applies"),
    [
        (denial(ME), True),
        (denial(EVERYONE), True),
        (denial(EVERYONE, excluded=(ME,)), False),
        (denial("somebody else"), False),
        (denial(ME, doNotApplyToChildScopes=True), True),
        (denial(ME, doNotApplyToChildScopes=True, scope="/subscriptions/s"), False),
        (denial(ME, scope="/subscriptions/s"), True),
    ],
)
async def test_which_denials_apply(arm: FakeArm, access: Access, one: Json, applies: bool) -> None:
    arm.denied = [one]
    assert bool((await access.of(REGISTRY, WHO)).denials) is applies


def denied_group(group: str) -> Json:
    one = denial(group)
    one["properties"]["principals"][0]["type"] = "Group"
    return one


async def test_a_denial_of_the_principals_group_takes_its_role_away(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    arm.assigned, arm.denied = [assignment(ME)], [denied_group(GROUP)]
    graph.answer = frozenset({GROUP.upper()})
    found = may_pull(await access.of(REGISTRY, WHO), abac=False, repository="api", at=NOW)
    assert (found.may, found.why) == (False, Why.DENIED)


async def test_a_denial_of_a_group_that_nobody_can_read_leaves_it_open(
    arm: FakeArm, graph: FakeGraph, access: Access
) -> None:
    arm.assigned, arm.denied = [assignment(ME)], [denied_group(GROUP)]
    graph.answer = ForbiddenError("403")
    found = may_pull(await access.of(REGISTRY, WHO), abac=False, repository="api", at=NOW)
    assert (found.may, found.why) == (None, Why.GROUPS)


async def test_rights_are_not_guessed(arm: FakeArm, access: Access) -> None:
    arm.assigned = [assignment(ME, "gone")]
    with pytest.raises(CouldNotLookError):
        await access.of(REGISTRY, WHO)
    arm.assigned = []
    arm.denied = ForbiddenError("needs Microsoft.Authorization/denyAssignments/read")
    with pytest.raises(CouldNotLookError, match="denyAssignments/read"):
        await access.of(REGISTRY, WHO)


async def test_without_a_role_here_those_elsewhere_are_read(arm: FakeArm, access: Access) -> None:
    there = assignment(ME)
    there["properties"]["scope"] = "/subscriptions/s/resourceGroups/other"
    arm.assigned, arm.at_other_places = [], [there, assignment(GROUP)]
    rights = await access.of(REGISTRY, WHO)
    assert [one.scope for one in rights.elsewhere] == ["/subscriptions/s/resourceGroups/other"]
    arm.at_other_places = CouldNotLookError("403")
    assert (await access.of(REGISTRY, WHO)).elsewhere == ()


async def test_with_a_role_here_nothing_elsewhere_is_read(arm: FakeArm, access: Access) -> None:
    arm.assigned = [assignment(ME)]
    await access.of(REGISTRY, WHO)
    assert not any("principalId" in path for path in arm.asked)
