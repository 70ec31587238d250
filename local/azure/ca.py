"""The certificate authority of the local cloud: one CA in the state folder, one certificate a host.

Clients trust it through a bundle (system CAs and this one), named in SSL_CERT_FILE and
REQUESTS_CA_BUNDLE.
"""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import certifi
import trustme

type Spoilt = Literal["expired", "untrusted", "wrong-name"]
"""What may be wrong with a certificate: date, issuer (as behind TLS interception), name."""


class Authority:
    """Issues certificates on the fly, by the name a client asks for (SNI)."""

    def __init__(self, ca: trustme.CA, bundle: Path) -> None:
        self._ca = ca
        self._contexts: dict[tuple[str, Spoilt | None], ssl.SSLContext] = {}
        self.bundle = bundle
        self.spoilt: dict[str, Spoilt] = {}

    @classmethod
    def open(cls, state: Path) -> "Authority":
        """The CA kept in `state`, made there if there is none; writes `state/ca-bundle.pem`."""
        state.mkdir(parents=True, exist_ok=True)
        certificate, key = state / "ca.pem", state / "ca.key"
        if certificate.exists() and key.exists():
            ca = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        else:
            ca = trustme.CA(organization_name="Pullwatch local Azure")
            key.touch(mode=0o600)
            ca.private_key_pem.write_to_path(key)
            ca.cert_pem.write_to_path(certificate)
        bundle = state / "ca-bundle.pem"
        bundle.write_bytes(_system_cas() + b"\n" + ca.cert_pem.bytes())
        return cls(ca, bundle)

    @property
    def pem(self) -> bytes:
        """The CA certificate, as a kubeconfig carries it."""
        return self._ca.cert_pem.bytes()

    def server_context(self) -> ssl.SSLContext:
        """A server context that answers each name with its own certificate."""
        context = self._context("localhost", None)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        host = (name or "localhost").lower()
        connection.context = self._context(host, self.spoilt.get(host))

    def _context(self, host: str, spoilt: Spoilt | None) -> ssl.SSLContext:
        key = (host, spoilt)
        if key not in self._contexts:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._issue(host, spoilt).configure_cert(context)
            self._contexts[key] = context
        return self._contexts[key]

    def _issue(self, host: str, spoilt: Spoilt | None) -> trustme.LeafCert:
        match spoilt:
            case "expired":
                return self._ca.issue_cert(host, not_after=datetime.now(UTC) - timedelta(days=1))
            case "untrusted":
                return trustme.CA(organization_name="Some proxy").issue_cert(host)
            case "wrong-name":
                return self._ca.issue_cert("wrong.invalid")
            case None:
                return self._ca.issue_cert(host)


def _system_cas() -> bytes:
    paths = ssl.get_default_verify_paths()
    system = Path(paths.openssl_cafile)
    return (system if system.is_file() else Path(certifi.where())).read_bytes()
