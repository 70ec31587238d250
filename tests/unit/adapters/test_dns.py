"""Name look-ups against a scripted DNS server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from shared.adapters.dns import Dns
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings

HOST = "contoso.azurecr.io"


@dataclass
class Server(asyncio.DatagramProtocol):
    """Answers by name: records as zone file lines, or the name of an rcode."""

    records: dict[str, list[str] | str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append(name)
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        scripted = self.records.get(name, "NXDOMAIN")
        if isinstance(scripted, str):
            reply.set_rcode(dns.rcode.from_text(scripted))
        else:
            for line in scripted:
                owner, kind, value = line.split()
                if kind in {"CNAME", question.rdtype.name}:
                    reply.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, value))
            if not any("A " in line or "AAAA " in line for line in scripted):
                reply.set_rcode(dns.rcode.NXDOMAIN)
        assert self.transport is not None
        self.transport.sendto(reply.to_wire(), addr)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    yield made
    transport.close()


@pytest.fixture
def names(server: Server) -> Dns:
    return Dns(Settings(dns_server=f"127.0.0.1:{server.port}", request_timeout_seconds=1))


async def test_addresses_and_the_names_on_the_way(server: Server, names: Dns) -> None:
    server.records[HOST] = [
        f"{HOST}. CNAME contoso.privatelink.azurecr.io.",
        "contoso.privatelink.azurecr.io. CNAME fe.westeurope.cloudapp.azure.com.",
        "fe.westeurope.cloudapp.azure.com. A 20.50.200.1",
        "fe.westeurope.cloudapp.azure.com. AAAA 2603::1",
    ]
    found = await names.resolve(HOST)
    assert found.exists
    assert found.addresses == ("20.50.200.1", "2603::1")
    assert found.aliases == (
        "contoso.privatelink.azurecr.io",
        "fe.westeurope.cloudapp.azure.com",
    )


async def test_no_such_name_is_an_answer(names: Dns) -> None:
    found = await names.resolve("gone.azurecr.io")
    assert (found.exists, found.addresses, found.aliases) == (False, (), ())


async def test_an_alias_of_nothing_does_not_exist_but_is_told(server: Server, names: Dns) -> None:
    server.records[HOST] = [f"{HOST}. CNAME contoso.privatelink.azurecr.io."]
    found = await names.resolve(HOST)
    assert not found.exists
    assert found.aliases == ("contoso.privatelink.azurecr.io",)


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
async def test_a_failing_resolver_says_nothing_of_the_name(
    server: Server, names: Dns, rcode: str
) -> None:
    server.records[HOST] = rcode
    with pytest.raises(CouldNotLookError, match="could not be looked up"):
        await names.resolve(HOST)


async def test_a_silent_resolver_says_nothing_of_the_name(server: Server, names: Dns) -> None:
    assert server.transport is not None
    server.transport.close()
    with pytest.raises(CouldNotLookError, match="could not be looked up"):
        await names.resolve(HOST)


async def test_a_name_is_looked_up_once_in_its_time(server: Server, names: Dns) -> None:
    server.records[HOST] = [f"{HOST}. A 10.0.0.4"]
    await asyncio.gather(*(names.resolve(f"{HOST}:443") for _ in range(50)))
    await names.resolve(HOST.upper())
    assert server.asked == [HOST, HOST]  # A and AAAA


async def test_an_address_needs_no_resolver(server: Server, names: Dns) -> None:
    assert (await names.resolve("10.1.2.3:5000")).addresses == ("10.1.2.3",)
    assert (await names.resolve("[::1]:5000")).addresses == ("::1",)
    assert server.asked == []


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "[", ""])
async def test_what_is_no_name_cannot_be_looked_up(names: Dns, host: str) -> None:
    with pytest.raises(CouldNotLookError):
        await names.resolve(host)


async def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(CouldNotLookError, match=r"DNS_SERVER 'dns\.example'"):
        await Dns(Settings(dns_server="dns.example")).resolve(HOST)
