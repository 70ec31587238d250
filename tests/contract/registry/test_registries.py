"""Which registries there are, how they are set up, who may what, and what must not be sent."""

import pytest
from msgspec.structs import replace

from local.azure import edits
from local.azure.simulator import Simulator
from shared.domain.diagnosis import Gap
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import (
    LoginServerAddress,
    RegistryAnswer,
    RegistryProfile,
    RegistryUsages,
    Replications,
    RoleAssignments,
    ScopedToken,
    Sku,
)
from shared.domain.facts.workload import IdentityKind, PullIdentity
from shared.domain.pulls import Registry
from tests.contract.registry.conftest import SETTINGS, Azure, observing

CONTOSO = "contoso.azurecr.io"


def identity(azure: Azure, name: str) -> PullIdentity:
    found = azure.world.identity(name)
    assert found is not None
    return PullIdentity(kind=IdentityKind.MANAGED_IDENTITY, name=name, principal_id=found.object_id)


async def test_the_registries_that_can_be_read(azure: Azure) -> None:
    found = await azure.end.registries()
    assert [one.login_server for one in found.known] == [
        CONTOSO,
        "hidden.azurecr.io",
        "tailwind.azurecr.io",
    ]
    assert all("/registries/" in one.resource_id for one in found.known)
    assert found.gaps == ()


async def test_settings_choose_registries_and_name_what_is_missing(simulator: Simulator) -> None:
    settings = replace(SETTINGS, registries=(CONTOSO, "nowhere.azurecr.io"))
    async with observing(simulator, settings) as azure:
        found = await azure.end.registries()
    assert [one.login_server for one in found.known] == [CONTOSO, "nowhere.azurecr.io"]
    assert found.gaps == (Gap("nowhere.azurecr.io", "no such registry could be read"),)


async def test_the_setup_of_a_registry(azure: Azure) -> None:
    seen = await azure.see(f"{CONTOSO}/web:v1")
    profile = seen[RegistryProfile]
    assert (profile.login_server, profile.sku, profile.region) == (
        CONTOSO,
        Sku.PREMIUM,
        "westeurope",
    )
    assert profile.admits_everyone
    assert {one.name for one in seen[RegistryUsages].usages} >= {"Size", "Webhooks"}
    assert seen[LoginServerAddress].exists
    assert seen[LoginServerAddress].aliases
    answer = seen[RegistryAnswer]
    assert (answer.answer.status, answer.challenged) == (401, True)


async def test_the_replicas_of_a_registry(azure: Azure) -> None:
    seen = await azure.see("hidden.azurecr.io/app:v1")
    assert [(one.region, one.endpoint_enabled) for one in seen[Replications].replicas] == [
        ("westeurope", True),
        ("northeurope", False),
    ]


async def test_abac(azure: Azure) -> None:
    assert (await azure.see("tailwind.azurecr.io/api:v1"))[RegistryProfile].abac


async def test_an_unreachable_registry_says_nothing_of_its_images(azure: Azure) -> None:
    seen = await azure.see("hidden.azurecr.io/app:v1")
    assert seen[RegistryAnswer].answer.status == 403
    assert not seen[RegistryProfile].public_network_access
    assert seen[RegistryProfile].private_endpoints[0].state == "Approved"
    for kind in ("ManifestAnswer", "ManifestState", "ImageContent", "MonitorAccess"):
        assert seen.gaps[kind].startswith("not reachable from where Pullwatch runs")
    assert azure.asked("hidden.azurecr.io", lambda route: "oauth2" in route) == 0


async def test_a_closed_firewall_names_the_monitors_address(azure: Azure) -> None:
    edits.close_firewall(azure.world, "contoso")
    seen = await azure.see(f"{CONTOSO}/web:v1")
    assert "198.51.100.20" in seen[RegistryAnswer].answer.errors[0].message
    assert "198.51.100.20" in seen.gaps["ManifestAnswer"]


async def test_a_registry_that_is_not_known_gets_no_token(azure: Azure) -> None:
    seen = await azure.see("foreign.azurecr.io/app:v1")
    assert "no registry with the login server foreign" in seen.gaps["RegistryProfile"]
    assert "not known to the monitor" in seen.gaps["ManifestAnswer"]
    assert seen[RegistryAnswer].challenged
    assert seen[LoginServerAddress].exists
    assert azure.asked("foreign.azurecr.io", lambda route: "oauth2" in route) == 0


