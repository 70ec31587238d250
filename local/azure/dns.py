"""The DNS server of one place, UDP and TCP: what its resolver would answer, on a high port.

The app is pointed at it by a setting; everything else here resolves by itself.
"""

import asyncio
import contextlib
import struct
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from local.azure.faults import NameTrouble
from local.azure.names import Answer

_TTL = 60
_TRIES = 10

type Lookup = Callable[[str], Answer | NameTrouble]
# A host name, lower case, without the last dot.


def respond(packet: bytes, lookup: Lookup) -> bytes | None:
    """The answer to a query on the wire; None = no answer at all (not DNS, or a timeout)."""
    try:
        query = dns.message.from_wire(packet)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR or len(query.question) != 1:
        return None
    response = dns.message.make_response(query, recursion_available=True)
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    found = lookup(name)
    if isinstance(found, str):
        if found == "timeout":
            return None
        refused = {"servfail": dns.rcode.SERVFAIL, "nxdomain": dns.rcode.NXDOMAIN}
        response.set_rcode(refused[found])
    else:
        _fill(response, name, found, wants_addresses=question.rdtype == dns.rdatatype.A)
    return response.to_wire()


def _fill(
    response: dns.message.Message, name: str, answer: Answer, *, wants_addresses: bool
) -> None:
    owner = name
    for target in answer.chain:
        response.answer.append(dns.rrset.from_text(f"{owner}.", _TTL, "IN", "CNAME", f"{target}."))
        owner = target
    if not answer.addresses:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif wants_addresses:
        response.answer.append(dns.rrset.from_text(f"{owner}.", _TTL, "IN", "A", *answer.addresses))


class NameServer:
    """Listens on 127.0.0.1 over UDP and TCP, on one port."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen; returns the port. Raises OSError when it is taken."""
        for left in reversed(range(_TRIES)):
            self._tcp = await asyncio.start_server(self._stream, "127.0.0.1", port)
            bound: int = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp = await self._listen_udp(bound)
            except OSError:
                # A port that is free for TCP may be taken for UDP: another one, if any will do.
                await self.stop()
                if port or not left:
                    raise
            else:
                break
        return bound

    async def _listen_udp(self, port: int) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._lookup), local_addr=("127.0.0.1", port)
        )
        return transport

    async def stop(self) -> None:
        """Stop listening."""
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()
            await self._tcp.wait_closed()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                answer = respond(await reader.readexactly(length), self._lookup)
                if answer is None:
                    break
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.DatagramTransport):
            self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = respond(data, self._lookup)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
