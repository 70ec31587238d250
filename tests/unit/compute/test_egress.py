"""From which public addresses a subnet reaches the internet."""

from typing import Any

import pytest

from shared.compute.egress import EgressReader, WayOut, to_registries
from shared.domain.facts.base import CouldNotLookError
from tests.unit.compute.fakes import GROUP, FakeArm
from tests.unit.compute.support import inventory

NETWORK = f"{GROUP}/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/spoke/subnets/apps"
TABLE = f"{NETWORK}/routeTables/to-firewall"
GATEWAY = f"{NETWORK}/natGateways/nat"
FIREWALL = {
    "id": f"{NETWORK}/azureFirewalls/hub",
    "type": "microsoft.network/azurefirewalls",
    "properties": {
        "ipConfigurations": [
            {
                "properties": {
                    "privateIPAddress": "10.0.0.4",
                    "publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/fw1"},
                }
            },
            {"properties": {"publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/fw2"}}},
        ]
    },
}
ADDRESSES: dict[str, Any] = {
    f"{NETWORK}/publicIPAddresses/{name}": {"properties": {"ipAddress": address}}
    for name, address in {"fw1": "20.1.0.1", "fw2": "20.1.0.2", "nat1": "20.2.0.1"}.items()
} | {f"{NETWORK}/publicIPPrefixes/p": {"properties": {"ipPrefix": "20.3.0.0/31"}}}


def reader(*rows: Any, **answers: Any) -> EgressReader:
    places = {"subnet": SUBNET, "table": TABLE, "gateway": GATEWAY}
    scripted = {places[name]: {"properties": answer} for name, answer in answers.items()}
    arm = FakeArm({**ADDRESSES, **scripted}, *rows)
    return EgressReader(arm, inventory(arm))


def route(prefix: str, kind: str, hop: str = "") -> dict[str, Any]:
    properties = {"addressPrefix": prefix, "nextHopType": kind, "nextHopIpAddress": hop or None}
    return {"properties": properties}


THROUGH = {"routes": [route("0.0.0.0/0", "VirtualAppliance", "10.0.0.4")]}
ROUTED = {"routeTable": {"id": TABLE}}


async def test_a_plain_subnet_has_no_way_of_its_own() -> None:
    assert await reader(subnet={}).of_subnets([SUBNET]) is None


async def test_a_nat_gateway_leaves_by_its_addresses_and_prefixes() -> None:
    gateway = {
        "publicIpAddresses": [{"id": f"{NETWORK}/publicIPAddresses/nat1"}],
        "publicIpPrefixes": [{"id": f"{NETWORK}/publicIPPrefixes/p"}],
    }
    found = await reader(subnet={"natGateway": {"id": GATEWAY}}, gateway=gateway).of_subnets(
        [SUBNET]
    )
    assert found == WayOut(("20.2.0.1", "20.3.0.0", "20.3.0.1"))


async def test_a_route_to_azure_firewall_leaves_by_any_of_its_addresses() -> None:
    found = await reader(FIREWALL, subnet=ROUTED, table=THROUGH).of_subnets([SUBNET])
    assert found == WayOut(("20.1.0.1", "20.1.0.2"))


async def test_a_route_beats_a_nat_gateway() -> None:
    both = {**ROUTED, "natGateway": {"id": GATEWAY}}
    found = await reader(FIREWALL, subnet=both, table=THROUGH).of_subnets([SUBNET])
    assert found is not None
    assert "20.1.0.1" in found.addresses


async def test_an_appliance_that_is_not_known_leaves_the_addresses_open() -> None:
    found = await reader(subnet=ROUTED, table=THROUGH).of_subnets([SUBNET])
    assert found == WayOut((), complete=False)


async def test_an_address_that_two_firewalls_have_decides_nothing() -> None:
    twin = {**FIREWALL, "id": f"{NETWORK}/azureFirewalls/other"}
    found = await reader(FIREWALL, twin, subnet=ROUTED, table=THROUGH).of_subnets([SUBNET])
    assert found == WayOut((), complete=False)


async def test_a_route_straight_out_changes_nothing() -> None:
    straight = {"routes": [route("0.0.0.0/0", "Internet")]}
    assert await reader(subnet=ROUTED, table=straight).of_subnets([SUBNET]) is None


async def test_forced_tunnelling_leaves_the_addresses_open() -> None:
    tunnel = {"routes": [route("0.0.0.0/0", "VirtualNetworkGateway")]}
    found = await reader(subnet=ROUTED, table=tunnel).of_subnets([SUBNET])
    assert found == WayOut((), complete=False)


def test_a_route_for_registries_beats_the_default_route() -> None:
    own = route("AzureContainerRegistry.WestEurope", "Internet")
    assert to_registries({"properties": {"routes": [*THROUGH["routes"], own]}}) is None


@pytest.mark.parametrize("prefix", ["AzureCloud", "AzureCloud.westeurope"])
def test_a_route_for_all_of_azure_beats_the_default_route(prefix: str) -> None:
    own = route(prefix, "Internet")
    assert to_registries({"properties": {"routes": [*THROUGH["routes"], own]}}) is None


def test_a_default_route_may_come_in_halves() -> None:
    halves = [route(half, "VirtualAppliance", "10.0.9.4") for half in ("0.0.0.0/1", "128.0.0.0/1")]
    found = to_registries({"properties": {"routes": [route("10.0.0.0/16", "None"), *halves]}})
    assert found is not None
    assert found["nextHopIpAddress"] == "10.0.9.4"


def test_a_small_route_is_not_the_default_one() -> None:
    assert to_registries({"properties": {"routes": [route("0.0.0.0/16", "None")]}}) is None


async def test_an_address_without_a_value_is_not_no_address() -> None:
    arm = FakeArm({f"{NETWORK}/publicIPAddresses/new": {"properties": {}}})
    with pytest.raises(CouldNotLookError, match="new"):
        await EgressReader(arm, inventory(arm)).of_public_ips([f"{NETWORK}/publicIPAddresses/new"])
