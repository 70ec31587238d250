"""Names, asked of the resolver that the settings name: what exists, and where it points."""

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver

from shared.adapters.resilience import cached
from shared.domain.facts.base import CouldNotLookError
from shared.domain.facts.registry import LoginServerAddress
from shared.settings import Settings

_KINDS = (dns.rdatatype.A, dns.rdatatype.AAAA)


class Dns:
    """Looks names up, once per name and cache time."""

    def __init__(self, settings: Settings) -> None:
        """Use ``settings.dns_server`` (``address`` or ``address:port``), else the system's."""
        self._server = settings.dns_server
        self._timeout = min(settings.request_timeout_seconds, 5.0)
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._cached = cached(self._resolve, seconds=settings.cache_seconds)

    async def resolve(self, host: str) -> LoginServerAddress:
        """
        Look up A, AAAA and the CNAMEs on the way. A port in ``host`` is ignored.

        A CNAME whose target does not exist is ``exists=False`` with ``aliases``.

        Raises:
            CouldNotLookError: the resolver failed, so nothing is known of the name.

        """
        return await self._cached(_bare(host))

    async def _resolve(self, host: str) -> LoginServerAddress:
        with suppress(ValueError):
            return LoginServerAddress(host, exists=True, addresses=(_literal(host),))
        try:
            name = dns.name.from_text(host)
        except (dns.exception.DNSException, UnicodeError) as why:
            raise CouldNotLookError(f"{host[:253]!r} is no host name") from why
        answers = [await self._ask(name, kind) for kind in _KINDS]
        return LoginServerAddress(
            host,
            exists=any(answer.exists for answer in answers),
            addresses=tuple(address for answer in answers for address in answer.addresses),
            aliases=max((answer.aliases for answer in answers), key=len),
        )

    async def _ask(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> "_Answer":
        try:
            found = await self._open().resolve(
                name, kind, raise_on_no_answer=False, lifetime=self._timeout, search=False
            )
            return _Answer(found.response, kind, exists=True)
        except dns.resolver.NXDOMAIN as why:
            return _Answer(why.kwargs["responses"][name], kind, exists=False)
        except (dns.exception.DNSException, OSError) as why:
            reason = str(why).partition("\n")[0][:300]
            raise CouldNotLookError(f"{name} could not be looked up: {reason}") from why

    def _open(self) -> dns.asyncresolver.Resolver:
        if self._resolver is None:
            self._resolver = _resolver(self._server)
        return self._resolver


class _Answer:
    """What one message says."""

    def __init__(
        self, message: dns.message.Message, kind: dns.rdatatype.RdataType, *, exists: bool
    ) -> None:
        self.exists = exists
        self.addresses: list[str] = []
        links: dict[str, str] = {}
        for rrset in message.answer:
            if rrset.rdtype == dns.rdatatype.CNAME:
                links[_text(rrset.name)] = _text(rrset[0].target)
            elif rrset.rdtype == kind:
                self.addresses += [record.address for record in rrset]
        self.aliases = tuple(_chain(_text(message.question[0].name), links))


def _chain(name: str, links: dict[str, str]) -> list[str]:
    chain: list[str] = []
    while (name := links.get(name, "")) and name not in chain:
        chain.append(name)
    return chain


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _bare(host: str) -> str:
    with suppress(ValueError):
        if name := urlsplit(f"//{host}").hostname:
            return name.lower()
    raise CouldNotLookError(f"{host[:253]!r} is no host name")


def _literal(host: str) -> str:
    return str(ipaddress.ip_address(host))


def _resolver(server: str) -> dns.asyncresolver.Resolver:
    if not server:
        return dns.asyncresolver.Resolver()
    address, port = _address(server)
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [address]
    resolver.port = port
    return resolver


def _address(server: str) -> tuple[str, int]:
    with suppress(ValueError):
        return _literal(server), 53
    with suppress(ValueError):
        parts = urlsplit(f"//{server}")
        return _literal(parts.hostname or ""), parts.port or 53
    raise CouldNotLookError(f"DNS_SERVER {server[:100]!r} is no address and no address:port")
