"""Who may do what: by permission, inherited, through groups, less what is denied."""

from pathlib import Path

import pytest

from local.azure.rights import grants, may, permits
from local.estates.identity import DenyAssignment, Identity, RoleDefinition
from local.estates.loader import load
from local.estates.model import Estate

PULL = "Microsoft.ContainerRegistry/registries/pull/read"
READ = "Microsoft.ContainerRegistry/registries/read"


@pytest.fixture
def estate() -> Estate:
    return load(Path(__file__).parent / "estate.yaml")


def who(estate: Estate, name: str) -> Identity:
    return next(one for one in estate.identities if one.name == name)


def registry(estate: Estate, name: str) -> str:
    return next(one.id for one in estate.registries if one.name == name)


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("Microsoft.ContainerRegistry/registries/read", True),
        ("microsoft.containerregistry/REGISTRIES/read", True),
        ("Microsoft.ContainerRegistry/registries/delete", False),
        ("Microsoft.Web/sites/read", False),
    ],
)
def test_a_role_allows_its_actions_less_its_not_actions(action: str, allowed: bool) -> None:
    role = RoleDefinition(
        name="gatekeeper",
        actions=["Microsoft.ContainerRegistry/*"],
        not_actions=["*/delete"],
        data_actions=["*"],
    )
    assert permits(role, action) is allowed
    assert permits(role, action, data=True)


def test_rights_are_inherited_from_management_groups(estate: Estate) -> None:
    monitor = who(estate, "monitor")
    assert may(estate, monitor, READ, registry(estate, "contoso"))
    assert may(estate, monitor, READ, registry(estate, "sandboxed"))


def test_rights_do_not_climb(estate: Estate) -> None:
    narrow = who(estate, "narrow")
    assert may(estate, narrow, READ, registry(estate, "fabrikam"))
    assert not may(estate, narrow, READ, registry(estate, "fabrikam").rsplit("/providers", 1)[0])
    assert not may(estate, narrow, READ, registry(estate, "contoso"))


def test_a_scope_is_a_whole_path_not_a_prefix(estate: Estate) -> None:
    narrow = who(estate, "narrow")
    assert not may(estate, narrow, READ, registry(estate, "fabrikam") + "2")


def test_groups_within_groups_count(estate: Estate) -> None:
    (assignment,) = grants(estate, who(estate, "kubelet"), PULL, registry(estate, "contoso"))
    assert assignment.principal == "operators"


def test_a_denial_wins_unless_it_excludes_the_principal(estate: Estate) -> None:
    tasks, scope = f"{READ.rsplit('/', 1)[0]}/tasks/read", registry(estate, "fabrikam")
    assert not may(estate, who(estate, "monitor"), tasks, scope)
    assert may(estate, who(estate, "monitor"), READ, scope)
    estate.deny_assignments[0].exclude_principals.append("monitor")
    assert may(estate, who(estate, "monitor"), tasks, scope)


def test_a_denial_may_spare_what_is_below(estate: Estate) -> None:
    group = registry(estate, "contoso").rsplit("/providers", 1)[0]
    estate.deny_assignments.append(
        DenyAssignment(
            name="group only",
            principals=["monitor"],
            scope=group,
            actions=["*"],
            do_not_apply_to_child_scopes=True,
        )
    )
    monitor = who(estate, "monitor")
    assert may(estate, monitor, READ, registry(estate, "contoso"))
    assert not may(estate, monitor, "Microsoft.Resources/subscriptions/read", group)


def test_an_assignment_with_a_condition_is_handed_over_not_decided(estate: Estate) -> None:
    estate.role_assignments[-1].condition = "@Request[x] StringEquals 'y'"
    narrow, scope = who(estate, "narrow"), registry(estate, "fabrikam")
    assert grants(estate, narrow, READ, scope)
    assert not may(estate, narrow, READ, scope)
