"""Who pulls: managed identities, and what a user name tells."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.compute.identity import (
    credential_expiry,
    host_of,
    identities_of,
    managed_identity,
    named_user,
    with_principal,
)
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import Audience, IdentityKind
from tests.unit.compute.fakes import GROUP, SERVER, FakeGraph

PULLER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller"
CLIENT = "11111111-2222-3333-4444-555555555555"
BLOCK: dict[str, Any] = {
    "identity": {
        "type": "SystemAssigned, UserAssigned",
        "principalId": "system-object",
        "tenantId": "tenant",
        "userAssignedIdentities": {
            PULLER.replace("resourceGroups", "resourcegroups"): {
                "principalId": "puller-object",
                "clientId": CLIENT,
            }
        },
    }
}
MINE = identities_of(BLOCK)


@pytest.mark.parametrize("reference", [PULLER, PULLER.upper(), CLIENT, CLIENT.upper()])
def test_a_user_assigned_identity_is_found_by_arm_id_or_client_id(reference: str) -> None:
    found = managed_identity(MINE, reference, where="x", audience=Audience.ARM)
    assert (found.principal_id, found.client_id) == ("puller-object", CLIENT)
    assert found.attached
    assert not found.system_assigned
    assert found.related == {"system-assigned identity": "system-object"}


def test_an_identity_that_the_resource_does_not_have_is_not_attached() -> None:
    other = PULLER.replace("puller", "other")
    found = managed_identity(MINE, other, where="x", audience=None)
    assert not found.attached
    assert found.name == "other"
    assert found.principal_id == ""
    assert found.related["puller"] == "puller-object"


def test_no_reference_means_the_system_assigned_identity() -> None:
    found = managed_identity(MINE, "", where="x", audience=Audience.ARM)
    assert found.system_assigned
    assert found.principal_id == "system-object"
    assert found.related == {"puller": "puller-object"}


@pytest.mark.parametrize("resource", [{}, {"identity": None}, {"identity": {"type": "None"}}])
def test_a_resource_without_identities_has_no_system_assigned_one(resource: Any) -> None:
    found = managed_identity(identities_of(resource), "", where="x", audience=None)
    assert not found.attached


@pytest.mark.parametrize(
    ("user", "server", "kind"),
    [
        (CLIENT, SERVER, IdentityKind.SERVICE_PRINCIPAL),
        ("contoso", SERVER, IdentityKind.ADMIN_USER),
        ("Contoso", SERVER, IdentityKind.ADMIN_USER),
        ("contoso", "contoso-abcd1234.azurecr.io", IdentityKind.ADMIN_USER),
        ("ci-pull", SERVER, IdentityKind.TOKEN),
        ("00000000-0000-0000-0000-000000000000", SERVER, IdentityKind.TOKEN),
    ],
)
def test_a_user_name_tells_what_logs_in(user: str, server: str, kind: IdentityKind) -> None:
    found = named_user(user, server, where="x")
    assert found.kind is kind
    assert found.client_id == (user if kind is IdentityKind.SERVICE_PRINCIPAL else "")


async def test_a_service_principals_object_id_comes_from_graph() -> None:
    user = named_user(CLIENT, SERVER, where="x")
    graph = FakeGraph({CLIENT: {"id": "sp-object"}})
    found = await with_principal(user, graph)
    assert (found.principal_id, found.tenant_id) == ("sp-object", "our-tenant")
    assert (await with_principal(user, FakeGraph())).principal_id == ""
    assert (await with_principal(user, FakeGraph({}))).principal_id == ""


async def test_secrets_of_the_application_and_of_its_principal_count() -> None:
    graph = FakeGraph(
        {CLIENT: {"accountEnabled": False, "passwordCredentials": []}},
        {CLIENT: {"passwordCredentials": [{"endDateTime": "2026-05-01T00:00:00Z"}]}},
    )
    found = await credential_expiry(CLIENT, graph)
    assert found.exists
    assert not found.enabled
    assert found.expires == (datetime(2026, 5, 1, tzinfo=UTC),)


async def test_no_service_principal_is_told_apart_from_not_being_allowed_to_ask() -> None:
    assert not (await credential_expiry(CLIENT, FakeGraph({}))).exists
    with pytest.raises(CouldNotLookError, match="403"):
        await credential_expiry(CLIENT, FakeGraph())


async def test_the_secrets_of_another_tenants_application_are_not_known() -> None:
    principal = {"accountEnabled": True, "appOwnerOrganizationId": "theirs"}
    found = await credential_expiry(CLIENT, FakeGraph({CLIENT: principal}))
    assert (found.exists, found.enabled, found.registered_in) == (True, True, "theirs")
    assert found.tenant == "our-tenant"


@pytest.mark.parametrize(
    "written", ["https://contoso.azurecr.io", "contoso.azurecr.io", "HTTPS://Contoso.azurecr.io/v1"]
)
def test_a_server_is_its_host_however_it_is_written(written: str) -> None:
    assert host_of(written) == SERVER
