"""The certificate authority: kept over restarts, one certificate a host, spoilt when asked."""

import asyncio
import ssl
from pathlib import Path

import pytest

from local.azure.ca import Authority, Spoilt


async def handshake(authority: Authority, host: str) -> None:
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=authority.server_context()
    )
    port = server.sockets[0].getsockname()[1]
    context = ssl.create_default_context(cafile=str(authority.bundle))
    async with server:
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=host
        )
        writer.close()


async def test_any_host_gets_a_good_certificate(tmp_path: Path) -> None:
    authority = Authority.open(tmp_path)
    await handshake(authority, "contoso.azurecr.io")
    await handshake(authority, "contoso.westeurope.data.azurecr.io")


async def test_a_restart_keeps_the_ca(tmp_path: Path) -> None:
    before = Authority.open(tmp_path)
    after = Authority.open(tmp_path)
    assert after.pem == before.pem
    await handshake(after, "contoso.azurecr.io")


def test_the_bundle_holds_the_system_cas_too(tmp_path: Path) -> None:
    bundle = Authority.open(tmp_path).bundle.read_bytes()
    assert bundle.count(b"BEGIN CERTIFICATE") > 10


def test_the_key_is_for_the_owner_only(tmp_path: Path) -> None:
    Authority.open(tmp_path)
    assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ("expired", "certificate has expired"),
        ("untrusted", "unable to get local issuer certificate"),
        ("wrong-name", "Hostname mismatch"),
    ],
)
async def test_a_spoilt_certificate_is_refused(tmp_path: Path, spoilt: Spoilt, why: str) -> None:
    authority = Authority.open(tmp_path)
    authority.spoilt["contoso.azurecr.io"] = spoilt
    with pytest.raises(ssl.SSLCertVerificationError, match=why):
        await handshake(authority, "contoso.azurecr.io")
    await handshake(authority, "fabrikam.azurecr.io")
