"""What a virtual network knows of a registry's private endpoint."""

from typing import Any

import pytest

from shared.adapters.arm import ForbiddenError
from shared.compute.private_path import PrivatePathReader, leads_to, zone_name
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.workload import PrivatePath
from tests.unit.compute.fakes import GROUP, SERVER, FakeArm
from tests.unit.compute.support import inventory

NETWORKS = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"
SPOKE, HUB = f"{NETWORKS}/spoke", f"{NETWORKS}/hub"
ZONE = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/contoso"
ENDPOINT = f"{GROUP}/providers/Microsoft.Network/privateEndpoints/contoso-pe"


def peering(remote: str, state: str = "Connected") -> dict[str, Any]:
    return {"properties": {"peeringState": state, "remoteVirtualNetwork": {"id": remote}}}


def endpoint(network: str = HUB, registry: str = REGISTRY) -> dict[str, Any]:
    connection = {"properties": {"privateLinkServiceId": registry, "groupIds": ["registry"]}}
    return {
        "id": ENDPOINT,
        "type": "microsoft.network/privateendpoints",
        "properties": {
            "subnet": {"id": f"{network}/subnets/endpoints"},
            "privateLinkServiceConnections": [connection],
        },
    }


def zone(zone_id: str = ZONE) -> dict[str, Any]:
    return {"id": zone_id, "type": "microsoft.network/privatednszones"}


def record(name: str, address: str) -> dict[str, Any]:
    return {"name": name, "properties": {"aRecords": [{"ipv4Address": address}]}}


ANSWERS: dict[str, Any] = {
    SPOKE: {"properties": {"virtualNetworkPeerings": [peering(HUB)]}},
    f"{ZONE}/virtualNetworkLinks": [{"properties": {"virtualNetwork": {"id": SPOKE.upper()}}}],
    f"{ZONE}/A": [
        record("contoso", "10.0.1.4"),
        record("contoso.westeurope.data", "10.0.1.5"),
        record("fabrikam", "10.0.1.9"),
        record("contoso2", "10.0.1.10"),
    ],
    f"{ENDPOINT}/privateDnsZoneGroups": [],
}


async def read(*rows: dict[str, Any], **changed: Any) -> PrivatePath:
    places = {
        "spoke": SPOKE,
        "links": f"{ZONE}/virtualNetworkLinks",
        "groups": f"{ENDPOINT}/privateDnsZoneGroups",
    }
    answers = {**ANSWERS, **{places[name]: answer for name, answer in changed.items()}}
    arm = FakeArm(answers, *rows)
    return await PrivatePathReader(arm, inventory(arm)).read(SPOKE, SERVER)


async def test_a_peered_endpoint_and_the_linked_zones_records() -> None:
    found = await read(endpoint(), zone())
    assert found.endpoints == (ENDPOINT,)
    assert found.zone == ZONE
    assert found.records == {
        "contoso": ("10.0.1.4",),
        "contoso.westeurope.data": ("10.0.1.5",),
    }


async def test_no_network_means_no_private_path() -> None:
    arm = FakeArm()
    assert await PrivatePathReader(arm, inventory(arm)).read("", SERVER) == PrivatePath()
    assert arm.asked == []


@pytest.mark.parametrize(
    "other",
    [
        endpoint(network=f"{NETWORKS}/far"),
        endpoint(registry=REGISTRY.replace("contoso", "fabrikam")),
    ],
)
async def test_endpoints_elsewhere_or_of_other_registries_do_not_count(
    other: dict[str, Any],
) -> None:
    assert (await read(other, zone())).endpoints == ()


async def test_a_broken_peering_does_not_carry() -> None:
    cut = {"properties": {"virtualNetworkPeerings": [peering(HUB, "Disconnected")]}}
    assert (await read(endpoint(), zone(), spoke=cut)).endpoints == ()


@pytest.mark.parametrize("how", ["allowForwardedTraffic", "useRemoteGateways"])
async def test_a_peered_network_may_carry_traffic_further(how: str) -> None:
    through = peering(HUB) | {"properties": peering(HUB)["properties"] | {how: True}}
    spoke = {"properties": {"virtualNetworkPeerings": [through]}}
    assert (await read(zone(), spoke=spoke)).transit
    assert not (await read(zone())).transit


async def test_a_link_may_fall_back_to_public_names() -> None:
    link = {"virtualNetwork": {"id": SPOKE}, "resolutionPolicy": "NxDomainRedirect"}
    assert (await read(endpoint(), zone(), links=[{"properties": link}])).fallback
    assert not (await read(endpoint(), zone())).fallback


async def test_a_zone_that_is_linked_to_other_networks_only_is_not_linked() -> None:
    elsewhere = [{"properties": {"virtualNetwork": {"id": HUB}}}]
    found = await read(endpoint(), zone(), links=elsewhere)
    assert (found.zone, found.records) == ("", {})


async def test_a_zone_out_of_sight_is_not_a_zone_that_is_missing() -> None:
    named = {"properties": {"privateDnsZoneId": "/subscriptions/hub/privatelink.azurecr.io"}}
    groups = [{"properties": {"privateDnsZoneConfigs": [named]}}]
    with pytest.raises(CouldNotLookError, match="/subscriptions/hub"):
        await read(endpoint(), groups=groups)


async def test_a_peered_network_out_of_sight_may_hold_the_endpoint() -> None:
    peers = {"properties": {"virtualNetworkPeerings": [peering("/subscriptions/other/hub")]}}
    with pytest.raises(CouldNotLookError, match="/subscriptions/other/hub"):
        await read(zone(), spoke=peers)


async def test_a_network_with_its_own_dns_servers_may_see_anything() -> None:
    own = {"properties": {"dhcpOptions": {"dnsServers": ["10.9.9.9"]}}}
    with pytest.raises(CouldNotLookError, match=r"10\.9\.9\.9"):
        await read(zone(), spoke=own)


async def test_a_network_that_cannot_be_read_is_said() -> None:
    with pytest.raises(ForbiddenError):
        await read(spoke=ForbiddenError("403"))


@pytest.mark.parametrize(
    ("server", "leads"),
    [(SERVER, True), ("contoso-abcd1234.azurecr.io", True), ("contosox.azurecr.io", False)],
)
def test_an_endpoint_leads_to_the_registry_of_its_target(server: str, leads: bool) -> None:
    assert leads_to(endpoint(), server) is leads


@pytest.mark.parametrize("kind", ["manualPrivateLinkServiceConnections", "customDnsConfigs"])
def test_an_endpoint_by_hand_or_by_its_names_leads_there_too(kind: str) -> None:
    by_hand = {"properties": {"privateLinkServiceId": REGISTRY}, "fqdn": SERVER}
    assert leads_to({"properties": {kind: [by_hand]}}, SERVER)


@pytest.mark.parametrize(
    ("server", "zone"),
    [
        (SERVER, "privatelink.azurecr.io"),
        ("contoso.azurecr.cn", "privatelink.azurecr.cn"),
        ("contoso.westeurope.geo.azurecr.io", "privatelink.azurecr.io"),
    ],
)
def test_the_zone_is_that_of_the_cloud(server: str, zone: str) -> None:
    assert zone_name(server) == zone
