"""One request to a login server, and the redirect to a data endpoint."""

from pathlib import Path

import pytest

from shared.domain.facts.registry import Reach
from shared.registry.data_plane import ACCEPT_MANIFESTS, Ask, DataPlane
from tests.support.wire import World, says
from tests.unit.registry.conftest import BLOBS, DATA, HOST

BLOB = f"GET {HOST}/v2/app/blobs/sha256:aa"
ASK = Ask(HOST, "/v2/app/blobs/sha256:aa", token="secret", accept="*/*", most=100)


@pytest.mark.parametrize("target", [DATA, BLOBS])
async def test_a_redirect_is_followed_without_the_token(
    registry: World, plane: DataPlane, target: str
) -> None:
    registry.routes[BLOB] = says(307, Location=f"https://{target}/b?sig=a%2Fb&se=1")
    registry.routes[f"GET {target}/b"] = says(200, b"config")
    assert (await plane.blob(ASK)).body == b"config"
    first, second = registry.requests
    assert first.headers["Authorization"] == "Bearer secret"
    assert "Authorization" not in second.headers
    assert second.raw_path == "/b?sig=a%2Fb&se=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/b",
        "http://contoso.westeurope.data.azurecr.io/b",
        "https://blob.core.windows.net.evil.example/b",
        "https://169.254.169.254/metadata",
        "/elsewhere",
        "",
        "https://[::1",
        "https://contoso.westeurope.data.azurecr.io:99999/b",
        "https://contoso.westeurope.data.azurecr.io:x/b",
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(
    registry: World, plane: DataPlane, target: str
) -> None:
    registry.routes[BLOB] = says(307, Location=target)
    reply = await plane.blob(ASK)
    assert reply.answer.reach is Reach.GARBLED
    assert registry.asked == [BLOB]


async def test_a_redirect_is_followed_once_only(registry: World, plane: DataPlane) -> None:
    registry.routes[BLOB] = says(307, Location=f"https://{DATA}/b")
    registry.routes[f"GET {DATA}/b"] = says(307, Location=f"https://{DATA}/b")
    assert (await plane.blob(ASK)).answer.status == 307
    assert len(registry.asked) == 2


async def test_other_requests_follow_no_redirect(registry: World, plane: DataPlane) -> None:
    registry.routes[f"GET {HOST}/x"] = says(302, Location=f"https://{HOST}/y")
    assert (await plane.ask(Ask(HOST, "/x", token="secret"))).answer.status == 302
    assert registry.asked == [f"GET {HOST}/x"]


async def test_a_body_without_end_is_garbled(registry: World, plane: DataPlane) -> None:
    registry.routes[BLOB] = says(200, b"x" * 101)
    reply = await plane.ask(ASK)
    assert reply.answer.reach is Reach.GARBLED
    assert "more than 100 bytes" in reply.answer.detail


async def test_silence_times_out_and_is_not_asked_for_again(
    registry: World, plane: DataPlane
) -> None:
    registry.delay = 5
    assert (await plane.ask(ASK)).answer.reach is Reach.TIMED_OUT
    assert len(registry.asked) == 1


async def test_all_manifest_types_are_accepted(registry: World, plane: DataPlane) -> None:
    registry.routes[BLOB] = says(200, b"x")
    await plane.ask(Ask(HOST, ASK.path, accept=ACCEPT_MANIFESTS))
    sent = registry.requests[0].headers["Accept"]
    for kind in (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ):
        assert kind in sent


CHALLENGE = 'Bearer realm="https://{}/oauth2/token",service="x"'


async def test_a_healthy_registry_challenges(registry: World, plane: DataPlane) -> None:
    registry.routes[f"GET {HOST}/v2/"] = says(401, {}, WWW_Authenticate=CHALLENGE.format(HOST))
    seen = await plane.probe(HOST)
    assert seen.challenged
    assert seen.answer.detail == ""
    assert "Authorization" not in registry.requests[0].headers


async def test_a_challenge_that_names_another_host_is_told(
    registry: World, plane: DataPlane
) -> None:
    other = CHALLENGE.format("evil.example")
    registry.routes[f"GET {HOST}/v2/"] = says(401, {}, WWW_Authenticate=other)
    assert "evil.example" in (await plane.probe(HOST)).answer.detail
    assert registry.count("POST") == 0


@pytest.mark.parametrize("header", ["", "Basic realm=x", 'Bearer service="x"'])
async def test_no_challenge(registry: World, plane: DataPlane, header: str) -> None:
    registry.routes[f"GET {HOST}/v2/"] = says(401, {}, WWW_Authenticate=header)
    assert not (await plane.probe(HOST)).challenged


@pytest.mark.parametrize("realm", ["https://[::1/oauth2", "https://contoso.azurecr.io:x/oauth2"])
async def test_a_challenge_that_is_no_url_is_no_challenge(
    registry: World, plane: DataPlane, realm: str
) -> None:
    challenge = f'Bearer realm="{realm}",service="x"'
    registry.routes[f"GET {HOST}/v2/"] = says(401, **{"WWW-Authenticate": challenge})
    assert (await plane.probe(HOST)).answer.status == 401


@pytest.mark.parametrize(
    "wait",
    ["Mon, 01 Jan 0001 00:00:00 -0000", "Fri, 31 Dec 9999 23:59:59 GMT", "9" * 400, "\u0663", "x"],
)
async def test_an_odd_retry_after_is_no_crash(registry: World, plane: DataPlane, wait: str) -> None:
    registry.routes[f"GET {HOST}/x"] = says(429, **{"Retry-After": wait})
    assert (await plane.ask(Ask(HOST, "/x"))).answer.status == 429


async def test_no_password_of_a_netrc_goes_anywhere(
    registry: World, plane: DataPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    await plane.probe(HOST)
    assert "Authorization" not in registry.requests[-1].headers
    await plane.ask(Ask(HOST, "/v2/", token="t"))
    assert registry.requests[-1].headers["Authorization"] == "Bearer t"