async def test_a_login_server_that_does_not_exist(azure: Azure) -> None:
    seen = await azure.see("typo.azurecr.io/app:v1")
    assert not seen[LoginServerAddress].exists
    assert "RegistryProfile" in seen.gaps


async def test_a_registry_elsewhere_is_looked_up_but_not_asked(azure: Azure) -> None:
    seen = await azure.see("evil.example:8443/app:v1")
    assert "no Azure Container Registry" in seen.gaps["RegistryAnswer"]
    assert "not known" in seen.gaps["ManifestAnswer"]


async def test_names_that_cannot_be_looked_up_are_not_missing(azure: Azure) -> None:
    azure.world.faults.names[CONTOSO] = "servfail"
    seen = await azure.see(f"{CONTOSO}/web:v1")
    assert "could not be looked up" in seen.gaps["LoginServerAddress"]
    assert "not reachable" in seen.gaps["ManifestAnswer"]


async def test_the_roles_of_an_identity(azure: Azure) -> None:
    seen = await azure.see(f"{CONTOSO}/web:v1", identity(azure, "puller"))
    (held,) = seen[RoleAssignments].assignments
    assert held.role_name == "AcrPull"
    assert held.scope.endswith("/registries/contoso")
    assert any("pull/read" in action for one in held.permissions for action in one.actions)
    assert held.created is not None


async def test_roles_held_through_a_group_need_no_right_in_the_directory(azure: Azure) -> None:
    seen = await azure.see(f"{CONTOSO}/web:v1", identity(azure, "member"))
    rights = seen[RoleAssignments]
    assert rights.groups_known
    assert [one.role_name for one in rights.assignments] == ["AcrPull"]
    assert rights.assignments[0].principal_id != rights.principal_id


async def test_no_role_at_all_is_a_fact(azure: Azure) -> None:
    seen = await azure.see("tailwind.azurecr.io/api:v1", identity(azure, "puller"))
    rights = seen[RoleAssignments]
    assert rights.assignments == ()
    assert rights.groups_known


async def test_roles_of_other_identities_of_the_workload(azure: Azure) -> None:
    who = identity(azure, "member")
    other = identity(azure, "other").principal_id
    seen = await azure.see(f"{CONTOSO}/web:v1", replace(who, related={"slot": other}))
    assert [one.role_name for one in seen[RoleAssignments].related] == ["AcrPush"]


async def test_a_token_and_its_scope_map(azure: Azure) -> None:
    who = PullIdentity(kind=IdentityKind.TOKEN, name="mailer")
    token = (await azure.see(f"{CONTOSO}/web:v1", who))[ScopedToken]
    assert token.exists
    assert token.enabled
    assert token.actions == ("repositories/web/content/read",)
    assert len(token.expires) == 1
    assert token.expires[0] is not None


async def test_a_token_that_is_not_there(azure: Azure) -> None:
    who = PullIdentity(kind=IdentityKind.TOKEN, name="nobody")
    assert not (await azure.see(f"{CONTOSO}/web:v1", who))[ScopedToken].exists


async def test_every_tag_and_what_has_none(azure: Azure) -> None:
    (registry,) = [
        one for one in (await azure.end.registries()).known if one.login_server == CONTOSO
    ]
    listing = await azure.end.tags(registry, "web")
    assert listing.tags is not None
    assert listing.tags["v1"] == listing.tags["stable"]
    assert len(listing.orphans) >= 2
    nothing = await azure.end.tags(registry, "no/such")
    assert nothing.tags is None
    assert listing.orphans_known, "so a digest that is nowhere in it is gone"
    assert nothing.orphans_known


async def test_nothing_is_listed_of_an_unknown_registry(azure: Azure) -> None:
    with pytest.raises(CouldNotLookError, match="no registry that is known"):
        await azure.end.tags(Registry("foreign.azurecr.io", "/x"), "app")
    assert azure.asked("foreign.azurecr.io") == 0
