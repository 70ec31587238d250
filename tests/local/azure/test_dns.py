"""The DNS server of the app's place, asked by a real resolver over UDP and TCP."""

import dns.asyncresolver
import dns.message
import dns.resolver
import pytest

from local.azure.dns import respond
from local.azure.names import Answer
from tests.local.azure.conftest import Azure, Client


@pytest.fixture
def resolver(azure: Azure) -> dns.asyncresolver.Resolver:
    found = dns.asyncresolver.Resolver(configure=False)
    found.nameservers = ["127.0.0.1"]
    found.port = azure.ports["dns"]
    found.lifetime = 10.0  # of patience on a busy machine, not of waiting
    return found


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_registry_with_a_private_endpoint(
    resolver: dns.asyncresolver.Resolver, tcp: bool
) -> None:
    answer = await resolver.resolve("contoso.azurecr.io", "A", tcp=tcp)
    assert [record.to_text() for record in answer] == ["10.0.1.6"]
    assert answer.canonical_name.to_text() == "contoso.privatelink.azurecr.io."


async def test_an_unknown_registry_is_nxdomain(resolver: dns.asyncresolver.Resolver) -> None:
    with pytest.raises(dns.resolver.NXDOMAIN):
        await resolver.resolve("nope.azurecr.io", "A")


async def test_a_name_without_ipv6_has_no_such_record(resolver: dns.asyncresolver.Resolver) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        await resolver.resolve("management.azure.com", "AAAA")


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("servfail", dns.resolver.NoNameservers),
        ("nxdomain", dns.resolver.NXDOMAIN),
        ("timeout", dns.resolver.LifetimeTimeout),
    ],
)
async def test_trouble(
    client: Client, resolver: dns.asyncresolver.Resolver, how: str, error: type[Exception]
) -> None:
    await client.do("break-dns", host="contoso.azurecr.io", how=how)
    with pytest.raises(error):
        await resolver.resolve("contoso.azurecr.io", "A", lifetime=0.3)


@pytest.mark.parametrize("packet", [b"", b"garbage", b"\x00" * 12])
def test_what_is_no_query_gets_no_answer(packet: bytes) -> None:
    assert respond(packet, lambda _: Answer((), ("10.0.0.1",))) is None


def test_answers_are_not_answered() -> None:
    query = dns.message.make_query("a.b", "A")
    answer = dns.message.make_response(query).to_wire()
    assert respond(answer, lambda _: Answer((), ("10.0.0.1",))) is None
