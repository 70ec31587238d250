"""What an account may do with a repository, decided by permissions."""

import pytest

from local.azure.acr.accounts import ANONYMOUS, Account
from local.azure.acr.rights import allowed, may_enter, may_list
from local.estates import loads
from local.estates.model import Estate

ME = Account("identity", "me")
ACR = "Microsoft.ContainerRegistry/registries"


def estate(extra: str, *, mode: str = "LegacyRegistryPermissions") -> Estate:
    return loads(f"""
subscriptions: [{{name: production, managementGroups: [root]}}]
identities: [{{name: me}}, {{name: other}}]
registries: [{{name: fabrikam, roleAssignmentMode: {mode}}}, {{name: second}}]
{extra}
""")


def assigned(role: str, scope: str = "registry/fabrikam", principal: str = "me") -> str:
    return f"roleAssignments: [{{principal: {principal}, role: {role}, scope: {scope}}}]\n"


def rights(described: Estate, repository: str = "app") -> set[str]:
    return set(allowed(described, described.registries[0], ME, repository))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("AcrPull", {"pull", "metadata_read"}),
        ("AcrPush", {"pull", "metadata_read", "push"}),
        ("AcrDelete", {"delete"}),
        ("Container Registry Repository Reader", set()),
        ("Monitoring Reader", {"pull", "metadata_read", "deleted_read", "quarantine_read"}),
        ("Azure Kubernetes Service Cluster User Role", set()),
    ],
)
def test_roles_in_a_legacy_registry(role: str, expected: set[str]) -> None:
    assert rights(estate(assigned(role))) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("AcrPull", set()),
        ("Owner", {"deleted_read", "deleted_restore", "quarantine_read", "quarantine_write"}),
        ("Reader", {"deleted_read", "quarantine_read"}),
        ("Container Registry Repository Reader", {"pull", "metadata_read"}),
        (
            "Container Registry Repository Contributor",
            {"pull", "push", "delete", "metadata_read", "metadata_write"},
        ),
    ],
)
def test_roles_in_an_abac_registry(role: str, expected: set[str]) -> None:
    assert rights(estate(assigned(role), mode="AbacRepositoryPermissions")) == expected


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        ("registry/fabrikam", True),
        ("resourceGroup/main", True),
        ("subscription/production", True),
        ("managementGroup/root", True),
        ("registry/second", False),
    ],
)
def test_a_role_is_inherited_from_above(scope: str, reaches: bool) -> None:
    assert ("pull" in rights(estate(assigned("AcrPull", scope)))) is reaches


def test_a_role_of_a_group_within_a_group_counts() -> None:
    groups = "groups: [{name: outer, members: [inner]}, {name: inner, members: [me, outer]}]\n"
    assert "pull" in rights(estate(groups + assigned("AcrPull", principal="outer")))


@pytest.mark.parametrize(
    ("actions", "not_actions", "expected"),
    [
        (f"[{ACR}/pull/read]", "[]", True),
        (f"[{ACR}/*]", "[]", True),
        ("[Microsoft.ContainerRegistry/*/read]", "[]", True),
        (f"[{ACR.upper()}/PULL/READ]", "[]", True),
        ("['*']", f"[{ACR}/pull/read]", False),
        (f"[{ACR}/read]", "[]", False),
    ],
)
def test_a_role_counts_by_its_permissions(actions: str, not_actions: str, expected: bool) -> None:
    role = f"roles: [{{name: Custom, actions: {actions}, notActions: {not_actions}}}]\n"
    assert ("pull" in rights(estate(role + assigned("Custom")))) is expected


def test_a_denial_beats_every_role() -> None:
    denial = f"""denyAssignments:
  - {{name: nobody-pulls, principals: [everyone], excludePrincipals: [other],
     scope: subscription/production, actions: [{ACR}/pull/read]}}
"""
    assert "pull" not in rights(estate(denial + assigned("Owner")))
    other = estate(denial + assigned("Owner", principal="other"))
    assert "pull" in allowed(other, other.registries[0], Account("identity", "other"), "app")


def test_the_action_that_a_condition_leaves_alone_is_granted() -> None:
    text = """
roleAssignments:
  - principal: me
    role: Container Registry Repository Reader
    scope: registry/fabrikam
    condition: >-
      !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) OR
      @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEquals 'app'
"""
    described = estate(text, mode="AbacRepositoryPermissions")
    assert rights(described, "app") == {"pull", "metadata_read"}
    assert rights(described, "other") == {"metadata_read"}


def test_a_disabled_identity_has_no_rights() -> None:
    described = estate(assigned("Owner"))
    described.identities[0].enabled = False
    assert rights(described) == set()
    assert not may_enter(described, described.registries[0], ME)


def test_listing_is_no_part_of_reading_in_an_abac_registry() -> None:
    reader = estate(
        assigned("Container Registry Repository Reader"), mode="AbacRepositoryPermissions"
    )
    assert not may_list(reader, reader.registries[0], ME)
    assert may_enter(reader, reader.registries[0], ME)
    lister = estate(
        assigned("Container Registry Repository Catalog Lister"), mode="AbacRepositoryPermissions"
    )
    assert may_list(lister, lister.registries[0], ME)
    assert rights(lister) == set()


def test_nobody_pulls_unless_the_registry_says_so() -> None:
    described = estate("")
    registry = described.registries[0]
    assert not allowed(described, registry, ANONYMOUS, "app")
    registry.anonymous_pull_enabled = True
    assert allowed(described, registry, ANONYMOUS, "app") == {"pull", "metadata_read"}
