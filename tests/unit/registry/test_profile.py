"""ARM's models made facts; the JSON is what the service sends."""

from typing import Any

import pytest
from azure.mgmt.containerregistry import models

from shared.domain.facts.registry import Replication, Sku, Usage
from shared.registry import profile


def registry(sku: str = "Premium", **properties: Any) -> models.Registry:
    return models.Registry(
        {
            "id": "/subscriptions/s/resourceGroups/g/providers/x/registries/contoso",
            "name": "contoso",
            "location": "westeurope",
            "sku": {"name": sku},
            "properties": {"loginServer": "Contoso-ab12.azurecr.io"} | properties,
        }
    )


def test_an_old_registry_without_most_properties_is_open() -> None:
    found = profile.profile(registry("Basic"))
    assert found.login_server == "contoso-ab12.azurecr.io"
    assert found.sku is Sku.BASIC
    assert found.admits_everyone
    assert found.arm_audience_accepted
    assert not found.abac
    assert not found.quarantine
    assert found.retention_days is None
    assert found.private_endpoints == ()


@pytest.mark.parametrize("lacks", ["sku", "location", "properties"])
def test_a_registry_that_is_told_in_part_is_not_understood(lacks: str) -> None:
    whole = registry().as_dict()
    with pytest.raises(ValueError, match="registries/contoso has no"):
        profile.profile(models.Registry({k: v for k, v in whole.items() if k != lacks}))


def test_everything_closed() -> None:
    found = profile.profile(
        registry(
            publicNetworkAccess="Disabled",
            networkRuleSet={
                "defaultAction": "Deny",
                "ipRules": [{"action": "Allow", "value": "1.2.3.0/24"}, {"value": "1.2.4.5"}],
            },
            networkRuleBypassOptions="None",
            dataEndpointEnabled=True,
            dataEndpointHostNames=["contoso.westeurope.data.azurecr.io"],
            adminUserEnabled=True,
            anonymousPullEnabled=True,
            roleAssignmentMode="AbacRepositoryPermissions",
            provisioningState="Updating",
            policies={
                "azureADAuthenticationAsArmPolicy": {"status": "disabled"},
                "quarantinePolicy": {"status": "enabled"},
                "retentionPolicy": {"status": "enabled", "days": 3},
            },
            privateEndpointConnections=[
                {
                    "id": "/c",
                    "properties": {
                        "privateEndpoint": {"id": "/pe"},
                        "privateLinkServiceConnectionState": {
                            "status": "Pending",
                            "description": "please",
                        },
                    },
                },
                {"id": "/d"},
            ],
        )
    )
    assert not found.public_network_access
    assert not found.default_allow
    assert found.allowed_ranges == ("1.2.3.0/24", "1.2.4.5")
    assert not found.trusted_services
    assert found.data_endpoints == ("contoso.westeurope.data.azurecr.io",)
    assert found.admin_enabled
    assert found.anonymous_pull
    assert found.abac
    assert not found.arm_audience_accepted
    assert found.quarantine
    assert found.retention_days == 3
    assert found.provisioning_state == "Updating"
    first, second = found.private_endpoints
    assert (first.id, first.state, first.description) == ("/pe", "Pending", "please")
    assert (second.id, second.state) == ("/d", "")


def test_a_retention_that_is_off_has_no_days() -> None:
    off = {"retentionPolicy": {"status": "disabled", "days": 7}}
    assert profile.profile(registry(policies=off)).retention_days is None


@pytest.mark.parametrize("broken", [registry(loginServer=None), registry("Platinum")])
def test_what_is_no_registry_is_not_guessed(broken: models.Registry) -> None:
    with pytest.raises(ValueError, match=r"login server|Platinum"):
        profile.profile(broken)


def test_the_home_region_is_a_replica_listed_or_not() -> None:
    home = profile.profile(registry())
    north = models.Replication(
        {
            "location": "northeurope",
            "properties": {"regionEndpointEnabled": False, "provisioningState": "Creating"},
        }
    )
    own = models.Replication(
        {"location": "West Europe", "properties": {"provisioningState": "Failed"}}
    )
    assert [one.region for one in profile.replications(home, []).replicas] == ["westeurope"]
    both = profile.replications(home, [own, north]).replicas
    assert both == (
        Replication("West Europe", endpoint_enabled=True, provisioning_state="Failed"),
        Replication("northeurope", endpoint_enabled=False, provisioning_state="Creating"),
    )


def test_usages() -> None:
    listed = models.RegistryUsageListResult(
        {"value": [{"name": "Size", "limit": 10, "currentValue": 4}, {"name": "Tokens"}]}
    )
    assert profile.usages(listed).usages == (Usage("Size", 4, 10), Usage("Tokens", 0, -1))


def test_a_token_with_passwords_that_end_and_do_not() -> None:
    token = models.Token(
        {
            "name": "ci",
            "properties": {
                "status": "disabled",
                "credentials": {
                    "passwords": [
                        {"name": "password1", "expiry": "2026-01-02T03:04:05Z"},
                        {"name": "password2"},
                    ]
                },
            },
        }
    )
    actions = ["repositories/app/content/read"]
    scope_map = models.ScopeMap({"name": "reader", "properties": {"actions": actions}})
    found = profile.scoped_token(token, scope_map)
    assert (found.name, found.enabled, found.scope_map) == ("ci", False, "reader")
    assert found.actions == ("repositories/app/content/read",)
    assert found.expires[0] is not None
    assert found.expires[1] is None
    assert profile.scoped_token(models.Token({}), models.ScopeMap({})).expires == ()
