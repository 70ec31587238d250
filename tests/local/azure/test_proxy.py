"""The way out of each place: tunnels to simulated hosts, and telling refusals."""

import asyncio
import base64
from collections.abc import Sequence

import aiohttp
import pytest

from tests.local.azure.conftest import Azure, Client


async def connect(azure: Azure, target: str, user: str = "pullwatch") -> tuple[int, str]:
    """The status and the text of the proxy's answer to a CONNECT."""
    reader, writer = await asyncio.open_connection("127.0.0.1", azure.ports["proxy"])
    credentials = base64.b64encode(f"{user}:".encode()).decode()
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    lines += [f"Proxy-Authorization: Basic {credentials}"] if user else []
    return await _exchange(reader, writer, lines)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lines: Sequence[str]
) -> tuple[int, str]:
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    status = int(head.split()[1])
    body = "" if status == 200 else (await reader.read()).decode()
    writer.close()
    return status, body


@pytest.mark.parametrize(
    ("target", "user", "status", "text"),
    [
        ("contoso.azurecr.io:443", "pullwatch", 200, ""),
        ("contoso.azurecr.io:443", "", 200, ""),
        ("nope.azurecr.io:443", "laptop", 502, "lookup nope.azurecr.io: no such host"),
        ("example.com:443", "laptop", 403, "not simulated"),
        ("contoso.azurecr.io:8080", "laptop", 504, "use 443"),
        ("contoso.azurecr.io:443", "moon", 403, "pullwatch, laptop, spoke"),
        ("contoso.azurecr.io", "laptop", 400, "not a host and port"),
    ],
)
async def test_answers(azure: Azure, target: str, user: str, status: int, text: str) -> None:
    found, body = await connect(azure, target, user)
    assert (found, text in body) == (status, True)


async def test_only_connect_is_served(azure: Azure) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", azure.ports["proxy"])
    status, body = await _exchange(reader, writer, ["GET http://example.com/ HTTP/1.1", "Host: x"])
    assert (status, "CONNECT" in body) == (405, True)


async def test_a_private_cluster_does_not_answer_from_outside(azure: Azure) -> None:
    fqdn = next(one.fqdn for one in azure.estate.clusters if one.name == "dark")
    status, body = await connect(azure, f"{fqdn}:443", "laptop")
    assert (status, "i/o timeout" in body) == (504, True)
    assert (await connect(azure, f"{fqdn}:443", "spoke"))[0] == 200


@pytest.mark.parametrize(
    ("place", "status", "told"),
    [("pullwatch", 401, "authentication required"), ("laptop", 403, "198.51.100.20")],
)
async def test_the_place_decides_what_a_registry_sees(
    client: Client, place: str, status: int, told: str
) -> None:
    found, body = await client.ask("https://contoso.azurecr.io/v2/", who="", place=place)
    assert found == status
    assert told in body["errors"][0]["message"]


async def test_an_endpoint_that_is_rejected_leads_to_the_public_face(client: Client) -> None:
    await client.do("endpoint", endpoint="contoso-pe", status="Rejected")
    found, body = await client.ask("https://contoso.azurecr.io/v2/", who="")
    assert (found, "198.51.100.10" in body["errors"][0]["message"]) == (403, True)


@pytest.mark.parametrize(
    ("verb", "how", "status"),
    [
        ("break-dns", "servfail", 502),
        ("break-dns", "nxdomain", 502),
        ("unreachable", "refused", 502),
        ("unreachable", "timeout", 504),
    ],
)
async def test_a_host_in_trouble(client: Client, verb: str, how: str, status: int) -> None:
    await client.do(verb, host="fabrikam.azurecr.io", how=how)
    with pytest.raises(aiohttp.ClientHttpProxyError) as caught:
        await client.ask("https://fabrikam.azurecr.io/v2/", who="")
    assert caught.value.status == status
    await client.do(verb, host="fabrikam.azurecr.io", how="fine")
    assert (await client.ask("https://fabrikam.azurecr.io/v2/", who=""))[0] == 401


async def test_a_spoilt_certificate_is_seen_by_the_client(client: Client) -> None:
    await client.do("certificate", host="fabrikam.azurecr.io", how="untrusted")
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await client.ask("https://fabrikam.azurecr.io/v2/", who="")
