"""What names mean at each place, and what can be reached from there."""

from pathlib import Path

import pytest

from local.azure.names import Answer, endpoint_at, reachable, resolve
from local.estates.loader import load
from local.estates.model import Estate
from local.estates.network import Place

LOGIN = "contoso.azurecr.io"
PRIVATE = "10.0.1.6"


@pytest.fixture
def estate() -> Estate:
    return load(Path(__file__).parent / "estate.yaml")


def place(estate: Estate, name: str) -> Place:
    return next(one for one in estate.places if one.name == name)


def test_a_linked_zone_gives_the_private_address(estate: Estate) -> None:
    answer = resolve(estate, place(estate, "pullwatch"), LOGIN)
    assert answer == Answer(("contoso.privatelink.azurecr.io",), (PRIVATE,))


def test_elsewhere_the_chain_ends_at_a_public_address_of_the_region(estate: Estate) -> None:
    answer = resolve(estate, place(estate, "laptop"), LOGIN)
    assert answer.chain[0] == "contoso.privatelink.azurecr.io"
    assert answer.chain[-1].endswith(".westeurope.cloudapp.azure.com")
    assert [address.startswith("20.") for address in answer.addresses] == [True]


def test_a_registry_without_a_private_endpoint_has_no_privatelink_name(estate: Estate) -> None:
    answer = resolve(estate, place(estate, "pullwatch"), "fabrikam.azurecr.io")
    assert answer.chain[0] == "westeurope.fe.azcr.io"


def test_data_endpoints_resolve_for_every_region(estate: Estate) -> None:
    here = place(estate, "pullwatch")
    for region, address in (("westeurope", "10.0.1.4"), ("northeurope", "10.0.1.5")):
        answer = resolve(estate, here, f"contoso.{region}.data.azurecr.io")
        assert answer.addresses == (address,)
    assert not resolve(estate, here, "fabrikam.westeurope.data.azurecr.io").addresses


def test_a_record_that_is_missing_from_a_linked_zone_is_nxdomain(estate: Estate) -> None:
    estate.private_zones[0].records["contoso.northeurope.data"] = []
    answer = resolve(estate, place(estate, "pullwatch"), "contoso.northeurope.data.azurecr.io")
    assert answer == Answer(("contoso.northeurope.data.privatelink.azurecr.io",))


def test_custom_dns_servers_do_not_know_private_zones(estate: Estate) -> None:
    estate.networks[0].dns_servers.append("10.0.0.4")
    answer = resolve(estate, place(estate, "pullwatch"), LOGIN)
    assert answer.addresses[0].startswith("20.")


@pytest.mark.parametrize("host", ["nope.azurecr.io", "contoso.azurcr.io", "dark.hcp.x.azmk8s.io"])
def test_what_nobody_has_does_not_resolve(estate: Estate, host: str) -> None:
    assert resolve(estate, place(estate, "laptop"), host) == Answer()


def test_other_hosts_are_those_that_are_served(estate: Estate) -> None:
    here = place(estate, "laptop")
    assert resolve(estate, here, "x.blob.core.windows.net", ["*.blob.core.windows.net"]).addresses
    assert not resolve(estate, here, "blob.core.windows.net", ["*.blob.core.windows.net"]).addresses


def test_private_addresses_are_reached_from_their_network_and_its_peers(estate: Estate) -> None:
    spoke = place(estate, "spoke")
    assert reachable(estate, place(estate, "pullwatch"), PRIVATE)
    assert not reachable(estate, spoke, PRIVATE)
    estate.networks[1].peerings.append("hub")
    assert reachable(estate, spoke, PRIVATE)
    found = endpoint_at(estate, spoke, PRIVATE)
    assert found
    assert found.name == "contoso-pe"


@pytest.mark.parametrize("status", ["Pending", "Rejected", "Disconnected"])
def test_an_endpoint_that_is_not_approved_does_not_answer(estate: Estate, status: str) -> None:
    estate.private_endpoints[0].status = status  # type: ignore[assignment]
    assert not reachable(estate, place(estate, "pullwatch"), PRIVATE)


def test_a_private_cluster_is_reached_from_its_network_only(estate: Estate) -> None:
    fqdn = next(one.fqdn for one in estate.clusters if one.name == "dark")
    (address,) = resolve(estate, place(estate, "laptop"), fqdn).addresses
    assert address.startswith("10.9.")
    assert not reachable(estate, place(estate, "laptop"), address)
    assert reachable(estate, place(estate, "spoke"), address)


def test_a_stopped_cluster_has_no_name(estate: Estate) -> None:
    estate.clusters[0].power_state = "Stopped"
    assert not resolve(estate, place(estate, "laptop"), estate.clusters[0].fqdn).addresses
