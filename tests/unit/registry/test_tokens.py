"""Entra token, refresh token, access token: how often, how long, to whom."""

import asyncio
from urllib.parse import parse_qs

import pytest

from shared.adapters.credentials import Credentials
from shared.domain.facts.registry import Answer, Reach
from shared.registry.data_plane import Ask, DataPlane
from shared.registry.tokens import CATALOG, Grant, Tokens, repository_scope
from tests.support.azure import Entra
from tests.support.wire import World, says
from tests.unit.registry.conftest import EXCHANGE, HOST, SETTINGS, TOKEN, jwt

APP = repository_scope("app")


async def test_the_wire_of_a_token(registry: World, tokens: Tokens) -> None:
    grant = await tokens.access(HOST, APP)
    assert grant.actions == ("metadata_read", "pull")
    exchange, token = (parse_qs(body) for body in registry.bodies)
    assert exchange == {
        "grant_type": ["access_token"],
        "service": [HOST],
        "access_token": ["token for https://containerregistry.azure.net/.default"],
    }
    assert token["grant_type"] == ["refresh_token"]
    assert token["service"] == [HOST]
    assert token["scope"] == ["repository:app:pull,metadata_read"]
    assert token["refresh_token"]


async def test_one_refresh_token_a_registry_and_one_access_token_a_repository(
    registry: World, tokens: Tokens, entra: Entra
) -> None:
    scopes = [APP, repository_scope("other"), CATALOG] * 100
    await asyncio.gather(*(tokens.access(HOST, scope) for scope in scopes))
    await tokens.access(HOST, APP)
    assert registry.count(EXCHANGE) == 1
    assert registry.count(TOKEN) == 3
    assert entra.asked == 1


async def test_a_token_is_renewed_shortly_before_it_ends(registry: World, tokens: Tokens) -> None:
    registry.routes[TOKEN] = {"access_token": jwt(["pull"], seconds=-1)}
    await tokens.access(HOST, APP)
    await tokens.access(HOST, APP)
    assert registry.count(TOKEN) >= 2
    assert registry.count(EXCHANGE) == 1


async def test_fewer_actions_than_asked_for_are_seen(registry: World, tokens: Tokens) -> None:
    registry.routes[TOKEN] = {"access_token": jwt(["metadata_read"])}
    grant = await tokens.access(HOST, APP)
    assert grant.answer.status == 200
    assert not grant.allows("pull")
    assert grant.allows("metadata_read")


async def test_a_token_that_lacks_actions_is_kept_no_longer_than_a_refusal(
    registry: World, plane: DataPlane, entra: Entra
) -> None:
    tokens = Tokens(plane, Credentials(SETTINGS, entra), refusal_seconds=0)
    registry.routes[TOKEN] = {"access_token": jwt(["metadata_read"])}
    assert not (await tokens.access(HOST, APP)).allows("pull")
    registry.routes[TOKEN] = {"access_token": jwt(["metadata_read", "pull"])}  # a role was given
    assert (await tokens.access(HOST, APP)).allows("pull")
    asked = registry.count(TOKEN)
    await tokens.access(HOST, APP)
    assert registry.count(TOKEN) == asked, "one that lacks nothing is kept until it ends"


async def test_a_refusal_is_an_answer_and_not_asked_for_again_at_once(
    registry: World, tokens: Tokens
) -> None:
    refusal = {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}
    registry.routes[EXCHANGE] = says(401, refusal)
    grants = [await tokens.access(HOST, repository_scope(f"app{n}")) for n in range(5)]
    assert {grant.answer.code for grant in grants} == {"UNAUTHORIZED"}
    assert not any(grant.token for grant in grants)
    assert registry.asked == [EXCHANGE]


@pytest.mark.parametrize(
    "body", ["<html>", {}, {"access_token": None}, {"access_token": "x"}, {"access_token": "a.!.b"}]
)
async def test_what_is_no_token_is_garbled(registry: World, tokens: Tokens, body: object) -> None:
    registry.routes[TOKEN] = says(200, body)
    grant = await tokens.access(HOST, APP)
    assert grant.answer.reach is Reach.GARBLED
    assert not grant.token


@pytest.mark.parametrize(
    "access", [None, "x", [1], [{"actions": "pull"}], [{"actions": [1, None]}], [{}]]
)
async def test_strange_claims_grant_nothing(
    registry: World, tokens: Tokens, access: object
) -> None:
    registry.routes[TOKEN] = {"access_token": jwt(access=access)}
    assert (await tokens.access(HOST, APP)).actions == ()


def test_no_token_is_shown_by_what_carries_it() -> None:
    grant = Grant(Answer(reach=Reach.ANSWERED, status=200), stale_at=0.0, token="secret-token")
    ask = Ask("contoso.azurecr.io", "/v2/", token="secret-token", form={"a": "secret-token"})
    assert "secret-token" not in repr(grant) + repr(ask)
