"""Questions with the app's token, against a server of scripted answers."""

import ssl
from collections.abc import AsyncIterator

import pytest

from shared.adapters.bearer import About, Service
from shared.adapters.http import Http, Lane
from shared.domain.facts.base import CouldNotLookError
from shared.settings import Settings
from tests.support.wire import World, says, world

HOST, ELSEWHERE = "service.example", "elsewhere.example"
ASKED = f"GET {HOST}/x"
SETTINGS = Settings(request_timeout_seconds=2, retry_attempts=2)
LONGEST = 1_000


async def _token() -> str:
    return "secret"


async def _no_token() -> str:
    raise CouldNotLookError("no token for it")


ABOUT = About(name="the service", token=_token, said=bytes.decode, hint="it hides", longest=LONGEST)


@pytest.fixture
async def azure() -> AsyncIterator[World]:
    async with world(HOST, ELSEWHERE) as made:
        yield made


@pytest.fixture
async def http(azure: World) -> AsyncIterator[Http]:
    made = Http(SETTINGS, Lane.URGENT, azure.connector)
    yield made
    await made.close()


@pytest.fixture
def service(http: Http) -> Service:
    return Service(ABOUT, SETTINGS, http)


async def test_the_token_goes_along(azure: World, service: Service) -> None:
    azure.routes[ASKED] = {"a": 1}
    status, body = await service.ask(f"https://{HOST}/x", parameters={"limit": "5"})
    assert (status, body) == (200, b'{"a": 1}')
    (request,) = azure.requests
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.query == {"limit": "5"}


async def test_a_body_makes_it_a_post(azure: World, service: Service) -> None:
    azure.routes[f"POST {HOST}/x"] = {}
    await service.ask(f"https://{HOST}/x", body={})
    assert azure.bodies == ["{}"]


async def test_a_redirect_is_an_answer_and_takes_the_token_nowhere(
    azure: World, service: Service
) -> None:
    azure.routes[ASKED] = says(302, Location=f"https://{ELSEWHERE}/x")
    assert await service.ask(f"https://{HOST}/x") == (302, b"")
    assert azure.asked == [ASKED]


@pytest.mark.parametrize(("length", "fits"), [(LONGEST, True), (LONGEST + 1, False)])
async def test_an_answer_is_read_to_a_limit(
    azure: World, service: Service, length: int, *, fits: bool
) -> None:
    azure.routes[ASKED] = says(200, b"x" * length)
    if fits:
        assert (await service.ask(f"https://{HOST}/x"))[1] == b"x" * length
        return
    with pytest.raises(CouldNotLookError, match="the service sent more than 1000 bytes"):
        await service.ask(f"https://{HOST}/x")
    assert len(azure.asked) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_busy_service_is_asked_again_and_its_words_are_kept(
    azure: World, service: Service, status: int
) -> None:
    azure.routes[ASKED] = says(status, "come back later")
    with pytest.raises(CouldNotLookError, match=f"^{status} from the service: come back later$"):
        await service.ask(f"https://{HOST}/x")
    assert len(azure.asked) == 2


async def test_nobody_there_is_told_with_the_hint(service: Service) -> None:
    with pytest.raises(CouldNotLookError, match=r"no connection to the service \(.+\): it hides"):
        await service.ask("https://service.nowhere.example/x")


async def test_an_authority_that_is_not_trusted_gets_no_token(azure: World, http: Http) -> None:
    about = About(name="x", token=_token, said=bytes.decode, trust=ssl.create_default_context())
    with pytest.raises(CouldNotLookError, match="no connection to x"):
        await Service(about, SETTINGS, http).ask(f"https://{HOST}/x")
    assert azure.asked == []


async def test_without_a_token_nothing_is_asked(azure: World, http: Http) -> None:
    about = About(name="x", token=_no_token, said=bytes.decode)
    with pytest.raises(CouldNotLookError, match="no token for it"):
        await Service(about, SETTINGS, http).ask(f"https://{HOST}/x")
    assert azure.asked == []
